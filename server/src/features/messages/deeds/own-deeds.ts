import type { EventRecorder } from '../../../platform/events/record.ts';
import type { App } from '../../../platform/feature.ts';
import type { Log } from '../../../platform/log.ts';
import type { Live } from '../../profiles/index.ts';
import type { Cancelling } from '../cancelling.ts';
import type { Changes } from '../changes/changes.ts';
import { deedRoutes } from './deeds.routes.ts';
import { createDeedStore } from './deeds.store.ts';
import { createDeeds, type DeedsDeps } from './deeds.ts';
import { createDeedDesk } from './desk.ts';
import { markRoutes } from './mark.routes.ts';
import { createDeedSender } from './send-deeds.ts';

/** What profiles do to messages: asked for, kept, sent. */
export function createOwnDeeds(
  deps: Omit<DeedsDeps, 'store' | 'poke' | 'live'> & {
    log: Log;
    events: EventRecorder;
    changes: Pick<Changes, 'apply'>;
    cancelling: Cancelling;
    defaultCountry: string;
    live(profileId: string): Live | undefined;
    tellOwner(what: 'deeds', profileId: string): void;
  },
) {
  const store = createDeedStore(deps.db, deps.clock);
  const sender = createDeedSender({ ...deps, store, decided: deps.waiting.wake });

  /** Looks at what is to be done by a profile that is connected here; false when it is not. */
  function here(profileId: string): boolean {
    const live = deps.live(profileId);
    if (live) sender.run(live);
    return live !== undefined;
  }
  const poke = (profileId: string) => here(profileId) || deps.tellOwner('deeds', profileId);
  const deeds = createDeeds({ ...deps, store, poke });
  const desk = createDeedDesk({ ...deps, deeds });

  function routes(app: App): void {
    deedRoutes(app, desk);
    markRoutes(app, desk);
  }
  return { store, sender, here, routes, takeBack: desk.takeBack, react: desk.reactIn };
}

import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { PassingEvents } from '../../platform/events/passing.ts';
import type { Feature } from '../../platform/feature.ts';
import type { Log } from '../../platform/log.ts';
import type { Live } from '../profiles/index.ts';
import { createFollowing } from './following.ts';
import { chatPresence } from './presence.events.ts';
import { presenceKeeps } from './presence.keeps.ts';
import { presenceRoutes } from './presence.routes.ts';
import { createPresenceService } from './presence.service.ts';
import { createPresenceStore } from './presence.store.ts';

/** Who is there and who types in a chat, for a while, for who asks. */
export function createChatPresence(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  passing: Pick<PassingEvents, 'tell'>;
  /** The connection of a profile when this node has it. */
  live(profileId: string): Live | undefined;
  /** Says to the node that has the profile which chat is followed, or no longer. */
  tellOwner(words: string): void;
}) {
  const store = createPresenceStore(deps.db);
  const following = createFollowing({ ...deps, store });
  const service = createPresenceService({ ...deps, store, following });
  const feature: Feature = {
    name: 'presence',
    routes: (app) => presenceRoutes(app, service),
    events: [chatPresence],
    keeps: presenceKeeps,
    async start() {
      following.ends.start();
    },
    stop: () => following.stop(),
  };
  return {
    feature,
    told: following.told,
    /** What another node was asked. */
    heard(words: string): void {
      const [profileId = '', conversationId] = words.split('/');
      following.look(profileId, conversationId);
    },
    connected: (live: Live) => following.look(live.profileId),
  };
}

import type { Clock } from '../../../platform/clock.ts';
import type { Vault } from '../../../platform/crypto.ts';
import type { Db } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import type { App } from '../../../platform/feature.ts';
import type { Log } from '../../../platform/log.ts';
import type { Live } from '../../profiles/index.ts';
import type { Changes } from '../changes/changes.ts';
import type { Fetcher } from '../files/fetcher.ts';
import type { FileStore } from '../files/files.store.ts';
import type { MessageService } from '../messages.service.ts';
import type { MessageStore } from '../messages.store.ts';
import { createAskForFile } from './ask-for-file.ts';
import { historyRoutes } from './history.routes.ts';
import { createLoadOlder } from './load-older.ts';
import { createPast } from './past.ts';

/** What was before: what phones tell of the past, and what they are asked for. */
export function createBefore(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  vault: Vault;
  events: EventRecorder;
  store: MessageStore;
  service: MessageService;
  changes: Changes;
  files: FileStore;
  fetcher: Fetcher;
  live(profileId: string): Live | undefined;
  tellOwner(what: 'asked', words: string): void;
}) {
  const { clock, service, files, fetcher } = deps;
  const older = createLoadOlder({ ...deps, tellOwner: (words) => deps.tellOwner('asked', words) });
  const past = createPast({ ...deps, answered: older.answered });
  const poke = (profileId: string) =>
    deps.live(profileId) ? fetcher.poke(profileId) : deps.tellOwner('asked', profileId);
  const askForFile = createAskForFile({ clock, service, files, poke });
  return {
    past,
    routes: (app: App) => historyRoutes(app, { older, files: askForFile }),
    /** A file of a profile is wanted, or older messages of a chat. */
    asked(words: string): void {
      const [profileId = '', conversationId, count] = words.split(':');
      if (conversationId) older.heard(profileId, conversationId, Number(count));
      else fetcher.poke(profileId);
    },
  };
}

import type { Clock } from '../../../platform/clock.ts';
import type { Vault } from '../../../platform/crypto.ts';
import type { Db } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import type { Log } from '../../../platform/log.ts';
import type { Media } from '../../media/index.ts';
import { createFetch } from './fetch-files.ts';
import { createFetcher } from './fetcher.ts';
import { createFileStore } from './files.store.ts';
import { createArrivedFiles } from './keep-files.ts';
import { createOutgoingFiles } from './outgoing-files.ts';
import { createTold } from './told.ts';

/** The files of messages: those that arrive, and those that are sent. */
export function createFiles(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  vault: Vault;
  events: EventRecorder;
  media: Pick<Media, 'take' | 'fit' | 'store' | 'refer' | 'bytesMax' | 'linksOf'>;
}) {
  const { clock, log } = deps;
  const store = createFileStore(deps.db);
  const fetch = createFetch({ ...deps, store, kind: 'message', told: createTold(deps) });
  const fetcher = createFetcher({ clock, log, store, fetch });
  const arrived = createArrivedFiles({ ...deps, store, came: fetcher.poke });
  return { store, fetcher, arrived, outgoing: createOutgoingFiles(deps) };
}

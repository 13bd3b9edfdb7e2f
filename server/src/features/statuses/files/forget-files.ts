import Type from 'typebox';
import { type Clock, dayMs, hourSeconds, later } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import { defineJob } from '../../../platform/jobs/define.ts';
import type { Media } from '../../media/index.ts';
import type { StatusFileStore } from './status-files.store.ts';

const batch = 200;

/** Deletes the files of status updates that are older than they are kept. */
export const forgetStatusFiles = defineJob({
  name: 'statuses.forget-files',
  payload: Type.Object({}),
  cron: '52 * * * *',
  attemptsMax: 1,
  timeoutSeconds: hourSeconds,
});

/** @param deps.days that they are kept; 0: for ever */
export function createForgetFiles(deps: {
  db: Db;
  clock: Clock;
  days: number;
  store: Pick<StatusFileStore, 'forget'>;
  media: Pick<Media, 'release'>;
}) {
  const { db, clock, days, store, media } = deps;
  return async (_payload: object, signal: AbortSignal): Promise<void> => {
    let found = days > 0 ? batch : 0;
    while (found === batch && !signal.aborted) {
      found = await inTransaction(db, async (tx) => {
        const ids = await store.forget(tx, later(clock.now(), -days * dayMs), batch);
        await media.release(tx, 'status', ids);
        return ids.length;
      });
    }
  };
}

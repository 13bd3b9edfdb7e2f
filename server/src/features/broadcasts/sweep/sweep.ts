import { type Clock, dayMs, later } from '../../../platform/clock.ts';
import type { JobQueue } from '../../../platform/jobs/jobs.ts';
import type { BroadcastStore } from '../broadcasts.store.ts';
import { removeSome } from '../recipients.store.ts';
import { sweepBroadcast } from './sweep.jobs.ts';

/** Rows that go in one transaction, so that nobody waits for its locks. */
const rowsAtOnce = 5_000;
const campaignsAtOnce = 200;

/**
 * Deletes the rows of recipients bit by bit: of campaigns that were deleted, then the campaign itself; and of those that ended
 * long ago, which keep their counts.
 */
export function createSweep(deps: { clock: Clock; store: BroadcastStore; jobs: JobQueue; keepDays: number }) {
  const { clock, store } = deps;
  const endedBefore = () => later(clock.now(), -deps.keepDays * dayMs);

  return {
    async run({ broadcastId }: { broadcastId: string }, signal: AbortSignal): Promise<void> {
      for (let more = true; more; ) {
        signal.throwIfAborted();
        more = await store.inTransaction(async (tx) => {
          const row = await store.lock(tx, broadcastId);
          const isOld = row?.completed_at && row.completed_at < endedBefore();
          if (!row || (!row.removed_at && (!isOld || row.folded_at))) return false;
          if ((await removeSome(tx, broadcastId, rowsAtOnce)) === rowsAtOnce) return true;
          if (row.removed_at) await store.remove(tx, broadcastId);
          else await store.update(tx, broadcastId, { folded_at: clock.now() });
          return false;
        });
      }
    },

    /** Finds those whose time has come; the others come with the next look. */
    async look(): Promise<void> {
      const ids = await store.toSweep(endedBefore(), campaignsAtOnce);
      for (const broadcastId of ids) {
        await store.inTransaction((tx) => deps.jobs.enqueue(tx, sweepBroadcast, { broadcastId }));
      }
    },
  };
}

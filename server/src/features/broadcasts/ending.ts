import { type Clock, later } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { afterCommit } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Messages } from '../messages/index.ts';
import { broadcastEvents, eventOf } from './broadcasts.events.ts';
import type { BroadcastRow, BroadcastStore } from './broadcasts.store.ts';
import { addCounts, clearCounts, countsByVariant, countsOf } from './count/counters.store.ts';
import { type Counts, countStep, level, noCounts } from './count/levels.ts';
import { changeRecipients, lostRecipients, queuedMessages } from './recipients.store.ts';

/** After so long a message that is nowhere any more counts as taken back. */
const lostAfterMs = 30_000;
/** It was asked for so many only, and a person starts it again. */
const firstPart = 'FIRST_PART';
/** More messages of one campaign are never in the queue. */
export const queuedMax = 1000;

/** How campaigns end or stop by themselves, in the transaction of what makes them. */
export function createEnding(deps: {
  clock: Clock;
  store: BroadcastStore;
  events: EventRecorder;
  messages: Pick<Messages, 'campaigns'>;
  progressed(ids: readonly string[]): void;
}) {
  const { clock, store, events, messages } = deps;

  async function tell(tx: Tx, which: keyof typeof broadcastEvents, row: BroadcastRow): Promise<void> {
    const counts = await countsOf(tx, [row.id]);
    await events.record(tx, broadcastEvents[which], eventOf(row, counts.get(row.id)));
  }

  async function end(
    tx: Tx,
    row: BroadcastRow,
    status: 'completed' | 'failed',
    how: Pick<BroadcastRow, 'status_reason' | 'cancelled_at'>,
  ): Promise<void> {
    const now = clock.now();
    const ended = await store.change(tx, row.id, ['running', 'scheduled', 'paused'], {
      ...{ ...how, status, pause_code: null, resumes_at: null, next_due_at: null },
      ...{ completed_at: now, updated_at: now },
    });
    if (ended) await tell(tx, status, ended);
  }

  /** Keeps its messages in the queue back. */
  const holdMessages = async (tx: Tx, id: string): Promise<string[]> => {
    const ids = await queuedMessages(tx, id, queuedMax);
    if (ids.length > 0) await messages.campaigns.hold(tx, ids);
    return ids;
  };

  /** The rows stay as they are: they may be a million, and the campaign says that it was cancelled. */
  async function giveUpWaiting(tx: Tx, id: string): Promise<void> {
    for (const [variant, { pending, deferred }] of await countsByVariant(tx, id)) {
      const cancelled = pending + deferred;
      await addCounts(tx, id, { ...noCounts(), pending: -pending, deferred: -deferred, cancelled }, variant);
    }
  }

  /** It stops and says why; with a known end it goes on by itself. */
  async function pauseItself(
    tx: Tx,
    row: BroadcastRow,
    why: { code: string; reason: string; until?: Date | undefined },
  ): Promise<void> {
    const now = clock.now();
    const paused = await store.change(tx, row.id, ['running'], {
      ...{ status: 'paused' as const, status_reason: why.reason, pause_code: why.code },
      ...{ resumes_at: why.until ?? null, next_due_at: null, updated_at: now },
    });
    if (!paused) return;
    await holdMessages(tx, row.id);
    await tell(tx, 'paused', paused);
  }

  return {
    tell,
    holdMessages,
    giveUpWaiting,
    progressed: deps.progressed,

    /** True when every recipient is decided: then it is completed. */
    async completeIfDone(tx: Tx, row: BroadcastRow): Promise<boolean> {
      if (row.status !== 'running' || !row.prepared_at) return false;
      const counts = (await countsOf(tx, [row.id])).get(row.id) ?? noCounts();
      if (counts.pending + counts.deferred + counts.queued > 0) return false;
      await end(tx, row, 'completed', { status_reason: null, cancelled_at: null });
      return true;
    },

    /** True when the part that was asked for is decided: then it pauses, until somebody goes on with it. */
    async pauseIfPartDone(tx: Tx, row: BroadcastRow): Promise<boolean> {
      if (row.status !== 'running' || row.pauses_after === null || row.fed < row.pauses_after) return false;
      const counts = (await countsOf(tx, [row.id])).get(row.id) ?? noCounts();
      if (counts.queued > 0) return false;
      const { sent, failed } = counts;
      const reason = `The part that was to go first has gone: ${sent} sent, ${failed} failed. Start it again to go on.`;
      await pauseItself(tx, row, { code: firstPart, reason });
      return true;
    },

    /** It ends before its time, for a reason that is no person's wish; who still waits never will be sent it. */
    async fail(tx: Tx, row: BroadcastRow, reason: string): Promise<void> {
      await giveUpWaiting(tx, row.id);
      await end(tx, row, 'failed', { status_reason: reason, cancelled_at: clock.now() });
    },

    /** Its audience can't be read: nobody was sent anything, and a person may mend it. */
    async returnToDraft(tx: Tx, row: BroadcastRow, reason: string): Promise<void> {
      await clearCounts(tx, row.id);
      const returned = await store.change(tx, row.id, ['running', 'scheduled', 'paused'], {
        ...{ status: 'draft' as const, status_reason: reason, pause_code: null, resumes_at: null },
        ...{ preparing: null, prepared_at: null, prepared_until: 0, cursor: 0, scheduled_at: null },
        pauses_after: null,
        ...{ started_at: null, next_due_at: null, updated_at: clock.now() },
      });
      if (returned) await tell(tx, 'returned', returned);
    },

    pauseItself,

    /** Messages that were deleted while they waited; no event tells of those that went with their conversation. */
    async giveUpLost(tx: Tx, row: BroadcastRow): Promise<void> {
      const lost = await lostRecipients(tx, row.id, later(clock.now(), -lostAfterMs));
      if (lost.length === 0) return;
      const counts = new Map<number, Counts>();
      for (const { variant } of lost) {
        const sums = counts.get(variant) ?? noCounts();
        countStep(sums, level.queued, level.cancelled);
        counts.set(variant, sums);
      }
      const change = { status: level.cancelled, code: 'MESSAGE_DELETED' };
      await changeRecipients(
        tx,
        row.id,
        lost.map(({ ord }) => ({ ...change, ord })),
        clock.now(),
      );
      for (const [variant, sums] of counts) await addCounts(tx, row.id, sums, variant);
      afterCommit(tx, () => deps.progressed([row.id]));
    },
  };
}

export type Ending = ReturnType<typeof createEnding>;

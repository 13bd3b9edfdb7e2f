import { type Clock, later } from '../../platform/clock.ts';
import type { WakeAt } from '../../platform/concurrency/wake-at.ts';
import { afterCommit, type Db, type Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { cancelWaiting } from './cancelling.store.ts';
import { areUnderWay, hold, letGo, waitingOf } from './holding.store.ts';
import type { Content } from './kinds/kind.ts';
import { sendableKind } from './kinds/kinds.ts';
import { requeue } from './requeue.store.ts';

/** What a campaign does with its messages that are in the queue, in the transaction of the caller. */
export function createCampaignSends(deps: {
  db: Db;
  clock: Clock;
  events: Pick<EventRecorder, 'insertFrom' | 'committed'>;
  validitySeconds: number;
  poke(profileId: string): void;
  due: Pick<WakeAt, 'at'>;
}) {
  const { db, clock } = deps;
  return {
    hold,
    waitingOf,

    /** Lets held messages go; their validity begins anew. */
    async letGo(tx: Tx, profileId: string, ids: readonly string[]): Promise<void> {
      const freed = await letGo(tx, ids, later(clock.now(), deps.validitySeconds * 1_000));
      if (freed > 0) afterCommit(tx, () => deps.poke(profileId));
    },

    /** Tries messages again that failed for a passing reason, at a moment; answers which of them those are. */
    async again(tx: Tx, ids: readonly string[], dueAt: Date): Promise<string[]> {
      const expiresAt = later(dueAt, deps.validitySeconds * 1_000);
      const back = await requeue(tx, deps, ids, { dueAt, expiresAt });
      if (back.length > 0) afterCommit(tx, () => deps.due.at(dueAt));
      return back;
    },

    /** Takes out of the queue what is not on its way yet. */
    async cancel(tx: Tx, ids: readonly string[]): Promise<void> {
      await cancelWaiting(tx, deps, ids);
    },

    areUnderWay: (ids: readonly string[]) => areUnderWay(db, ids),

    /** The same content for one more receiver: what must be a message's own is made anew. */
    copyOf(type: string, content: Content): Content {
      return sendableKind(type).sending.forwarded?.(content) ?? content;
    },
  };
}

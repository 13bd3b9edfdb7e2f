import { type Clock, later } from '../../../platform/clock.ts';
import { createWakeAt } from '../../../platform/concurrency/wake-at.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import type { Log } from '../../../platform/log.ts';
import type { MailQueue } from '../../../platform/mail.ts';
import { expiryOf } from '../push/deliver.ts';
import type { PushQueue } from '../push/deliveries.store.ts';
import { claimDispatch, nextDueAt, takeDueLetter, takeDuePushes } from './due.store.ts';
import { letterOf } from './letter.ts';
import { pushesOf } from './pushes.ts';

const pushBatch = 500;
const againMs = 250;

/**
 * Sends letters and pushes when they are due. That one was taken and that its letter or pushes exist is one transaction:
 * a crash neither loses nor repeats it.
 */
export function createDispatch(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  mail: MailQueue;
  queue: PushQueue;
  deliverDue(): Promise<void>;
  address: () => string;
}) {
  const { db, clock, log, mail, queue } = deps;

  /** False when nothing is due, or another node is at it. */
  const sendLetter = () =>
    inTransaction(db, async (tx) => {
      if (!(await claimDispatch(tx))) return false;
      const due = await takeDueLetter(tx, clock.now());
      if (!due) return false;
      const [first] = due.notifications;
      if (first && (await mail.isConfiguredFor(first.organization_id)))
        await mail.enqueue(tx, letterOf(due, deps.address()), first.organization_id);
      return true;
    });

  const makePushes = () =>
    inTransaction(db, async (tx) => {
      if (!(await claimDispatch(tx))) return false;
      const now = clock.now();
      const rows = await takeDuePushes(tx, now, pushBatch);
      if (rows.length > 0) await queue.insert(tx, pushesOf(rows, now), now, expiryOf(now));
      return rows.length === pushBatch;
    });

  const wake = createWakeAt({
    clock,
    async look() {
      while (await sendLetter());
      while (await makePushes());
      await deps.deliverDue();
      const [due, push] = await Promise.all([nextDueAt(db), queue.nextDueAt()]);
      const [soonest] = [due, push]
        .filter((at) => at !== undefined)
        .toSorted((a, b) => a.getTime() - b.getTime());
      // Somebody else is at what is due: looked at again, for they may not finish.
      return soonest && soonest <= clock.now() ? later(clock.now(), againMs) : soonest;
    },
    failed: (error) => log.error({ err: error }, 'Letters and pushes could not be sent; trying again'),
  });
  return wake;
}

import type { Receipt } from '../../engines/port.ts';
import type { Clock } from '../../platform/clock.ts';
import { batched } from '../../platform/concurrency/batched.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Live } from '../profiles/index.ts';
import type { MarkRead } from './mark-read.ts';
import { keepMemberReceipts, type MemberReceipt } from './member-receipts/member-receipts.store.ts';
import { ofMembers } from './member-receipts/member-receipts.ts';
import type { MessageRow } from './messages.present.ts';
import { type Alone, gatherMs } from './outbox/progress.ts';
import { forwardMessages, type ReceiptOf } from './receipts.store.ts';

/** Moves messages forward by what receivers acknowledge; what arrives late or twice changes nothing. */
export function createReceipts(deps: {
  db: Db;
  clock: Clock;
  events: EventRecorder;
  alone: Alone;
  decided(row: MessageRow): void;
  markRead: Pick<MarkRead, 'elsewhere'>;
}) {
  const { db, clock, events, alone, decided } = deps;

  const write = (receipts: ReceiptOf[]) =>
    alone(async () => {
      const rows = await forwardMessages(db, events, receipts, clock.now());
      if (rows.length > 0) events.committed();
      for (const row of rows) decided(row);
    });
  const gather = batched((calls: ReceiptOf[][]) => write(calls.flat()), { gatherMs });
  const gatherMembers = batched(
    (calls: MemberReceipt[][]) => keepMemberReceipts(db, calls.flat()).then(() => undefined),
    { gatherMs },
  );

  return {
    async receipts(live: Live, all: Receipt[]): Promise<void> {
      const { profileId } = live;
      for (const { own, chat, ids } of all) if (own) await deps.markRead.elsewhere(profileId, chat, ids);
      const receipts = all.filter((one) => !one.own);
      if (receipts.length === 0) return;
      const own = receipts.flatMap(({ ids, status }) =>
        ids.map((waMessageId) => ({ profileId, waMessageId, status })),
      );
      // What failed together is written by itself, so that none fails for the receipts of another profile.
      await gather(own).catch(() => write(own));
      const members = ofMembers(profileId, receipts);
      if (members.length > 0) await gatherMembers(members).catch(() => keepMemberReceipts(db, members));
    },
  };
}

export type Receipts = ReturnType<typeof createReceipts>;

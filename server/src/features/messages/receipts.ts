import type { Receipt } from '../../engines/port.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Live } from '../profiles/index.ts';
import type { MessageRow } from './messages.present.ts';
import { forwardMessages } from './receipts.store.ts';

/** Moves messages forward by what receivers acknowledge; what arrives late or twice changes nothing. */
export function createReceipts(deps: {
  db: Db;
  clock: Clock;
  events: EventRecorder;
  decided(row: MessageRow): void;
}) {
  const { db, clock, events, decided } = deps;
  return {
    async receipts(live: Live, receipts: Receipt[]): Promise<void> {
      for (const receipt of receipts) {
        const rows = await forwardMessages(db, events, live.profileId, receipt, clock.now());
        if (rows.length > 0) events.committed();
        for (const row of rows) decided(row);
      }
    },
  };
}

export type Receipts = ReturnType<typeof createReceipts>;

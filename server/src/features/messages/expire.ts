import { type Db, inTransaction } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { MessageRow } from './messages.present.ts';
import type { OutboxStore } from './outbox/outbox.store.ts';
import { failureFact } from './outbox/settle.ts';

const batchMax = 500;

/** Ends what waited longer than its validity; safe to run twice, for an expired message is no longer queued. */
export function createExpiry(deps: {
  db: Db;
  store: OutboxStore;
  events: EventRecorder;
  decided(row: MessageRow): void;
}) {
  return async (_payload: object, signal: AbortSignal): Promise<void> => {
    for (let more = true; more && !signal.aborted; ) {
      const rows = await inTransaction(deps.db, async (tx) => {
        const expired = await deps.store.expire(tx, batchMax);
        await deps.events.recordAll(tx, expired.map(failureFact));
        return expired;
      });
      for (const row of rows) deps.decided(row);
      more = rows.length === batchMax;
    }
  };
}

import type { MessageRow } from './messages.present.ts';
import type { OutboxStore } from './outbox/outbox.store.ts';

/** Ends what waited longer than its validity; safe to run twice, for an expired message is no longer queued. */
export function createExpiry(deps: { store: OutboxStore; decided(row: MessageRow): void }) {
  return async (_payload: object, signal: AbortSignal): Promise<void> => {
    for (let more = true; more && !signal.aborted; ) {
      const expired = await deps.store.expire();
      for (const row of expired.rows) deps.decided(row);
      more = expired.more;
    }
  };
}

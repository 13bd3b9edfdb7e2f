import { sql } from 'kysely';
import type { Db } from '../../platform/db/transaction.ts';

const batch = 2_000;

/**
 * Removes events from before a moment, in batches, but none that a reader has still to read. What is removed
 * is a beginning of the log: where it begins now is what tells an old cursor from a good one.
 */
export async function purgeEventsBefore(db: Db, before: Date, signal: AbortSignal): Promise<number> {
  let removed = 0;
  for (;;) {
    const { numAffectedRows = 0n } = await sql`
      delete from events where seq in (
        select seq from events
        where position <= (select coalesce(min(position), 0) from event_cursors) and occurred_at < ${before}
        order by position limit ${batch}
      )`.execute(db);
    removed += Number(numAffectedRows);
    if (signal.aborted || Number(numAffectedRows) < batch) return removed;
  }
}

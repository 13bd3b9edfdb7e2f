import { sql } from 'kysely';
import type { Db } from '../../platform/db/transaction.ts';

const batch = 2_000;

/**
 * Removes events from before a moment, in batches, but none that a reader has still to read. How far it came is
 * noted with each batch: that is what tells an old cursor from a good one.
 */
export async function purgeEventsBefore(db: Db, before: Date, signal: AbortSignal): Promise<number> {
  let removed = 0;
  for (;;) {
    const { rows } = await sql<{ count: number }>`
      with gone as (
        delete from events where seq in (
          select seq from events
          where position <= (select coalesce(min(position), 0) from event_cursors) and occurred_at < ${before}
          order by position limit ${batch}
        ) returning position
      ), noted as (
        update event_log set kept_after = greatest(kept_after, (select max(position) from gone))
        where exists (select from gone)
      )
      select count(*) from gone`.execute(db);
    const count = Number(rows[0]?.count ?? 0);
    removed += count;
    if (signal.aborted || count < batch) return removed;
  }
}

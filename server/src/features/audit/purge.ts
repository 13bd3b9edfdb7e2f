import { sql } from 'kysely';
import { type Clock, dayMs, later } from '../../platform/clock.ts';
import { type Db, inTransaction } from '../../platform/db/transaction.ts';

const rowsPerBatch = 2000;

/**
 * Deletes entries that are older than the operator wants them kept, in short transactions; running twice changes
 * nothing. With 0 days it keeps everything.
 */
export function createPurge(deps: { db: Db; clock: Clock; retentionDays: number }): () => Promise<void> {
  const { db, clock, retentionDays } = deps;

  /** The oldest of one organisation, or of none: its index holds them in this order. */
  async function batch(organizationId: string | null, before: Date): Promise<number> {
    const whose = organizationId === null ? sql`is null` : sql`= ${organizationId}`;
    return inTransaction(db, async (tx) => {
      // The log refuses to lose a row unless it is told that this is meant, here and in this transaction only.
      await sql`select set_config('multiwa.erasing', 'on', true)`.execute(tx);
      const { numAffectedRows } = await sql`delete from audit_logs where id in (
        select id from audit_logs where organization_id ${whose} and occurred_at < ${before}
        order by occurred_at, id limit ${rowsPerBatch})`.execute(tx);
      return Number(numAffectedRows ?? 0);
    });
  }

  return async () => {
    if (retentionDays === 0) return;
    const before = later(clock.now(), -retentionDays * dayMs);
    const organizations = await db.selectFrom('organizations').select('id').execute();
    for (const id of [null, ...organizations.map((row) => row.id)]) {
      while ((await batch(id, before)) === rowsPerBatch);
    }
  };
}

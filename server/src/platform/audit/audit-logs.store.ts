import { type Insertable, sql } from 'kysely';
import type { Tables } from '../db/tables.ts';
import type { Db, Tx } from '../db/transaction.ts';

export async function insertAuditLog(tx: Db | Tx, row: Insertable<Tables['audit_logs']>): Promise<void> {
  await tx.insertInto('audit_logs').values(row).execute();
}

/** Deletes the oldest of one organisation, or of none: its index holds them in this order. Answers how many. */
export async function deleteOldest(
  tx: Tx,
  organizationId: string | null,
  before: Date,
  limit: number,
): Promise<number> {
  const whose = organizationId === null ? sql`is null` : sql`= ${organizationId}`;
  // The log refuses to lose a row unless it is told that this is meant, here and in this transaction only.
  await sql`select set_config('multiwa.erasing', 'on', true)`.execute(tx);
  const { numAffectedRows } = await sql`delete from audit_logs where id in (
    select id from audit_logs where organization_id ${whose} and occurred_at < ${before}
    order by occurred_at, id limit ${limit})`.execute(tx);
  return Number(numAffectedRows ?? 0);
}

import { type Insertable, sql } from 'kysely';
import type { Tables } from '../db/tables.ts';
import { type Db, inTransaction, type Tx } from '../db/transaction.ts';
import type { Leaving } from '../keeps/erasure.ts';

const rowsPerBatch = 1_000;

export async function insertAuditLog(tx: Db | Tx, row: Insertable<Tables['audit_logs']>): Promise<void> {
  await tx.insertInto('audit_logs').values(row).execute();
}

/** A trigger refuses to change or delete rows of the log, unless this setting allows it for the transaction. */
export async function allowErasing(tx: Tx): Promise<void> {
  await sql`select set_config('multiwa.erasing', 'on', true)`.execute(tx);
}

/** Deletes the oldest rows of one organisation, or of none, along an index with this order. Answers how many. */
export async function deleteOldest(
  tx: Tx,
  organizationId: string | null,
  before: Date,
  limit: number,
): Promise<number> {
  const isOf = organizationId === null ? sql`is null` : sql`= ${organizationId}`;
  await allowErasing(tx);
  const { numAffectedRows } = await sql`delete from audit_logs where id in (
    select id from audit_logs where organization_id ${isOf} and occurred_at < ${before}
    order by occurred_at, id limit ${limit})`.execute(tx);
  return Number(numAffectedRows ?? 0);
}

/** Rows about a person keep the id, which leads to nobody any more, and lose the address and user agent. */
export async function pseudonymise(tx: Tx, { id, organizationId }: Leaving): Promise<number> {
  await allowErasing(tx);
  const { numAffectedRows = 0n } = await sql`
    update audit_logs set ip_address = null, user_agent = null
    where (organization_id = ${organizationId} or organization_id is null)
      and (user_id = ${id} or (user_id is null and resource_id = ${id}::text))`.execute(tx);
  return Number(numAffectedRows);
}

/** Deletes a batch of an organisation's rows. */
export function eraseTrail(db: Db, organizationId: string): Promise<number> {
  return inTransaction(db, async (tx) => {
    await allowErasing(tx);
    const { numAffectedRows = 0n } = await sql`delete from audit_logs where ctid = any(array(
      select ctid from audit_logs where organization_id = ${organizationId} limit ${rowsPerBatch}))`.execute(
      tx,
    );
    return Number(numAffectedRows);
  });
}

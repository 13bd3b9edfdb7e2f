import { sql } from 'kysely';
import { type Db, inTransaction, type Tx } from '../db/transaction.ts';
import type { Leaving } from '../keeps/erasure.ts';

const rowsPerBatch = 1_000;

/** Lets this transaction, and no other, change and delete what the audit log keeps. */
export async function allowErasing(tx: Tx): Promise<void> {
  await sql`select set_config('multiwa.erasing', 'on', true)`.execute(tx);
}

/** Rows about a person keep the id, which names nobody any more, and forget where they were. */
export async function pseudonymise(tx: Tx, { id, organizationId }: Leaving): Promise<number> {
  await allowErasing(tx);
  const { numAffectedRows = 0n } = await sql`
    update audit_logs set ip_address = null, user_agent = null
    where (organization_id = ${organizationId} or organization_id is null)
      and (user_id = ${id} or (user_id is null and resource_id = ${id}::text))`.execute(tx);
  return Number(numAffectedRows);
}

/** Deletes a batch of what an organisation did. */
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

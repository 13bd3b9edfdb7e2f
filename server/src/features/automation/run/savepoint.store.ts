import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/transaction.ts';

/** Does a part of a transaction that may fail without the rest of it. */
export async function apart(tx: Tx, work: () => Promise<void>): Promise<void> {
  await sql`savepoint apart`.execute(tx);
  try {
    await work();
  } catch (error) {
    await sql`rollback to savepoint apart`.execute(tx);
    throw error;
  }
  await sql`release savepoint apart`.execute(tx);
}

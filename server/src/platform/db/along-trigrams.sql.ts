import { sql } from 'kysely';
import { errorCode } from './database-unusable.ts';
import { type Db, inTransaction, type Tx } from './transaction.ts';

/** So long an index of trigrams may take. What is in half of all rows would have it sort half of all rows. */
const usualMsMax = 150;
const cancelled = '57014';

/**
 * Runs a look-up along an index of trigrams, whatever the planner knows of the table; undefined when it takes too long.
 */
export async function alongTrigrams<T>(
  db: Db,
  work: (tx: Tx) => Promise<T>,
  msMax = usualMsMax,
): Promise<T | undefined> {
  try {
    return await inTransaction(db, async (tx) => {
      await sql`select set_config('enable_seqscan', 'off', true),
        set_config('statement_timeout', ${String(msMax)}, true)`.execute(tx);
      return work(tx);
    });
  } catch (error) {
    if (errorCode(error) === cancelled) return undefined;
    throw error;
  }
}

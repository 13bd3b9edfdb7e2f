import { sql } from 'kysely';
import type { Db, Tx } from '../db/transaction.ts';

/** The database schema of the job store, which makes and changes its tables itself. */
export const schema = 'jobs';

/** Deletes every job that mentions one of these ids in its payload or its output. */
export async function discardJobs(tx: Db | Tx, ids: readonly string[]): Promise<void> {
  await sql`delete from ${sql.id(schema, 'job')} where exists (select from unnest(${[...ids]}::text[]) as one (id)
    where strpos(data::text, one.id) > 0 or strpos(output::text, one.id) > 0)`.execute(tx);
}

/** Parameters: the queue's name, the job's id, and the seconds that a job which is done stays. */
export const shortenStay = `update ${schema}.job set deletion_seconds = $3
  where name = $1 and id = $2 and state = 'completed'`;

import { type Kysely, sql } from 'kysely';

/** When the removal of bytes at their place began: who stores the same there waits for its end, and no transaction does. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table media_removals add column begun_at timestamptz').execute(db);
}

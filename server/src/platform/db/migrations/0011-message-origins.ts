import { type Kysely, sql } from 'kysely';

/**
 * A message says why it exists: a person, a program, an automation. New columns without a rewrite: a moment on a table
 * of any size; messages from before say nothing.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table messages add column origin_kind text, add column origin_id text`.execute(db);
}

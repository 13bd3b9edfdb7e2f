import { type Kysely, sql } from 'kysely';

/** What people answered to a message that asks: one vote for each. A new column without a rewrite. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table messages add column answers jsonb`.execute(db);
}

import { type Kysely, sql } from 'kysely';

/** A quick reply may have a file. A new column without values: it costs nothing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table quick_replies add column attachment jsonb`.execute(db);
}

import { type Kysely, sql } from 'kysely';

/** What WhatsApp restricts of a profile's account. A new column without a rewrite. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table profiles add column restrictions jsonb`.execute(db);
}

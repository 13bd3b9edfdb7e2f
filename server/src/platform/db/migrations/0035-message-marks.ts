import { type Kysely, sql } from 'kysely';

/** Messages are pinned in their chat, and kept although they disappear. A new column without a rewrite. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table messages add column marks jsonb`.execute(db);
}

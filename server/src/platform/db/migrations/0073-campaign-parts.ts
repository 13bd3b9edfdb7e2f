import { type Kysely, sql } from 'kysely';

/** After how many messages a campaign pauses by itself. A column without a default: nothing is rewritten. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table broadcasts add column pauses_after integer`.execute(db);
}

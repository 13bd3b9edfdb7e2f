import { type Kysely, sql } from 'kysely';

/** The list of all contacts with a token is no longer kept: it was written whole with each new contact. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`delete from engine_keys where type = 'tctoken' and id = '__index'`.execute(db);
}

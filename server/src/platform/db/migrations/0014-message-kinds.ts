import { type Kysely, sql } from 'kysely';

/**
 * The list of a profile's messages of one rare kind went through all of them. Texts are no rare kind: their list is that of
 * all. One index over the rest is built: a moment at a million messages.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index messages_of_kind on messages (profile_id, type, timestamp desc, seq desc)
    where type <> 'text'`.execute(db);
}

import { type Kysely, sql } from 'kysely';

/**
 * A message is found by WhatsApp's id first: with the profile first, a plan made for a small table went through all
 * messages of the profile instead, along the index of its list. One index is built: some seconds at a million messages.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table messages add constraint messages_by_wa_id unique (wa_message_id, profile_id, conversation_id)`,
  `alter table messages drop constraint messages_profile_id_wa_message_id_conversation_id_key`,
];

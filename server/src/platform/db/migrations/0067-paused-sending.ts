import { type Kysely, sql } from 'kysely';

/** Somebody keeps what a profile sends in its queue; not WhatsApp, which says until when. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table profiles add column sending_held boolean not null default false`.execute(db);
}

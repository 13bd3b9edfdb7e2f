import { type Kysely, sql } from 'kysely';

/** Files of messages that arrived: where each lies at WhatsApp, and whether it has been fetched. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table message_files (
    message_id uuid primary key references messages on delete cascade,
    organization_id uuid not null,
    profile_id uuid not null references profiles on delete cascade,
    reference bytea not null,
    said_bytes bigint,
    said_mimetype text,
    state text not null,
    due_at timestamptz,
    attempts integer not null,
    created_at timestamptz not null
  )`.execute(db);
  await sql`create index message_files_due on message_files (profile_id, due_at) where state = 'waiting'`.execute(
    db,
  );
  await sql`create index message_files_by_organization on message_files (organization_id)`.execute(db);
}

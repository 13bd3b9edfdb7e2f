import { type Kysely, sql } from 'kysely';

/**
 * Messages for later, complete as they will be sent. `due_at` is when one is handed over, and null from then on. An empty
 * table, so it costs nothing.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table scheduled_messages (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    chat text not null,
    type text not null,
    content jsonb not null,
    client_reference text,
    origin_kind text not null,
    origin_id text,
    scheduled_at timestamptz not null,
    due_at timestamptz,
    attempts integer not null default 0,
    status text not null,
    message_id uuid,
    sent_at timestamptz,
    error_code text,
    error text,
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create index scheduled_messages_due on scheduled_messages (due_at, id) where due_at is not null`,
  `create index scheduled_messages_in_chat on scheduled_messages (profile_id, chat, due_at, id) where due_at is not null`,
  `create index scheduled_messages_by_profile on scheduled_messages (profile_id, scheduled_at, id)`,
  `create unique index scheduled_messages_by_message on scheduled_messages (message_id) where message_id is not null`,
  `create index scheduled_messages_by_organization on scheduled_messages (organization_id)`,
];

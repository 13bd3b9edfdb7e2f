import { type Kysely, sql } from 'kysely';

/**
 * Which conversation and which message at Chatwoot is which of ours: what makes a message there once, and never back
 * again. Empty tables, so it costs nothing.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table chatwoot_conversations (
    conversation_id uuid primary key references conversations on delete cascade,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    inbox_id text not null,
    chatwoot_contact_id bigint not null,
    chatwoot_conversation_id bigint not null,
    identifier text not null,
    updated_at timestamptz not null
  )`,
  `create index chatwoot_conversations_there on chatwoot_conversations (organization_id, chatwoot_conversation_id)`,
  `create index chatwoot_conversations_by_profile on chatwoot_conversations (profile_id)`,
  `create table chatwoot_messages (
    organization_id uuid not null references organizations on delete cascade,
    chatwoot_message_id bigint not null,
    part integer not null,
    chatwoot_conversation_id bigint not null,
    message_id uuid unique references messages on delete cascade,
    is_reply boolean not null,
    created_at timestamptz not null,
    primary key (organization_id, chatwoot_message_id, part)
  )`,
];

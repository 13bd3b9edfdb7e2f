import { type Kysely, sql } from 'kysely';

/**
 * What an inbox needs of conversations: labels (ours, and those of WhatsApp), internal notes, whether one is dealt with, and
 * until when it rests. New tables, columns with constant defaults, and indexes over the few conversations that are assigned,
 * closed or resting: a second or so for each million conversations, without a rewrite.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const order = 'last_message_at desc nulls last, id desc';

const statements = [
  `alter table conversations
    add column status text not null default 'open',
    add column snoozed_until timestamptz`,
  `create index conversations_assigned on conversations (profile_id, assigned_user_id, ${order})
    where assigned_user_id is not null`,
  `create index conversations_not_open on conversations (profile_id, status, ${order}) where status <> 'open'`,
  `create index conversations_snoozed on conversations (snoozed_until) where snoozed_until is not null`,
  `create table labels (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid references profiles on delete cascade,
    wa_label text,
    name text not null,
    color text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    check ((profile_id is null) = (wa_label is null))
  )`,
  `create unique index labels_by_name on labels (organization_id, lower(name)) where profile_id is null`,
  `create unique index labels_of_whatsapp on labels (profile_id, wa_label) where profile_id is not null`,
  `create index labels_by_organization on labels (organization_id)`,
  `create table conversation_labels (
    conversation_id uuid not null references conversations on delete cascade,
    label_id uuid not null references labels on delete cascade,
    primary key (conversation_id, label_id)
  )`,
  `create index conversation_labels_by_label on conversation_labels (label_id, conversation_id)`,
  `create table conversation_notes (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    conversation_id uuid not null references conversations on delete cascade,
    author_id uuid references users on delete set null,
    text text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create index conversation_notes_in_order on conversation_notes (conversation_id, created_at desc, id desc)`,
  `create index conversation_notes_by_organization on conversation_notes (organization_id)`,
  `create index conversation_notes_by_profile on conversation_notes (profile_id)`,
  `create index conversation_notes_by_author on conversation_notes (author_id)`,
];

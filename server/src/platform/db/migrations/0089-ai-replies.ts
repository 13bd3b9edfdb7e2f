import { type Kysely, sql } from 'kysely';

/** How a language model answers for a profile, how often it did in a chat, and what it came up with. Empty tables. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table ai_profiles (
    profile_id uuid primary key references profiles on delete cascade,
    organization_id uuid not null references organizations on delete cascade,
    settings jsonb not null,
    updated_at timestamptz not null
  )`,
  `create index ai_profiles_by_organization on ai_profiles (organization_id)`,
  `create table ai_turns (
    profile_id uuid not null references profiles on delete cascade,
    organization_id uuid not null references organizations on delete cascade,
    chat text not null,
    day date not null,
    turns integer not null,
    angry integer not null,
    last_key text not null,
    primary key (profile_id, chat, day)
  )`,
  `create index ai_turns_by_organization on ai_turns (organization_id)`,
  `create index ai_turns_by_age on ai_turns (day)`,
  `create table ai_suggestions (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    conversation_id uuid not null references conversations on delete cascade,
    message_id uuid,
    key text not null,
    action text not null,
    content text not null,
    citations jsonb not null,
    warnings text[] not null,
    support real not null,
    sent boolean not null,
    created_at timestamptz not null,
    constraint ai_suggestions_once unique (profile_id, key)
  )`,
  `create index ai_suggestions_of_conversation on ai_suggestions (conversation_id, created_at desc, id desc)`,
  `create index ai_suggestions_by_organization on ai_suggestions (organization_id, id)`,
  `create index ai_suggestions_by_age on ai_suggestions (created_at)`,
];

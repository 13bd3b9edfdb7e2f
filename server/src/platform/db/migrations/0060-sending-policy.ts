import { type Kysely, sql } from 'kysely';

/**
 * What profiles hold themselves to when they write to many, and what is counted for it. Empty tables; one index over messages
 * of campaigns, which there are none of yet: it reads the table once, some seconds at a million messages.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table sending_policies (
    profile_id uuid primary key references profiles on delete cascade,
    organization_id uuid not null references organizations on delete cascade,
    rules jsonb not null,
    updated_at timestamptz not null
  )`,
  `create index sending_policies_by_organization on sending_policies (organization_id)`,
  `create table send_marks (
    organization_id uuid not null references organizations on delete cascade,
    chat text not null,
    day date not null,
    marketing smallint not null,
    primary key (organization_id, chat, day)
  )`,
  `create index send_marks_by_age on send_marks (day)`,
  `create table send_texts (
    organization_id uuid not null references organizations on delete cascade,
    chat text not null,
    hash bytea not null,
    at timestamptz not null,
    primary key (organization_id, chat, hash)
  )`,
  `create index send_texts_by_age on send_texts (at)`,
  `create table cold_days (
    profile_id uuid not null references profiles on delete cascade,
    day date not null,
    used integer not null,
    granted integer not null,
    primary key (profile_id, day)
  )`,
  `create table cold_marks (
    profile_id uuid not null references profiles on delete cascade,
    day date not null,
    chat text not null,
    primary key (profile_id, day, chat)
  )`,
  `create index messages_of_campaigns on messages (profile_id, timestamp desc, seq desc)
    where origin_kind in ('broadcast', 'bulk')`,
];

import { type Kysely, sql } from 'kysely';

/**
 * The past that phones tell: what of it is still to be read, how far each profile has come, and which messages were deleted
 * here and must not come back with it. New tables only: moments on a database of any size.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table engine_history (
    profile_id uuid not null references profiles on delete cascade,
    hash bytea not null,
    seq bigint generated always as identity,
    value bytea not null,
    stored integer not null default 0,
    created_at timestamptz not null,
    primary key (profile_id, hash)
  )`,
  `create index engine_history_in_order on engine_history (profile_id, seq)`,
  `create table profile_history (
    profile_id uuid primary key references profiles on delete cascade,
    organization_id uuid not null references organizations on delete cascade,
    state text not null,
    percent integer not null,
    messages integer not null,
    conversations integer not null,
    updated_at timestamptz not null
  )`,
  `create index profile_history_by_organization on profile_history (organization_id)`,
  `create table removed_messages (
    profile_id uuid not null references profiles on delete cascade,
    organization_id uuid not null references organizations on delete cascade,
    wa_message_id text not null,
    removed_at timestamptz not null,
    primary key (profile_id, wa_message_id)
  )`,
  `create index removed_messages_by_organization on removed_messages (organization_id)`,
];

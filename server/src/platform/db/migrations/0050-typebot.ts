import { type Kysely, sql } from 'kysely';

/** Where each conversation with a Typebot stands. An empty table, so it costs nothing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table typebot_sessions (
    conversation_id uuid primary key references conversations on delete cascade,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    bot_id text not null,
    session_id text,
    state text not null,
    input jsonb,
    poll_id uuid,
    last_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create index typebot_sessions_by_profile on typebot_sessions (profile_id)`,
  `create index typebot_sessions_by_organization on typebot_sessions (organization_id)`,
];

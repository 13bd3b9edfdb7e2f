import { type Kysely, sql } from 'kysely';

/**
 * What organisations set for Chatwoot and Typebot, how those calls go, and what waits to be told them, in the order of
 * each conversation. Empty tables, so it costs nothing.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table integrations (
    organization_id uuid not null references organizations on delete cascade,
    kind text not null,
    settings jsonb not null,
    secrets bytea not null,
    enabled boolean not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (organization_id, kind)
  )`,
  `create table integration_states (
    organization_id uuid not null references organizations on delete cascade,
    kind text not null,
    failing_since timestamptz,
    failures integer not null default 0,
    last_error text,
    last_success_at timestamptz,
    primary key (organization_id, kind)
  )`,
  `create table integration_tasks (
    seq bigint generated always as identity primary key,
    organization_id uuid not null references organizations on delete cascade,
    kind text not null,
    profile_id uuid references profiles on delete cascade,
    lane text not null,
    task text not null,
    payload jsonb not null,
    attempts integer not null default 0,
    due_at timestamptz not null,
    created_at timestamptz not null
  )`,
  `create index integration_tasks_by_lane on integration_tasks (organization_id, kind, lane, seq)`,
  `create index integration_tasks_by_profile on integration_tasks (profile_id)`,
];

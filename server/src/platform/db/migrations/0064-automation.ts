import { type Kysely, sql } from 'kysely';

/**
 * Automations, what they are compiled to, their counts and limits, and their runs with each step. A run is a row: it says
 * where it goes on and when. Empty tables, so it costs nothing.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table automations (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    kind text not null,
    name text not null,
    is_active boolean not null,
    priority integer not null,
    trigger_type text not null,
    trigger_config jsonb not null,
    conditions jsonb not null,
    actions jsonb not null,
    graph jsonb,
    cooldown_secs integer not null,
    max_triggers_per_day integer,
    settings jsonb not null,
    version integer not null,
    problems jsonb not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create index automations_in_order on automations (profile_id, priority, created_at, id)`,
  `create index automations_by_organization on automations (organization_id)`,
  `create table automation_versions (
    automation_id uuid not null references automations on delete cascade,
    version integer not null,
    program jsonb not null,
    created_at timestamptz not null,
    primary key (automation_id, version)
  )`,
  `create table automation_counts (
    automation_id uuid primary key references automations on delete cascade,
    trigger_count bigint not null default 0,
    last_triggered timestamptz,
    day text,
    today_count integer not null default 0
  )`,
  `create table automation_limits (
    automation_id uuid not null references automations on delete cascade,
    who text not null,
    last_at timestamptz not null,
    primary key (automation_id, who)
  )`,
  `create index automation_limits_by_age on automation_limits (last_at)`,
  `create table automation_runs (
    id uuid primary key,
    seq bigint generated always as identity,
    automation_id uuid references automations on delete cascade,
    hook text,
    version integer not null,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    chat text not null,
    who text not null,
    is_exclusive boolean not null,
    status text not null,
    node text,
    state jsonb not null,
    wake_at timestamptz,
    waiting_for text,
    steps integer not null default 0,
    trigger jsonb not null,
    origin_event uuid not null,
    error text,
    started_at timestamptz not null,
    ended_at timestamptz
  )`,
  `create unique index automation_runs_once on automation_runs (origin_event, automation_id, chat)`,
  `create index automation_runs_due on automation_runs (wake_at, seq) where wake_at is not null`,
  `create index automation_runs_live on automation_runs (profile_id, chat, seq) where ended_at is null`,
  `create index automation_runs_by_chat on automation_runs (profile_id, chat)`,
  `create index automation_runs_recent on automation_runs (automation_id, started_at desc, id desc)`,
  `create index automation_runs_ended on automation_runs (ended_at) where ended_at is not null`,
  `create index automation_runs_by_organization on automation_runs (organization_id, id)`,
  `create table automation_steps (
    run_id uuid not null references automation_runs on delete cascade,
    n integer not null,
    node text not null,
    kind text not null,
    exit text,
    result jsonb not null,
    at timestamptz not null,
    primary key (run_id, n)
  )`,
  `create table automation_chats (
    profile_id uuid not null references profiles on delete cascade,
    chat text not null,
    organization_id uuid not null references organizations on delete cascade,
    handling text not null default 'bot',
    handling_until timestamptz,
    handled_by uuid,
    silent_until timestamptz,
    tokens real not null,
    tokens_at timestamptz not null,
    day text not null,
    day_count integer not null default 0,
    last_text bytea,
    same_count integer not null default 0,
    updated_at timestamptz not null,
    primary key (profile_id, chat)
  )`,
  `create index automation_chats_by_person on automation_chats (handled_by) where handled_by is not null`,
  `create index automation_chats_by_organization on automation_chats (organization_id)`,
  // Whether a number is one of ours is asked before a rule starts.
  `create index profiles_by_number on profiles (phone_number) where phone_number is not null`,
];

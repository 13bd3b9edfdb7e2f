import { type Kysely, sql } from 'kysely';

/** Which language model an organisation asks, what that costs, and how each call went. Empty tables, so it costs nothing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table ai_providers (
    organization_id uuid primary key references organizations on delete cascade,
    settings jsonb not null,
    secrets bytea not null,
    updated_at timestamptz not null
  )`,
  // What may be used within a month by all, and within a day by one profile.
  `create table ai_budgets (
    organization_id uuid not null references organizations on delete cascade,
    scope text not null,
    tokens bigint not null,
    cost double precision not null,
    reserved_tokens bigint not null,
    reserved_cost double precision not null,
    updated_at timestamptz not null,
    primary key (organization_id, scope)
  )`,
  `create index ai_budgets_by_age on ai_budgets (updated_at)`,
  // Calls under way: what is set aside for each.
  `create table ai_reservations (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    scopes text[] not null,
    tokens bigint not null,
    cost double precision not null,
    made_at timestamptz not null
  )`,
  `create index ai_reservations_by_organization on ai_reservations (organization_id)`,
  `create index ai_reservations_by_age on ai_reservations (made_at)`,
  // Stays when a profile goes.
  `create table ai_usage (
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid,
    day date not null,
    purpose text not null,
    model text not null,
    calls integer not null,
    failed integer not null,
    estimated integer not null,
    tokens_in bigint not null,
    tokens_out bigint not null,
    cost double precision not null,
    constraint ai_usage_once unique nulls not distinct (organization_id, day, profile_id, purpose, model)
  )`,
  `create table ai_calls (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid references profiles on delete cascade,
    conversation_id uuid references conversations on delete cascade,
    purpose text not null,
    model text not null,
    tokens_in integer not null,
    tokens_out integer not null,
    estimated boolean not null,
    ms integer not null,
    outcome text not null,
    at timestamptz not null
  )`,
  `create index ai_calls_by_organization on ai_calls (organization_id, at desc, id desc)`,
  `create index ai_calls_by_profile on ai_calls (profile_id) where profile_id is not null`,
  `create index ai_calls_by_conversation on ai_calls (conversation_id) where conversation_id is not null`,
  `create index ai_calls_by_age on ai_calls (at)`,
];

import { type Kysely, sql } from 'kysely';

/**
 * Tenants, people, keys, profiles and everything a first message needs.
 * Costs nothing: it only runs on an empty database.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(trigrams).execute(db);
  for (const statement of statements) await sql.raw(statement).execute(db);
}

/** A database of somebody else's may lack the extension, or not let us create it: what needs it does without. */
const trigrams = `do $$ begin
  create extension if not exists pg_trgm;
exception when insufficient_privilege or feature_not_supported or undefined_file then
  raise notice 'without pg_trgm';
end $$`;

const statements = [
  `create table installation (
    id boolean primary key default true check (id),
    key_fingerprint text not null,
    created_at timestamptz not null
  )`,

  `create table organizations (
    id uuid primary key,
    name text not null,
    slug text not null unique,
    plan text not null default 'free',
    settings jsonb not null default '{}',
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create table workspaces (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    name text not null,
    slug text not null,
    description text,
    settings jsonb not null default '{}',
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (organization_id, slug)
  )`,
  `create table accounts (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    workspace_id uuid not null references workspaces on delete cascade,
    name text not null,
    description text,
    settings jsonb not null default '{}',
    status text not null default 'ACTIVE',
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create index accounts_by_organization on accounts (organization_id, created_at desc, id)`,
  `create index accounts_by_workspace on accounts (workspace_id)`,
  `create table users (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    email text not null unique,
    password_hash text not null,
    name text not null,
    role text not null,
    is_active boolean not null default true,
    preferences jsonb not null default '{}',
    last_login_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create index users_by_organization on users (organization_id, created_at, id)`,
  `create table auth_sessions (
    id uuid primary key,
    user_id uuid not null references users on delete cascade,
    ip_address text,
    user_agent text,
    last_active_at timestamptz not null,
    expires_at timestamptz not null,
    created_at timestamptz not null
  )`,
  `create index auth_sessions_by_user on auth_sessions (user_id, last_active_at desc)`,
  `create index auth_sessions_by_expiry on auth_sessions (expires_at)`,
  `create table refresh_tokens (
    token_hash bytea primary key,
    session_id uuid not null references auth_sessions on delete cascade,
    issued_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    successor bytea
  )`,
  `create index refresh_tokens_by_session on refresh_tokens (session_id)`,
  `create table api_keys (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    user_id uuid not null references users on delete cascade,
    name text not null,
    key_hash bytea not null unique,
    prefix text not null,
    permissions text[] not null default '{}',
    response_format text,
    expires_at timestamptz,
    last_used_at timestamptz,
    created_at timestamptz not null
  )`,
  `create index api_keys_by_user on api_keys (user_id, created_at desc, id)`,
  `create table idempotency_keys (
    organization_id uuid not null references organizations on delete cascade,
    key text not null,
    route text not null,
    body_hash bytea not null,
    status_code integer,
    body jsonb,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    primary key (organization_id, key)
  )`,
  `create index idempotency_keys_by_expiry on idempotency_keys (expires_at)`,
  `create table attempt_counters (
    key text primary key,
    attempts integer not null,
    expires_at timestamptz not null
  )`,
  `create index attempt_counters_by_expiry on attempt_counters (expires_at)`,

  `create table profiles (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    workspace_id uuid not null references workspaces on delete cascade,
    account_id uuid references accounts on delete set null,
    display_name text not null,
    phone_number text,
    lid text,
    push_name text,
    profile_pic_url text,
    engine text not null,
    status text not null default 'disconnected',
    status_reason text,
    wanted boolean not null default false,
    logout_asked boolean not null default false,
    pairing bytea,
    pairing_phone text,
    pairing_expires_at timestamptz,
    retry_count integer not null default 0,
    retry_at timestamptz,
    settings jsonb not null default '{}',
    default_country text,
    message_delay_ms integer not null,
    message_delay_jitter_ms integer not null default 0,
    daily_message_limit integer,
    daily_message_count integer not null default 0,
    daily_reset_at timestamptz,
    last_connected_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create index profiles_by_organization on profiles (organization_id, created_at desc, id)`,
  `create index profiles_by_workspace on profiles (workspace_id)`,
  `create index profiles_by_account on profiles (account_id)`,
  `create index profiles_wanted on profiles (id) where wanted`,
  `create table profile_leases (
    profile_id uuid primary key references profiles on delete cascade,
    node_id text not null,
    generation bigint not null,
    expires_at timestamptz not null
  )`,
  `create index profile_leases_by_node on profile_leases (node_id)`,

  `create table engine_credentials (
    profile_id uuid primary key references profiles on delete cascade,
    value bytea not null,
    updated_at timestamptz not null
  )`,
  `create table engine_keys (
    profile_id uuid not null references profiles on delete cascade,
    type text not null,
    id text not null,
    value bytea not null,
    primary key (profile_id, type, id)
  )`,
  `create table engine_journal (
    profile_id uuid not null references profiles on delete cascade,
    hash bytea not null,
    stanza_id text not null,
    value bytea not null,
    created_at timestamptz not null,
    primary key (profile_id, hash)
  )`,
  `create index engine_journal_by_age on engine_journal (profile_id, created_at)`,

  `create table contacts (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    phone text,
    lid text,
    name text,
    whatsapp_name text,
    avatar_url text,
    tags text[] not null default '{}',
    metadata jsonb not null default '{}',
    is_blocked boolean not null default false,
    last_message_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (profile_id, phone),
    unique (profile_id, lid),
    check (phone is not null or lid is not null)
  )`,
  `create index contacts_by_organization on contacts (organization_id)`,
  `create table conversations (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    contact_id uuid references contacts on delete set null,
    assigned_user_id uuid references users on delete set null,
    chat text not null,
    lid text,
    type text not null,
    name text,
    unread_count integer not null default 0,
    is_archived boolean not null default false,
    is_muted boolean not null default false,
    is_pinned boolean not null default false,
    metadata jsonb not null default '{}',
    last_message_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (profile_id, chat)
  )`,
  `create unique index conversations_by_lid on conversations (profile_id, lid) where lid is not null`,
  `create index conversations_recent on conversations (profile_id, last_message_at desc nulls last, id desc)`,
  `create index conversations_by_organization on conversations (organization_id)`,
  `create index conversations_by_contact on conversations (contact_id)`,
  `create table messages (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    conversation_id uuid not null references conversations on delete cascade,
    wa_message_id text not null,
    direction text not null,
    sender text,
    sender_name text,
    type text not null,
    content jsonb not null,
    quoted_message_id text,
    status text not null,
    failure_code text,
    failure_reason text,
    metadata jsonb not null default '{}',
    seq bigint generated always as identity,
    generation bigint,
    attempts integer not null default 0,
    receipt_due boolean not null default false,
    expires_at timestamptz,
    timestamp timestamptz not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (profile_id, wa_message_id, conversation_id)
  )`,
  `create index messages_in_conversation on messages (conversation_id, timestamp desc, seq desc)`,
  `create index messages_in_profile on messages (profile_id, timestamp desc, seq desc)`,
  `create index messages_outbox on messages (profile_id, seq) where status in ('queued', 'sending')`,
  `create index messages_receipts_due on messages (profile_id, seq) where receipt_due`,
  `create index messages_by_organization on messages (organization_id)`,

  `create table events (
    seq bigint generated always as identity primary key,
    id uuid not null unique,
    position bigint unique,
    name text not null,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid references profiles on delete cascade,
    body jsonb not null,
    occurred_at timestamptz not null
  )`,
  `create index events_unnumbered on events (seq) where position is null`,
  `create index events_of_organization on events (organization_id, position)`,
  `create index events_of_profile on events (profile_id, position)`,
  `create index events_by_age on events (occurred_at)`,
  `create table event_log (
    id boolean primary key default true check (id),
    last_position bigint not null default 0
  )`,
  `insert into event_log default values`,
  `create table event_cursors (
    reader text primary key,
    position bigint not null
  )`,

  `create table webhooks (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid references profiles on delete cascade,
    url text not null,
    events text[] not null,
    headers jsonb not null default '{}',
    secret bytea not null,
    previous_secret bytea,
    previous_secret_until timestamptz,
    enabled boolean not null default true,
    disabled_reason text,
    failing_since timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create index webhooks_by_organization on webhooks (organization_id, created_at desc, id)`,
  `create index webhooks_by_profile on webhooks (profile_id)`,
  `create table webhook_deliveries (
    id uuid primary key,
    webhook_id uuid not null references webhooks on delete cascade,
    event_id uuid not null,
    event_name text not null,
    sequence bigint,
    body text not null,
    status text not null default 'pending',
    attempts integer not null default 0,
    due_at timestamptz not null,
    claimed_until timestamptz,
    last_status_code integer,
    last_error text,
    created_at timestamptz not null,
    finished_at timestamptz,
    unique (webhook_id, event_id)
  )`,
  `create index webhook_deliveries_due on webhook_deliveries (webhook_id, due_at, sequence) where status = 'pending'`,
  `create index webhook_deliveries_recent on webhook_deliveries (webhook_id, created_at desc, id desc)`,
  `create index webhook_deliveries_by_age on webhook_deliveries (created_at)`,
  `create table webhook_attempts (
    id uuid primary key,
    delivery_id uuid not null references webhook_deliveries on delete cascade,
    webhook_id uuid not null references webhooks on delete cascade,
    attempt integer not null,
    status_code integer,
    success boolean not null,
    error text,
    response text,
    duration_ms integer not null,
    created_at timestamptz not null
  )`,
  `create index webhook_attempts_by_delivery on webhook_attempts (delivery_id, attempt)`,
  `create index webhook_attempts_recent on webhook_attempts (webhook_id, created_at desc, id desc)`,
];

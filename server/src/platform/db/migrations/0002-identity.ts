import { type Kysely, sql } from 'kysely';

/**
 * Roles and where they count, invitations, second factors, letters to people, the audit log and personal exports.
 * New tables and columns without a rewrite, and one index over conversations: a second on a large database.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table organizations
    add column default_country text,
    add column erasing_at timestamptz`,

  `alter table users
    add column email_verified_at timestamptz,
    add column two_factor_secret bytea,
    add column two_factor_enabled boolean not null default false,
    add column two_factor_last_step bigint`,
  `create unique index users_one_owner on users (organization_id) where role = 'owner'`,
  `create table two_factor_backup_codes (
    user_id uuid not null references users on delete cascade,
    code_hash bytea not null,
    used_at timestamptz,
    primary key (user_id, code_hash)
  )`,
  `create table login_challenges (
    token_hash bytea primary key,
    user_id uuid not null references users on delete cascade,
    ip_address text not null,
    attempts integer not null default 0,
    created_at timestamptz not null,
    expires_at timestamptz not null
  )`,
  `create index login_challenges_by_user on login_challenges (user_id, created_at desc)`,
  `create index login_challenges_by_expiry on login_challenges (expires_at)`,
  `create table letter_tokens (
    token_hash bytea primary key,
    user_id uuid not null references users on delete cascade,
    purpose text not null,
    email text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null
  )`,
  `create index letter_tokens_by_user on letter_tokens (user_id, purpose)`,
  `create index letter_tokens_by_expiry on letter_tokens (expires_at)`,

  `create table roles (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    name text not null,
    description text,
    permissions text[] not null default '{}',
    system_key text,
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create unique index roles_by_name on roles (organization_id, lower(name))`,
  `create unique index roles_by_key on roles (organization_id, system_key) where system_key is not null`,
  `insert into roles (id, organization_id, name, system_key, created_at, updated_at)
    select gen_random_uuid(), organizations.id, given.name, lower(given.name), organizations.created_at,
      organizations.created_at
    from organizations
    cross join (values ('Owner'), ('Admin'), ('Member'), ('Manager'), ('Operator'), ('Viewer')) as given (name)`,
  `create table role_grants (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    user_id uuid not null references users on delete cascade,
    role_id uuid not null references roles on delete restrict,
    workspace_id uuid references workspaces on delete cascade,
    profile_id uuid references profiles on delete cascade,
    created_at timestamptz not null,
    check (workspace_id is null or profile_id is null),
    unique nulls not distinct (user_id, workspace_id, profile_id)
  )`,
  `create index role_grants_by_role on role_grants (role_id)`,
  `create index role_grants_by_organization on role_grants (organization_id)`,
  `create index role_grants_by_workspace on role_grants (workspace_id) where workspace_id is not null`,
  `create index role_grants_by_profile on role_grants (profile_id) where profile_id is not null`,

  `create table invitations (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    email text not null,
    name text not null,
    role_id uuid not null references roles on delete cascade,
    token_hash bytea not null unique,
    invited_by uuid references users on delete set null,
    delivery text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    unique (organization_id, email)
  )`,
  `create index invitations_by_organization on invitations (organization_id, created_at, id)`,
  `create index invitations_by_role on invitations (role_id)`,
  `create index invitations_by_inviter on invitations (invited_by)`,
  `create index invitations_by_email on invitations (email)`,
  `create index invitations_by_expiry on invitations (expires_at)`,

  `alter table api_keys add column profile_ids uuid[]`,
  `create index api_keys_by_organization on api_keys (organization_id)`,

  `create table audit_logs (
    id uuid primary key,
    organization_id uuid references organizations on delete cascade,
    action text not null,
    user_id uuid,
    api_key_id uuid,
    resource_type text not null,
    resource_id text,
    outcome text not null default 'success',
    metadata jsonb not null default '{}',
    ip_address text,
    user_agent text,
    occurred_at timestamptz not null
  )`,
  `create index audit_logs_recent on audit_logs (organization_id, occurred_at desc, id desc)`,
  `create index audit_logs_by_user on audit_logs (organization_id, user_id, occurred_at desc, id desc)`,
  `create index audit_logs_by_action on audit_logs (organization_id, action text_pattern_ops, occurred_at desc)`,
  `create index audit_logs_by_resource on audit_logs (organization_id, resource_id, occurred_at desc)`,
  // Only an erasure, which announces itself by a setting, may change written rows. The table can't be truncated.
  `create function audit_logs_are_kept() returns trigger language plpgsql as $$
    begin
      if tg_op <> 'TRUNCATE' and coalesce(current_setting('multiwa.erasing', true), '') = 'on' then
        return case when tg_op = 'DELETE' then old else new end;
      end if;
      raise exception 'audit_logs is append-only';
    end
  $$`,
  `create trigger audit_logs_append_only before update or delete on audit_logs
    for each row execute function audit_logs_are_kept()`,
  `create trigger audit_logs_never_emptied before truncate on audit_logs
    for each statement execute function audit_logs_are_kept()`,

  `create table data_exports (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    user_id uuid not null references users on delete cascade,
    status text not null default 'queued',
    covers text not null default 'person',
    run_id uuid,
    attempts integer not null default 0,
    sections_done integer not null default 0,
    sections_total integer not null default 0,
    rows_done bigint not null default 0,
    bytes bigint,
    failure_reason text,
    created_at timestamptz not null,
    finished_at timestamptz,
    expires_at timestamptz
  )`,
  `create index data_exports_by_user on data_exports (user_id, created_at desc, id desc)`,
  `create index data_exports_by_organization on data_exports (organization_id)`,
  `create index data_exports_by_expiry on data_exports (expires_at)`,
  `create unique index data_exports_under_way on data_exports (user_id) where status in ('queued', 'running')`,
  `create table data_export_chunks (
    export_id uuid not null references data_exports on delete cascade,
    position integer not null,
    bytes bytea not null,
    primary key (export_id, position)
  )`,
  // The highest position that the purge of old events removed. For purges of an older server it is not known, so the
  // first position of its log is taken.
  `alter table event_log add column kept_after bigint not null default 0`,
  `update event_log set kept_after = coalesce((select min(position) - 1 from events), last_position)`,
  // A member who leaves loses their assignments among conversations, of which there may be millions.
  `create index conversations_by_assignee on conversations (assigned_user_id) where assigned_user_id is not null`,
];

import { type Kysely, sql } from 'kysely';

/**
 * Profiles post status updates: what became of each, who is to see it and who has, and the files of those that arrive. New
 * columns without a rewrite, new tables, and one small index over the status updates there are.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table statuses
    add column status text,
    add column failure_code text,
    add column failure_reason text,
    add column origin_kind text,
    add column origin_id text,
    add column client_reference text,
    add column audience_count integer`,
  `create index statuses_with_file on statuses (timestamp) where content->'media'->>'state' = 'stored'`,
  `create table status_posts (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    status_id uuid not null references statuses on delete cascade,
    kind text not null,
    wa_message_id text not null,
    audience jsonb not null,
    state text not null,
    seq bigint generated always as identity,
    at timestamptz not null,
    expires_at timestamptz not null
  )`,
  `create index status_posts_waiting on status_posts (profile_id, seq) where state in ('queued', 'sending')`,
  `create unique index status_posts_by_wa_id on status_posts (wa_message_id, profile_id)`,
  `create index status_posts_by_status on status_posts (status_id)`,
  `create index status_posts_by_profile on status_posts (profile_id)`,
  `create index status_posts_by_organization on status_posts (organization_id)`,
  `create table status_views (
    status_id uuid not null references statuses on delete cascade,
    organization_id uuid not null,
    person text not null,
    delivered_at timestamptz not null,
    read_at timestamptz,
    primary key (status_id, person)
  )`,
  `create index status_views_by_organization on status_views (organization_id)`,
  `create table status_files (
    status_id uuid primary key references statuses on delete cascade,
    organization_id uuid not null,
    profile_id uuid not null references profiles on delete cascade,
    reference bytea not null,
    said_bytes bigint,
    said_mimetype text,
    state text not null,
    due_at timestamptz,
    attempts integer not null,
    created_at timestamptz not null
  )`,
  `create index status_files_due on status_files (profile_id, due_at) where state = 'waiting'`,
  `create index status_files_by_organization on status_files (organization_id)`,
];

import { type Kysely, sql } from 'kysely';

/**
 * Campaigns: what is sent to many, a row for each of them, and the counts. Of a batch (`kind` is `bulk`) every row has a
 * message of its own and a person may be in it twice. Empty tables, so it costs nothing; one index over contacts.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table broadcasts (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    kind text not null,
    batch_id text,
    name text not null,
    message jsonb not null,
    type text,
    content jsonb,
    audience jsonb not null,
    settings jsonb not null,
    status text not null,
    status_reason text,
    pause_code text,
    resumes_at timestamptz,
    scheduled_at timestamptz,
    started_at timestamptz,
    completed_at timestamptz,
    cancelled_at timestamptz,
    preparing jsonb,
    prepared_until integer not null default 0,
    prepared_at timestamptz,
    next_due_at timestamptz,
    cursor integer not null default 0,
    fed integer not null default 0,
    weight smallint not null default 1,
    virtual_time double precision not null default 0,
    created_kind text not null,
    created_by text,
    created_at timestamptz not null,
    updated_at timestamptz not null
  ) with (fillfactor = 80)`,
  `create index broadcasts_by_organization on broadcasts (organization_id, created_at desc, id desc)`,
  `create index broadcasts_by_profile on broadcasts (profile_id, created_at desc, id desc)`,
  `create unique index broadcasts_batches on broadcasts (profile_id, batch_id) where batch_id is not null`,
  `create index broadcasts_running on broadcasts (profile_id) where status = 'running'`,
  `create index broadcasts_scheduled on broadcasts (scheduled_at) where status = 'scheduled'`,
  `create index broadcasts_resuming on broadcasts (resumes_at) where status = 'paused' and resumes_at is not null`,
  `create table broadcast_recipients (
    broadcast_id uuid not null references broadcasts on delete cascade,
    ord integer not null,
    chat text not null,
    contact_id uuid,
    variant smallint not null default 0,
    vars jsonb,
    content jsonb,
    status smallint not null default 0,
    not_before timestamptz,
    message_id uuid,
    code text,
    reason text,
    sent_at timestamptz,
    replied_at timestamptz,
    updated_at timestamptz not null,
    primary key (broadcast_id, ord)
  )`,
  `create unique index broadcast_recipients_once on broadcast_recipients (broadcast_id, chat) where content is null`,
  `create index broadcast_recipients_by_message on broadcast_recipients (message_id) where message_id is not null`,
  `create index broadcast_recipients_deferred on broadcast_recipients (broadcast_id, not_before) where status = 1`,
  `create index broadcast_recipients_queued on broadcast_recipients (broadcast_id, ord) where status = 2`,
  `create index broadcast_recipients_apart on broadcast_recipients (broadcast_id, status, ord) where status > 5`,
  `create table broadcast_counters (
    broadcast_id uuid not null references broadcasts on delete cascade,
    variant smallint not null default 0,
    pending integer not null default 0,
    deferred integer not null default 0,
    queued integer not null default 0,
    sent integer not null default 0,
    delivered integer not null default 0,
    read integer not null default 0,
    failed integer not null default 0,
    skipped integer not null default 0,
    cancelled integer not null default 0,
    replied integer not null default 0,
    primary key (broadcast_id, variant)
  ) with (fillfactor = 50)`,
  `create table broadcast_skips (
    broadcast_id uuid not null references broadcasts on delete cascade,
    code text not null,
    n integer not null,
    primary key (broadcast_id, code)
  )`,
  `create index contacts_in_order on contacts (profile_id, id)`,
];

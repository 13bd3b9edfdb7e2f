import { type Kysely, sql } from 'kysely';

/**
 * Requests to deliver a stretch of the event log again, and the headers of answers. An empty table and a column without
 * values, so it costs nothing.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table webhook_replays (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    webhook_id uuid not null references webhooks on delete cascade,
    status text not null default 'running',
    only_missing boolean not null,
    events text[],
    from_at timestamptz,
    until_at timestamptz,
    after_position bigint not null,
    up_to bigint not null,
    position bigint not null,
    found integer not null default 0,
    made integer not null default 0,
    error text,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    finished_at timestamptz
  )`,
  `create index webhook_replays_recent on webhook_replays (webhook_id, created_at desc, id desc)`,
  `create unique index webhook_replays_running on webhook_replays (webhook_id) where status = 'running'`,
  `create index webhook_replays_of_organization on webhook_replays (organization_id)`,
  `alter table webhook_attempts add column answer_headers jsonb`,
];

import { type Kysely, sql } from 'kysely';

/**
 * What people are notified of. A row is one notice to one person; while it is unread, further events of its topic are
 * counted in it. An empty table, so it costs nothing.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table notifications (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    user_id uuid not null references users on delete cascade,
    profile_id uuid references profiles on delete cascade,
    event_id uuid not null,
    position bigint not null,
    kind text not null,
    topic text,
    title text not null,
    body text not null,
    metadata jsonb,
    count integer not null default 1,
    shown boolean not null default true,
    read_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create unique index notifications_once on notifications (user_id, event_id)`,
  `create unique index notifications_unread_topic on notifications (user_id, topic)
    where read_at is null and topic is not null`,
  `create index notifications_in_order on notifications (user_id, updated_at desc, id desc)`,
  `create index notifications_unread on notifications (user_id, updated_at desc, id desc)
    where shown and read_at is null`,
  `create index notifications_by_age on notifications (updated_at)`,
  `create index notifications_by_organization on notifications (organization_id)`,
  `create index notifications_by_profile on notifications (profile_id)`,
];

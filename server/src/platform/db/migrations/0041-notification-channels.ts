import { type Kysely, sql } from 'kysely';

/**
 * When a notification goes by letter and by push, the browsers that want pushes, pushes that wait to be delivered, and the
 * key this server signs them with. Columns without a default and empty tables: it costs nothing.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table notifications
    add column email_due_at timestamptz,
    add column push_due_at timestamptz,
    add column pushed_at timestamptz`,
  `create index notifications_email_due on notifications (email_due_at) where email_due_at is not null`,
  `create index notifications_push_due on notifications (push_due_at) where push_due_at is not null`,
  `create table push_subscriptions (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    user_id uuid not null references users on delete cascade,
    endpoint text not null,
    p256dh text not null,
    auth bytea not null,
    user_agent text,
    last_success_at timestamptz,
    last_error text,
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create unique index push_subscriptions_by_endpoint on push_subscriptions (endpoint)`,
  `create index push_subscriptions_by_user on push_subscriptions (user_id, created_at desc, id desc)`,
  `create index push_subscriptions_by_organization on push_subscriptions (organization_id)`,
  `create table push_deliveries (
    id uuid primary key,
    subscription_id uuid not null references push_subscriptions on delete cascade,
    notification_id uuid references notifications on delete cascade,
    topic text not null,
    payload text not null,
    urgency text not null,
    attempts integer not null default 0,
    due_at timestamptz not null,
    expires_at timestamptz not null,
    claimed_until timestamptz,
    created_at timestamptz not null
  )`,
  `create unique index push_deliveries_by_topic on push_deliveries (subscription_id, topic)`,
  `create index push_deliveries_due on push_deliveries (due_at)`,
  `create index push_deliveries_by_notification on push_deliveries (notification_id)`,
  `create table push_keys (
    id integer primary key check (id = 1),
    public_key text not null,
    private_key bytea not null,
    created_at timestamptz not null
  )`,
];

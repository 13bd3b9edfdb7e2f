import { type Kysely, sql } from 'kysely';

/** Chats of which somebody wants to hear who is there and who types, for a while. A new table only. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table presence_subscriptions (
    conversation_id uuid primary key references conversations on delete cascade,
    organization_id uuid not null,
    profile_id uuid not null,
    until timestamptz not null
  )`.execute(db);
  await sql`create index presence_subscriptions_of_profile on presence_subscriptions (profile_id, until)`.execute(
    db,
  );
  await sql`create index presence_subscriptions_by_end on presence_subscriptions (until)`.execute(db);
  await sql`create index presence_subscriptions_by_organization on presence_subscriptions (organization_id)`.execute(
    db,
  );
}

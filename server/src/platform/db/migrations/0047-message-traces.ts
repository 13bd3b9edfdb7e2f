import { type Kysely, sql } from 'kysely';

/** Which trace a message belongs to, while traces are on. An empty table, so it costs nothing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table message_traces (
    profile_id uuid not null,
    wa_message_id text not null,
    organization_id uuid not null references organizations on delete cascade,
    traceparent text not null,
    created_at timestamptz not null default now(),
    primary key (profile_id, wa_message_id)
  )`.execute(db);
  await sql`create index message_traces_by_age on message_traces (created_at)`.execute(db);
  await sql`create index message_traces_by_organization on message_traces (organization_id)`.execute(db);
}

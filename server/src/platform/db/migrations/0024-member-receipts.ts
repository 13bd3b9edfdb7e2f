import { type Kysely, sql } from 'kysely';

/** Who of a group has a message of ours, and who has read it. A new table only. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table member_receipts (
    message_id uuid not null references messages on delete cascade,
    organization_id uuid not null,
    person text not null,
    delivered_at timestamptz not null,
    read_at timestamptz,
    played_at timestamptz,
    primary key (message_id, person)
  )`.execute(db);
  await sql`create index member_receipts_by_organization on member_receipts (organization_id)`.execute(db);
}

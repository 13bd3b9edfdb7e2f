import { type Kysely, sql } from 'kysely';

/** When an organisation changed its time zone, so that statistics say which days were counted by the clocks before. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table statistics_zones (
    organization_id uuid primary key references organizations on delete cascade,
    changed_at timestamptz not null,
    is_counting boolean not null,
    messages_from date
  )`.execute(db);
}

import { type Kysely, sql } from 'kysely';

/**
 * What campaigns need of sending: messages that are held while their campaign is paused, and when a day ends by the
 * clocks of an organisation. A zone that this PostgreSQL does not know counts as UTC: whoever counts must not fail for it.
 * A column with a constant default and a function, so it costs nothing.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table outbox add column held boolean not null default false`.execute(db);
  await sql`create function midnight_after(moment timestamptz, zone text) returns timestamptz
    language plpgsql stable as $$
    begin
      return (date_trunc('day', moment at time zone coalesce(zone, 'UTC')) + interval '1 day')
        at time zone coalesce(zone, 'UTC');
    exception when others then
      return (date_trunc('day', moment at time zone 'UTC') + interval '1 day') at time zone 'UTC';
    end $$`.execute(db);
}

import { type Kysely, sql } from 'kysely';

/**
 * The networks a person signed in from, so that guessing from elsewhere never locks them out there.
 * A new, empty table: nothing is rewritten, whatever the size of the database.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table sign_in_places (
    user_id uuid not null references users on delete cascade,
    network text not null,
    last_at timestamptz not null,
    primary key (user_id, network)
  )`.execute(db);
  await sql`create index sign_in_places_by_age on sign_in_places (last_at)`.execute(db);
}

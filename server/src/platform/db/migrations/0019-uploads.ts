import { type Kysely, sql } from 'kysely';

/** Where files that profiles have sent lie at WhatsApp, so that each goes up once. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table engine_uploads (
    profile_id uuid not null references profiles on delete cascade,
    sha256 bytea not null,
    type text not null,
    value bytea not null,
    uploaded_at timestamptz not null,
    primary key (profile_id, sha256, type)
  )`.execute(db);
}

import { type Kysely, sql } from 'kysely';

/** When the removal of bytes at their place began: who stores the same there waits for its end, and no transaction does. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  'alter table media_removals add column begun_at timestamptz',
  // Few are under way where very many wait.
  'create index media_removals_begun on media_removals (organization_id, sha256) where begun_at is not null',
];

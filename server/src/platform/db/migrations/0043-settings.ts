import { type Kysely, sql } from 'kysely';

/**
 * What an organisation has set for itself in place of the server's settings, a row for each area. An empty table, so it
 * costs nothing.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table organization_settings (
    organization_id uuid not null references organizations on delete cascade,
    area text not null,
    settings jsonb not null,
    secrets bytea not null,
    updated_at timestamptz not null,
    primary key (organization_id, area)
  )`,
];

import { type Kysely, sql } from 'kysely';

/** Messages that are written once and sent often. An empty table, so it costs nothing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table templates (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    name text not null,
    category text,
    message_type text not null,
    content jsonb not null,
    variables text[] not null,
    usage_count integer not null default 0,
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create unique index templates_by_name on templates (profile_id, lower(name))`,
  `create index templates_by_use on templates (profile_id, usage_count desc, updated_at desc, id desc)`,
  `create index templates_by_organization on templates (organization_id)`,
];

import { type Kysely, sql } from 'kysely';

/** Imports of contacts that go on after their request, and the rows that could not be taken. Empty tables: they cost nothing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table contact_imports (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    media_id uuid not null,
    reading jsonb not null,
    is_dry_run boolean not null,
    status text not null,
    rows_read integer not null default 0,
    created integer not null default 0,
    updated integer not null default 0,
    failed integer not null default 0,
    error text,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    finished_at timestamptz
  )`,
  `create index contact_imports_by_profile on contact_imports (profile_id, created_at desc, id desc)`,
  `create index contact_imports_by_organization on contact_imports (organization_id, created_at desc, id desc)`,
  `create index contact_imports_by_age on contact_imports (created_at)`,
  `create table contact_import_problems (
    import_id uuid not null references contact_imports on delete cascade,
    line integer not null,
    phone text not null,
    reason text not null,
    primary key (import_id, line)
  )`,
];

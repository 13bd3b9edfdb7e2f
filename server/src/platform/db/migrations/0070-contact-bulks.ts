import { type Kysely, sql } from 'kysely';

/** Changes of many contacts that go on after their request, and the contacts that are still to be changed. Empty tables. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table contact_bulks (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    act text not null,
    tags text[] not null,
    status text not null,
    total integer not null,
    done integer not null default 0,
    changed integer not null default 0,
    failed integer not null default 0,
    failures jsonb not null default '[]',
    created_at timestamptz not null,
    finished_at timestamptz
  )`,
  `create index contact_bulks_by_organization on contact_bulks (organization_id)`,
  `create index contact_bulks_by_profile on contact_bulks (profile_id)`,
  `create index contact_bulks_by_age on contact_bulks (created_at)`,
  `create table contact_bulk_items (
    bulk_id uuid not null references contact_bulks on delete cascade,
    contact_id uuid not null,
    primary key (bulk_id, contact_id)
  )`,
];

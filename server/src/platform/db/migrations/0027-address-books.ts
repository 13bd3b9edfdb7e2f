import { type Kysely, sql } from 'kysely';

/**
 * The address books of phones, as their linked devices are told of them, and saved filters over contacts; empty tables, so
 * they cost nothing.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table address_books (
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    person text not null,
    phone text,
    lid text,
    name text not null,
    set_at timestamptz not null,
    primary key (profile_id, person)
  )`,
  `create index address_books_by_organization on address_books (organization_id)`,
  `create table contact_segments (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid references profiles on delete cascade,
    name text not null,
    filter jsonb not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create index contact_segments_by_organization on contact_segments (organization_id, created_at, id)`,
  `create index contact_segments_by_profile on contact_segments (profile_id)`,
];

import { type Kysely, sql } from 'kysely';

/**
 * Where the files of an organisation lie, what is still to be removed there, and how they move from one place to another.
 * The new column is null for what there is: it lies where the server's settings say. Seconds on a million files.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table media_places (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    settings jsonb not null,
    secrets bytea not null,
    is_current boolean not null,
    failures integer not null default 0,
    rests_until timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create unique index media_places_current on media_places (organization_id) where is_current`,
  `create index media_places_by_organization on media_places (organization_id)`,
  `alter table media add column place_id uuid references media_places`,
  `create index media_by_place on media (place_id) where place_id is not null`,
  `create table media_removals (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    place_id uuid references media_places on delete cascade,
    sha256 text not null
  )`,
  `create index media_removals_by_place on media_removals (place_id, id)`,
  `create index media_removals_by_organization on media_removals (organization_id)`,
  `create table media_moves (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    place_id uuid references media_places on delete cascade,
    state text not null,
    total_files bigint not null,
    total_bytes bigint not null,
    moved_files bigint not null default 0,
    moved_bytes bigint not null default 0,
    failed_files bigint not null default 0,
    done_to text not null default '',
    copying text,
    attempts integer not null default 0,
    problem text,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    finished_at timestamptz
  )`,
  `create unique index media_moves_under_way on media_moves (organization_id) where finished_at is null`,
  `create index media_moves_by_organization on media_moves (organization_id, created_at)`,
];

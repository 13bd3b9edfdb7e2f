import { type Kysely, sql } from 'kysely';

/**
 * Files of an organisation, who refers to them, and how much of its quota they take. New tables only: moments on a database
 * of any size.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table media (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    sha256 text not null,
    size bigint not null,
    mimetype text not null,
    filename text not null,
    width integer,
    height integer,
    duration_ms integer,
    has_thumbnail boolean not null default false,
    state text not null,
    expires_at timestamptz,
    created_at timestamptz not null,
    unique (organization_id, sha256, filename, mimetype)
  )`,
  `create index media_that_expire on media (expires_at) where expires_at is not null`,
  `create table media_references (
    media_id uuid not null references media on delete cascade,
    kind text not null,
    referrer_id uuid not null,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid,
    created_at timestamptz not null,
    primary key (referrer_id, kind, media_id)
  )`,
  `create index media_references_by_media on media_references (media_id)`,
  `create index media_references_by_organization on media_references (organization_id)`,
  `create index media_references_by_profile on media_references (profile_id) where profile_id is not null`,
  `create table media_totals (
    organization_id uuid primary key references organizations on delete cascade,
    bytes bigint not null default 0,
    files bigint not null default 0
  )`,
];

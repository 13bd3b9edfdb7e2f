import { type Kysely, sql } from 'kysely';

/** The groups of profiles with their members, and what nodes ask each other. New tables only. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table groups (
    id uuid primary key,
    profile_id uuid not null references profiles on delete cascade,
    organization_id uuid not null references organizations on delete cascade,
    chat text not null,
    kind text not null,
    parent text,
    subject text not null,
    description text,
    owner_phone text,
    owner_lid text,
    founded_at timestamptz,
    only_admins_write boolean not null,
    only_admins_edit boolean not null,
    everybody_adds boolean not null,
    admins_approve boolean not null,
    expiration integer not null,
    member_count integer not null,
    members_hash bytea,
    own_role text,
    invite_code text,
    picture_version text,
    picture_media_id uuid,
    picture_known boolean not null,
    left_at timestamptz,
    fetched_at timestamptz not null,
    listed_at timestamptz not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (profile_id, chat)
  )`,
  `create index groups_in_order on groups (profile_id, listed_at desc, id desc)`,
  `create index groups_by_organization on groups (organization_id)`,
  `create table group_members (
    group_id uuid not null references groups on delete cascade,
    address text not null,
    organization_id uuid not null,
    phone text,
    lid text,
    role text not null,
    primary key (group_id, address)
  )`,
  `create index group_members_by_phone on group_members (group_id, phone)`,
  `create index group_members_by_lid on group_members (group_id, lid)`,
  `create index group_members_by_organization on group_members (organization_id)`,
  `create table group_syncs (
    profile_id uuid primary key references profiles on delete cascade,
    organization_id uuid not null references organizations on delete cascade,
    fetched_at timestamptz not null
  )`,
  `create index group_syncs_by_organization on group_syncs (organization_id)`,
  // Nothing in it outlives the process that asked.
  `create unlogged table node_questions (
    id uuid primary key,
    topic text not null,
    profile_id uuid not null,
    question text not null,
    asked_at timestamptz not null,
    taken_at timestamptz,
    answer text
  )`,
];

import { type Kysely, sql } from 'kysely';

/** Canned texts, and what is asked for an answer where no rule has one. Empty tables, so it costs nothing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table quick_replies (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    shortcut text not null,
    shortcut_key text not null,
    title text not null,
    message text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint quick_replies_shortcut unique (profile_id, shortcut_key)
  )`,
  `create index quick_replies_in_order on quick_replies (profile_id, created_at, id)`,
  `create index quick_replies_by_organization on quick_replies (organization_id, id)`,
  `create table reply_hooks (
    profile_id uuid not null references profiles on delete cascade,
    kind text not null,
    organization_id uuid not null references organizations on delete cascade,
    url text,
    provider text,
    config bytea,
    secret bytea,
    enabled boolean not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (profile_id, kind)
  )`,
  `create index reply_hooks_by_organization on reply_hooks (organization_id)`,
];

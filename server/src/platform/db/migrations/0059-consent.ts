import { type Kysely, sql } from 'kysely';

/** Who does not want to be written to, who has agreed to it, and the words by which people say so. Empty tables, so it costs nothing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table opt_outs (
    id uuid not null unique,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid references profiles on delete set null,
    chat text not null,
    scope text not null,
    source text not null,
    message_id uuid,
    at timestamptz not null,
    revoked_at timestamptz,
    confirmed_at timestamptz,
    primary key (organization_id, chat, scope)
  )`,
  `create index opt_outs_recent on opt_outs (organization_id, at desc, id desc)`,
  `create index opt_outs_by_profile on opt_outs (profile_id)`,
  `create table consents (
    id uuid not null unique,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid references profiles on delete set null,
    chat text not null,
    kind text not null,
    source text not null,
    evidence jsonb not null,
    at timestamptz not null,
    primary key (organization_id, chat, kind)
  )`,
  `create index consents_recent on consents (organization_id, at desc, id desc)`,
  `create index consents_by_profile on consents (profile_id)`,
  `create table opt_out_words (
    profile_id uuid primary key references profiles on delete cascade,
    organization_id uuid not null references organizations on delete cascade,
    stop text[] not null,
    start text[] not null,
    confirms boolean not null,
    confirmation text,
    updated_at timestamptz not null
  )`,
  `create index opt_out_words_by_organization on opt_out_words (organization_id)`,
];

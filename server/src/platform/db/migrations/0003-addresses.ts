import { type Kysely, sql } from 'kysely';

/**
 * Which address WhatsApp gave the people we write to, for a number is dialled otherwise than it is registered in some
 * countries. Two columns without a rewrite and one empty table: a moment, whatever is stored.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table conversations
    add column address_checked_at timestamptz,
    add column unreached boolean not null default false`,
  `create table dialled_numbers (
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    dialled text not null,
    address text not null,
    learnt_at timestamptz not null,
    primary key (profile_id, dialled)
  )`,
  `create index dialled_numbers_by_address on dialled_numbers (profile_id, address)`,
  `create index dialled_numbers_by_organization on dialled_numbers (organization_id)`,
];

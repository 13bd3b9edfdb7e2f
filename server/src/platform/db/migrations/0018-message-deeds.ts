import { type Kysely, sql } from 'kysely';

/**
 * What profiles do to messages (react, edit, take back) waits in a queue of its own until WhatsApp has it. Messages keep what
 * their caller calls them, and which failed message they repeat. New columns without a rewrite, and an empty table.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table messages
    add column client_reference text,
    add column retry_of uuid`,
  `create table message_deeds (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    message_id uuid not null references messages on delete cascade,
    kind text not null,
    wa_message_id text not null,
    content jsonb not null,
    origin_kind text not null,
    origin_id text,
    client_reference text,
    status text not null,
    failure_code text,
    failure_reason text,
    seq bigint generated always as identity,
    at timestamptz not null,
    expires_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create index message_deeds_waiting on message_deeds (profile_id, seq) where status = 'queued'`,
  `create unique index message_deeds_by_wa_id on message_deeds (wa_message_id, profile_id)`,
  `create index message_deeds_by_message on message_deeds (message_id)`,
  `create index message_deeds_by_profile on message_deeds (profile_id)`,
  `create index message_deeds_by_organization on message_deeds (organization_id)`,
];

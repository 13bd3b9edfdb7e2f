import { type Kysely, sql } from 'kysely';

/**
 * Incoming hooks: addresses to which other programs post, and what came there. Of an address only the hash of its secret
 * part is kept. Empty tables, so it costs nothing.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table hooks (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    name text not null,
    target text not null,
    mapping jsonb,
    signature jsonb not null,
    secret bytea,
    token_hash bytea not null unique,
    enabled boolean not null default true,
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create index hooks_by_organization on hooks (organization_id, created_at desc, id desc)`,
  `create index hooks_by_profile on hooks (profile_id)`,
  `create table hook_receipts (
    id uuid primary key,
    hook_id uuid not null references hooks on delete cascade,
    status text not null,
    repeat_key bytea not null,
    has_own_key boolean not null,
    message_id uuid,
    wa_message_id text,
    error_code text,
    error text,
    missing text[] not null default '{}',
    headers jsonb not null default '{}',
    payload text,
    bytes integer not null,
    received_at timestamptz not null
  )`,
  `create index hook_receipts_recent on hook_receipts (hook_id, received_at desc, id desc)`,
  `create index hook_receipts_with_payload on hook_receipts (hook_id, received_at desc, id desc) where payload is not null`,
  `create index hook_receipts_sent on hook_receipts (hook_id, repeat_key, received_at) where status = 'sent'`,
  `create index hook_receipts_by_age on hook_receipts (received_at)`,
];

import { type Kysely, sql } from 'kysely';

/**
 * A pause that WhatsApp asks for outlives a restart, and nodes know whose claims and whose profiles they may take.
 * New columns without a rewrite, and no index: moments on a table of any size.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table profiles add column sending_paused_until timestamptz,
    add column sending_pauses integer not null default 0`,
  `alter table profile_leases add column asked_by text`,
  `alter table webhook_deliveries add column claimed_by text`,
];

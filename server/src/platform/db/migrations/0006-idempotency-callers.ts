import { type Kysely, sql } from 'kysely';

/**
 * An idempotency key belongs to whoever sent it: another person of the organisation could read the answer by guessing it.
 * One new column without a rewrite, and a new primary key over at most a day of requests: moments.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table idempotency_keys add column caller text not null default ''`,
  `alter table idempotency_keys drop constraint idempotency_keys_pkey`,
  `alter table idempotency_keys add primary key (organization_id, caller, key)`,
];

import { type Kysely, sql } from 'kysely';

/**
 * Values of webhook headers are encrypted, and a webhook hears no events that its maker may not read.
 * New columns without a rewrite, and an index over the webhooks whose headers are still to be encrypted.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create index webhooks_with_plain_headers on webhooks (id)
    where jsonb_path_exists(headers, '$.* ? (@.type() == "string")')`,
  `alter table webhooks add column not_hearing text[] not null default '{}'`,
  // Existing keys keep what they could do; new ones need the permission.
  `alter table api_keys add column hears_all boolean not null default true`,
  `alter table api_keys alter column hears_all set default false`,
];

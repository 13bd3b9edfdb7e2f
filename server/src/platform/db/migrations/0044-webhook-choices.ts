import { type Kysely, sql } from 'kysely';

/**
 * Webhooks choose messages, take several deliveries at once and ask for order; deliveries know their message. New columns
 * are empty and the indexes cover rows that have a value, so large tables are only read.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table webhooks
    add column filters jsonb,
    add column batch_max integer,
    add column ordered boolean not null default false`,
  `alter table webhook_deliveries
    add column order_key text,
    add column message_id text`,
  `create index webhook_deliveries_in_order on webhook_deliveries (webhook_id, order_key, sequence)
    where status = 'pending' and order_key is not null`,
  `create index webhook_deliveries_of_message on webhook_deliveries (message_id, webhook_id)
    where message_id is not null`,
];

import { type Kysely, sql } from 'kysely';

/**
 * A conversation knows how many messages it has, so that a list of them need not count. A new column without a rewrite,
 * and one pass over messages: a second or two at a million. What an older node stores while it still runs is not counted.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table conversations add column message_count integer not null default 0`,
  `update conversations c set message_count = counted.n
    from (select conversation_id, count(*) as n from messages group by conversation_id) counted
    where counted.conversation_id = c.id`,
];

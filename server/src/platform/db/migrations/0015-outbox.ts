import { type Kysely, sql } from 'kysely';

/**
 * What waits to be sent, and what is being sent, stands in a short table of its own. Before, a partial index over the
 * status of messages was the queue: each step of a message wrote all its index entries anew. Now a step changes no
 * indexed column, and finds room beside the row. Nothing is rewritten; what is on its way is copied. Nodes of earlier
 * versions don't know the queue: stop them all first.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // In one page with its messages' order; nearly empty, so a fifth of each page may be free for claims.
  `create table outbox (
    message_id uuid primary key references messages on delete cascade,
    profile_id uuid not null,
    conversation_id uuid not null,
    seq bigint not null,
    lane smallint not null default 0,
    due_at timestamptz,
    expires_at timestamptz,
    is_claimed boolean not null default false,
    generation bigint,
    attempts integer not null default 0
  ) with (fillfactor = 80)`,
  `insert into outbox (message_id, profile_id, conversation_id, seq, expires_at, is_claimed, generation, attempts)
    select id, profile_id, conversation_id, seq, expires_at, status = 'sending', generation, attempts
    from messages where status in ('queued', 'sending')`,
  `create index outbox_next on outbox (profile_id, lane, seq)`,
  `create index outbox_due on outbox (due_at) where due_at is not null`,
  `create index outbox_behind on outbox (conversation_id) where lane > 0`,
  `drop index messages_outbox`,
  `alter table messages drop column attempts`,
  `alter table messages set (fillfactor = 80)`,
];

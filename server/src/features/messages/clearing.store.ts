import { sql } from 'kysely';
import type { Tx } from '../../platform/db/transaction.ts';

export interface Cleared {
  id: string;
  was_unread: boolean;
}

/**
 * Deletes the oldest messages of a locked conversation up to a moment, with what was done to them, and remembers that they
 * must not come back with the past. Those that wait to be sent only with `all`.
 */
export async function clearMessages(
  tx: Tx,
  conversationId: string,
  { upTo, limit, all, now }: { upTo: Date; limit: number; all: boolean; now: Date },
): Promise<Cleared[]> {
  // The queue is locked before its messages.
  if (all) {
    await sql`select 1 from outbox where conversation_id = ${conversationId} order by seq for update`.execute(
      tx,
    );
  }
  const isDecided = all ? sql`true` : sql`status not in ('queued', 'sending')`;
  const { rows } = await sql<Cleared>`
    with old as materialized (
      select id from messages where conversation_id = ${conversationId} and timestamp <= ${upTo} and ${isDecided}
      order by timestamp, seq limit ${limit}
    ), locked as materialized (
      select id from messages where id in (select id from old) order by seq for update
    ), gone as (
      delete from messages where id in (select id from locked)
      returning id, organization_id, profile_id, wa_message_id,
        direction = 'incoming' and status = 'received' and revoked_at is null as was_unread
    ), done as (
      delete from message_changes
      where conversation_id = ${conversationId} and target_id in (select wa_message_id from gone)
    ), noted as (
      insert into removed_messages (profile_id, organization_id, wa_message_id, removed_at)
      select profile_id, organization_id, wa_message_id, ${now}::timestamptz from gone order by wa_message_id
      on conflict do nothing
    )
    select id, was_unread from gone`.execute(tx);
  return rows;
}

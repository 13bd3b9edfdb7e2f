import { sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';

/** Which of these messages were deleted here: they must not come back. */
export async function removedOf(tx: Tx, profileId: string, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ wa_message_id: string }>`select wa_message_id from removed_messages
    where profile_id = ${profileId} and wa_message_id = any(${[...ids]}::text[])`.execute(tx);
  return new Set(rows.map((row) => row.wa_message_id));
}

/** To be called where a message is deleted, in that transaction. */
export async function noteRemoved(
  tx: Tx,
  message: { profile_id: string; organization_id: string; wa_message_id: string },
  now: Date,
): Promise<void> {
  const { profile_id, organization_id, wa_message_id } = message;
  await tx
    .insertInto('removed_messages')
    .values({ profile_id, organization_id, wa_message_id, removed_at: now })
    .onConflict((oc) => oc.doNothing())
    .execute();
}

/** How many messages of others each of these conversations has, counted up to its bound. */
export async function incomingIn(tx: Tx, bounds: ReadonlyMap<string, number>): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: string; count: number }>`
    select b.id, c.count from unnest(${[...bounds.keys()]}::uuid[], ${[...bounds.values()]}::int[]) as b (id, most)
    cross join lateral (
      select count(*)::int as count from (
        select 1 from messages where conversation_id = b.id and direction = 'incoming' limit b.most
      ) as counted
    ) c`.execute(tx);
  return new Map(rows.map((row) => [row.id, row.count]));
}

/** The oldest message of a conversation that WhatsApp knows. */
export async function oldestOf(db: Db, conversationId: string) {
  return db
    .selectFrom('messages')
    .select(['id', 'wa_message_id', 'direction', 'timestamp'])
    .where('conversation_id', '=', conversationId)
    .where('status', 'not in', ['queued', 'sending', 'failed', 'expired', 'cancelled'])
    .orderBy('timestamp')
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
}

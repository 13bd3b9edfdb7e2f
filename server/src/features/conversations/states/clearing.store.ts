import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/transaction.ts';

/** How many messages of a conversation wait to be sent. */
export async function waitingIn(tx: Tx, conversationId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from messages
    where conversation_id = ${conversationId} and id in (select message_id from outbox
      where conversation_id = ${conversationId})`.execute(tx);
  return rows[0]?.count ?? 0;
}

/** With all that hangs on it. */
export async function removeConversation(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('conversations').where('id', '=', id).execute();
}

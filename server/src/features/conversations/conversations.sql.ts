import type { Updateable } from 'kysely';
import type { Tx } from '../../platform/db/transaction.ts';
import type { ConversationRow, ConversationsTable } from './conversations.tables.ts';

/** Conversations as they stay until the transaction ends; locked by id, as everywhere. */
export async function lockAll(tx: Tx, ids: readonly string[]): Promise<ConversationRow[]> {
  if (ids.length === 0) return [];
  return tx
    .selectFrom('conversations')
    .selectAll()
    .where('id', 'in', [...ids])
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
}

/** It must be locked. */
export async function editConversation(
  tx: Tx,
  id: string,
  values: Updateable<ConversationsTable>,
): Promise<ConversationRow> {
  return tx
    .updateTable('conversations')
    .set(values)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

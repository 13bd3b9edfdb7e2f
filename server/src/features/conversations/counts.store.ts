import { sql } from 'kysely';
import { type ChatId, lidOf, phoneOf } from '../../platform/chat-id.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import type { ConversationRow } from './resolve.store.ts';

/** A conversation that stays as it is until the transaction ends; its messages are locked after it. */
export async function lockConversation(tx: Tx, id: string): Promise<ConversationRow | undefined> {
  return tx.selectFrom('conversations').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
}

/** The conversation that a profile has under this address, its other one, or another form of its number. */
export async function conversationOfChat(
  tx: Tx,
  profileId: string,
  chat: ChatId,
): Promise<ConversationRow | undefined> {
  const { rows } = await sql<ConversationRow>`
    select c.* from conversations c
    where c.profile_id = ${profileId} and not c.unreached and (c.chat = ${chat} or c.lid = ${lidOf(chat) ?? null}
      or c.contact_id in (select id from contacts where profile_id = ${profileId} and phone = ${phoneOf(chat) ?? null})
      or c.chat = (select address from dialled_numbers where profile_id = ${profileId} and dialled = ${chat}))
    order by c.chat = ${chat} desc limit 1`.execute(tx);
  return rows[0];
}

/** So many of its messages were read, or all; it must be locked. */
export async function countRead(
  tx: Tx,
  id: string,
  count: number | 'all',
  now: Date,
): Promise<ConversationRow> {
  const left = count === 'all' ? sql<number>`0` : sql<number>`greatest(0, unread_count - ${count})`;
  return tx
    .updateTable('conversations')
    .set({
      unread_count: left,
      updated_at: now,
      ...(count === 'all' && { is_marked_unread: false }),
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** So many of its messages are gone, so many of them unread; it must be locked. */
export async function countRemoved(
  tx: Tx,
  id: string,
  { gone, unread, lastAt, now }: { gone: number; unread: number; lastAt: Date | null; now: Date },
): Promise<void> {
  await tx
    .updateTable('conversations')
    .set({
      message_count: sql<number>`greatest(0, message_count - ${gone})`,
      unread_count: sql<number>`greatest(0, unread_count - ${unread})`,
      last_message_at: lastAt,
      updated_at: now,
    })
    .where('id', '=', id)
    .execute();
}

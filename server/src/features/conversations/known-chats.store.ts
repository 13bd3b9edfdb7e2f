import { type ChatId, chatKind, lidChat, lidOf } from '../../platform/chat-id.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import type { ConversationRow } from './resolve.store.ts';

/** The conversations that exist of these chats, by each name that they have; one statement for all. */
export async function conversationsOfChats(
  tx: Tx,
  profileId: string,
  chats: readonly ChatId[],
): Promise<Map<string, ConversationRow>> {
  const lids = chats.flatMap((chat) => (chatKind(chat) === 'user' ? (lidOf(chat) ?? []) : []));
  const rows = await tx
    .selectFrom('conversations')
    .selectAll()
    .where('profile_id', '=', profileId)
    .where((eb) => eb.or([eb('chat', 'in', [...chats]), ...(lids.length > 0 ? [eb('lid', 'in', lids)] : [])]))
    .execute();
  return new Map(
    rows.flatMap((row) => [
      [row.chat, row] as const,
      ...(row.lid ? [[lidChat(row.lid) as string, row] as const] : []),
    ]),
  );
}

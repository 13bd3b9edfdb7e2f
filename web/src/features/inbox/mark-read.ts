import { putConversationRead } from '@multiwa/sdk';
import type { QueryClient } from '@tanstack/react-query';
import { client } from '../../session/index.ts';
import { editConversation } from './cache.ts';

/** Has everything read up to now, here and for those who wrote. */
export async function markRead(cache: QueryClient, id: string): Promise<void> {
  editConversation(cache, id, (item) => ({ ...item, unreadCount: 0, isMarkedUnread: false }));
  // It is asked for again with the next message, or when the conversation is opened again.
  await putConversationRead({ client, path: { id } }).catch(() => undefined);
}

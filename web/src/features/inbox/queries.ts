import {
  getConversationById,
  getConversations,
  getMessageById,
  getMessagesConversationById,
  getMessagesSearch,
} from '@multiwa/sdk';
import { infiniteQueryOptions, type QueryClient, queryOptions } from '@tanstack/react-query';
import { client } from '../../session/index.ts';
import type { ListFilter } from './search.ts';
import { type Thread, threadOf, withNewer, withNewest, withOlder } from './thread.ts';

const pageSize = 50;

/** What every list of conversations is kept under, its filter behind it. */
export const listsKey = ['conversations', 'list'] as const;
/** What every thread is kept under, its conversation behind it. */
export const threadsKey = ['messages', 'thread'] as const;
export const conversationsKey = ['conversations', 'one'] as const;

/** Conversations, page by page. */
export const listQuery = (filter: ListFilter) =>
  infiniteQueryOptions({
    queryKey: [...listsKey, filter] as const,
    queryFn: ({ pageParam }) =>
      getConversations({
        client,
        query: {
          limit: pageSize,
          pinnedFirst: true,
          ...(filter.profileId && { profileId: filter.profileId }),
          ...(filter.view === 'archived'
            ? { archived: true }
            : filter.view === 'open' && { archived: false }),
          ...(filter.view === 'unread' && { unread: true }),
          ...(filter.q && { search: filter.q }),
          ...(pageParam && { cursor: pageParam }),
        },
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ cursor }) => cursor ?? undefined,
  });

/** One conversation: its head. */
export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: [...conversationsKey, id] as const,
    queryFn: () => getConversationById({ client, path: { id }, query: { messageLimit: 1 } }),
  });

export const threadKey = (conversationId: string) => [...threadsKey, conversationId] as const;

const readPage = async (
  conversationId: string,
  where: { before?: string; after?: string; around?: string },
) =>
  threadOf(
    await getMessagesConversationById({
      client,
      path: { conversationId },
      query: { limit: pageSize, ...where },
    }),
  );

/** The newest messages of a conversation, and what was read of the older ones. */
export const threadQuery = (conversationId: string) =>
  queryOptions({
    queryKey: threadKey(conversationId),
    queryFn: async ({ client: cache }): Promise<Thread> => {
      const held = cache.getQueryData<Thread>(threadKey(conversationId));
      // Who reads somewhere in the past is left there.
      if (held?.hasNewer) return held;
      const fresh = await readPage(conversationId, {});
      return withNewest(cache.getQueryData<Thread>(threadKey(conversationId)), fresh);
    },
    // Edits keep what they don't change; comparing a thousand messages in depth each time would say so, too.
    structuralSharing: false,
  });

const edit = (cache: QueryClient, id: string, change: (thread: Thread) => Thread): void =>
  void cache.setQueryData<Thread>(threadKey(id), (thread) => thread && change(thread));

/** Reads the page before what is held. */
export async function readOlder(cache: QueryClient, id: string): Promise<void> {
  const first = cache.getQueryData<Thread>(threadKey(id))?.messages[0];
  if (!first) return;
  const page = await readPage(id, { before: first.id });
  edit(cache, id, (thread) => withOlder(thread, page));
}

/** Reads the page behind what is held. */
export async function readNewer(cache: QueryClient, id: string): Promise<void> {
  const last = cache.getQueryData<Thread>(threadKey(id))?.messages.at(-1);
  if (!last) return;
  const page = await readPage(id, { after: last.id });
  edit(cache, id, (thread) => withNewer(thread, page));
}

/** Goes to a message that is not held: what was read before is left. */
export async function readAround(cache: QueryClient, id: string, messageId: string): Promise<void> {
  const page = await readPage(id, { around: messageId });
  await cache.cancelQueries({ queryKey: threadKey(id) });
  cache.setQueryData<Thread>(threadKey(id), page);
}

/** Comes back from the past to what is new. */
export async function readNewest(cache: QueryClient, id: string): Promise<void> {
  const fresh = await readPage(id, {});
  cache.setQueryData<Thread>(threadKey(id), fresh);
}

/** One message with what only it tells: why it waits. */
export const messageQuery = (id: string) =>
  queryOptions({
    queryKey: ['messages', 'one', id] as const,
    queryFn: () => getMessageById({ client, path: { id } }),
  });

/** Messages that say something. */
export const searchQuery = (q: string, profileId: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['messages', 'search', q, profileId] as const,
    queryFn: ({ pageParam }) =>
      getMessagesSearch({
        client,
        query: { q, limit: 20, ...(profileId && { profileId }), ...(pageParam && { cursor: pageParam }) },
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ cursor }) => cursor ?? undefined,
  });

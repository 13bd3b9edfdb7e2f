import {
  type Conversation,
  type ConversationItem,
  getConversationById,
  getMessageById,
  type Message,
  MultiWaError,
} from '@multiwa/sdk';
import type { QueryClient } from '@tanstack/react-query';
import { client } from '../../session/index.ts';
import { fits, itemIn, type ListPages, withItem, withLast, withNewItem, withoutItem } from './list.ts';
import { conversationsKey, listsKey, messageQuery, threadKey } from './queries.ts';
import type { ListFilter } from './search.ts';
import { type Thread, withChange, withMessage } from './thread.ts';

/** Edits a thread, when it was ever opened. */
export function editThread(cache: QueryClient, id: string, change: (thread: Thread) => Thread): void {
  cache.setQueryData<Thread>(threadKey(id), (thread) => thread && change(thread));
}

/** Edits a message of a thread that was opened. */
export function editMessage(
  cache: QueryClient,
  where: { conversationId: string; messageId: string },
  change: (message: Message) => Message,
): void {
  editThread(cache, where.conversationId, (thread) => withChange(thread, where.messageId, change));
}

export function heldMessage(
  cache: QueryClient,
  { conversationId, messageId }: { conversationId: string; messageId: string },
): Message | undefined {
  const { messages = [] } = cache.getQueryData<Thread>(threadKey(conversationId)) ?? {};
  return messages.find(({ id }) => id === messageId);
}

const lists = (cache: QueryClient): [ListFilter, ListPages][] =>
  cache
    .getQueriesData<ListPages>({ queryKey: listsKey })
    .flatMap(([key, pages]) => (pages ? [[key.at(-1) as ListFilter, pages] as const] : []))
    .map(([filter, pages]) => [filter, pages]);

/** Edits a conversation in every list, takes it out of those it no longer fits, and edits its head. */
export function editConversation(
  cache: QueryClient,
  id: string,
  change: (item: ConversationItem) => ConversationItem,
): void {
  for (const [filter, pages] of lists(cache)) {
    const next = withItem(pages, id, change);
    const item = itemIn(next, id);
    // What was just read stays among the unread ones until they are asked for anew: it is being looked at.
    const stays = !item || filter.q !== undefined || filter.view === 'unread' || fits(item, filter);
    cache.setQueryData<ListPages>([...listsKey, filter], stays ? next : withoutItem(next, id));
  }
  cache.setQueryData<Conversation>([...conversationsKey, id], (head) => {
    if (!head) return head;
    const { messages, contact } = head;
    return { ...head, ...change({ ...head, messageCount: 0, lastMessage: null }), messages, contact };
  });
}

export function dropConversation(cache: QueryClient, id: string): void {
  for (const [filter, pages] of lists(cache))
    cache.setQueryData<ListPages>([...listsKey, filter], withoutItem(pages, id));
}

/** A message that is new: into its thread, and its conversation to the top of the lists, where it may not have been. */
export function takeIn(cache: QueryClient, message: Message, at: string): void {
  const { conversationId } = message;
  editThread(cache, conversationId, (thread) => withMessage(thread, message));
  editConversation(cache, conversationId, (item) => withLast(item, message, at));
  if (lists(cache).some(([filter, pages]) => isMissing(pages, filter, message)))
    void readItem(cache, conversationId);
}

/** Nothing comes into an archive or into what was looked for by coming in. */
const isMissing = (pages: ListPages, { q, view, profileId }: ListFilter, message: Message): boolean =>
  q === undefined &&
  view !== 'archived' &&
  (profileId === undefined || profileId === message.profileId) &&
  itemIn(pages, message.conversationId) === undefined;

/** A conversation that fits nowhere, as one in the archive, is not read with each of its messages. */
const calmMs = 5_000;
const reading = new Map<string, { atMs: number; read: Promise<void> }>();

/** Reads a conversation that a list lacks and puts it where it fits. */
function readItem(cache: QueryClient, id: string): Promise<void> {
  const known = reading.get(id);
  if (known && Date.now() - known.atMs < calmMs) return known.read;
  const read = getConversationById({ client, path: { id }, query: { messageLimit: 1 } })
    .then(({ messages, contact: _, ...head }) => {
      const item = { ...head, messageCount: messages.length, lastMessage: messages.at(-1) ?? null };
      for (const [filter, pages] of lists(cache)) {
        if (!fits(item, filter)) continue;
        cache.setQueryData<ListPages>([...listsKey, filter], withNewItem(pages, item));
      }
    })
    .catch(ignoreRefusal);
  reading.set(id, { atMs: Date.now(), read });
  setTimeout(() => reading.delete(id), calmMs);
  return read;
}

/** Reads a message of which an event told too little, where somebody may be looking at it. */
export async function readMessage(
  cache: QueryClient,
  { messageId: id, conversationId }: { messageId: string; conversationId: string },
): Promise<void> {
  const isOpen = cache.getQueryData(threadKey(conversationId)) !== undefined;
  if (!isOpen && lists(cache).every(([, pages]) => !itemIn(pages, conversationId)))
    return readItem(cache, conversationId);
  await getMessageById({ client, path: { id } }).then((message) => {
    cache.setQueryData(messageQuery(id).queryKey, message);
    takeIn(cache, message, message.updatedAt);
  }, ignoreRefusal);
}

/** What is gone, or is not for these eyes, is not shown; the rest is for whoever looks at errors. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof MultiWaError)) throw error;
}

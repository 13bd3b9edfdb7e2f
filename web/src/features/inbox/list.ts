import type { ConversationItem, ConversationList, Message } from '@multiwa/sdk';
import type { InfiniteData } from '@tanstack/react-query';
import type { ListFilter } from './search.ts';

/** Pages of conversations as they were read. */
export type ListPages = InfiniteData<ConversationList, string | undefined>;

/** Whether a conversation belongs into a list with this filter; what is looked for by words the server knows. */
export function fits(item: ConversationItem, { profileId, view, q }: ListFilter): boolean {
  if (q !== undefined || (profileId !== undefined && item.profileId !== profileId)) return false;
  if (item.type === 'newsletter') return false;
  if (view === 'archived') return item.isArchived;
  if (view === 'unread') return item.unreadCount > 0 || item.isMarkedUnread;
  return !item.isArchived;
}

const isLater = (one: ConversationItem, other: ConversationItem): number =>
  Number(other.isPinned) - Number(one.isPinned) ||
  (other.lastMessageAt ?? other.createdAt).localeCompare(one.lastMessageAt ?? one.createdAt);

/** The conversations of all pages, each once, in the order in which they are shown. */
export function itemsOf(pages: readonly ConversationList[]): ConversationItem[] {
  const byId = new Map<string, ConversationItem>();
  for (const { conversations } of pages) {
    for (const item of conversations) if (!byId.has(item.id)) byId.set(item.id, item);
  }
  return [...byId.values()].sort(isLater);
}

export const itemIn = (pages: ListPages, id: string): ConversationItem | undefined =>
  pages.pages.flatMap(({ conversations }) => conversations).find((item) => item.id === id);

/** With one conversation changed wherever it stands; the same pages when it is in none. */
export function withItem(
  data: ListPages,
  id: string,
  change: (item: ConversationItem) => ConversationItem,
): ListPages {
  if (!itemIn(data, id)) return data;
  return {
    ...data,
    pages: data.pages.map((page) =>
      page.conversations.some((item) => item.id === id)
        ? { ...page, conversations: page.conversations.map((item) => (item.id === id ? change(item) : item)) }
        : page,
    ),
  };
}

/** With a conversation that was not read before. */
export function withNewItem(data: ListPages, item: ConversationItem): ListPages {
  const [first, ...others] = data.pages;
  if (!first || itemIn(data, item.id)) return data;
  const page = { ...first, conversations: [item, ...first.conversations], total: first.total + 1 };
  return { ...data, pages: [page, ...others] };
}

export function withoutItem(data: ListPages, id: string): ListPages {
  if (!itemIn(data, id)) return data;
  return {
    ...data,
    pages: data.pages.map((page) => {
      const conversations = page.conversations.filter((item) => item.id !== id);
      return conversations.length === page.conversations.length
        ? page
        : { ...page, conversations, total: Math.max(0, page.total - 1) };
    }),
  };
}

/**
 * A conversation after a message of it, told at `at`: its line, its moment, and one more to read when somebody else wrote
 * it. What a list that was read later has counted is not counted again.
 */
export function withLast(item: ConversationItem, message: Message, at: string): ConversationItem {
  const last = item.lastMessage;
  const isKnown = last?.id === message.id || item.updatedAt > at;
  const isNewest = !last || last.id === message.id || isBehind(message, last);
  const isUnread = message.direction === 'incoming' && message.type !== 'group-change' && !isKnown;
  return {
    ...item,
    ...(isNewest && { lastMessage: message, lastMessageAt: message.timestamp }),
    messageCount: item.messageCount + (isKnown ? 0 : 1),
    unreadCount: item.unreadCount + (isUnread ? 1 : 0),
    updatedAt: item.updatedAt > at ? item.updatedAt : at,
  };
}

/** Phones tell whole seconds: of two in the same one the later to come is the newer. */
const isBehind = (message: Message, last: Message): boolean =>
  message.timestamp === last.timestamp
    ? message.createdAt > last.createdAt
    : message.timestamp > last.timestamp;

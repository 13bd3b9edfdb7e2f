import { expect, test } from 'vitest';
import { fits, itemsOf, type ListPages, withItem, withLast, withNewItem, withoutItem } from './list.ts';
import { itemOf, messageAt } from './testing.ts';
import { inOrderOf } from './use-steady-order.ts';

const pagesOf = (...pages: ReturnType<typeof itemOf>[][]): ListPages => ({
  pages: pages.map((conversations) => ({ conversations, total: conversations.length, cursor: null })),
  pageParams: pages.map(() => undefined),
});
const ids = (data: ListPages): string[] => itemsOf(data.pages).map(({ id }) => id);

test('pinned conversations come first, then those with the newest message; each once', () => {
  const [old, recent] = ['2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'];
  const one = itemOf('one', { lastMessageAt: old });
  const two = itemOf('two', { lastMessageAt: recent });
  const pinned = itemOf('pinned', { lastMessageAt: old, isPinned: true });
  expect(ids(pagesOf([pinned, one], [one, two]))).toEqual(['pinned', 'two', 'one']);
});

test('a message that came counts as unread once, whoever tells of it first', () => {
  const item = itemOf('c1');
  const message = messageAt(5);
  const told = withLast(item, message, message.createdAt);
  expect(told).toMatchObject({ unreadCount: 1, lastMessage: { id: 'm5' } });
  expect(withLast(told, message, message.createdAt).unreadCount).toBe(1);
  // A list that was read after it came has it in its number.
  const read = itemOf('c1', { unreadCount: 3, updatedAt: messageAt(9).createdAt, lastMessage: messageAt(9) });
  expect(withLast(read, message, message.createdAt).unreadCount).toBe(3);
});

test('a message that is read once more does not take the place of a newer one of the same second', () => {
  const { timestamp } = messageAt(5);
  const newest = messageAt(6, { timestamp });
  const item = withLast(withLast(itemOf('c1'), messageAt(5), timestamp), newest, newest.createdAt);
  expect(withLast(item, messageAt(5), messageAt(7).createdAt).lastMessage?.id).toBe('m6');
});

test('what we write is never unread', () => {
  const ours = messageAt(5, { direction: 'outgoing', status: 'sent' });
  expect(withLast(itemOf('c1'), ours, ours.createdAt)).toMatchObject({ unreadCount: 0, messageCount: 1 });
});

test('a conversation stands only where it fits', () => {
  const archived = itemOf('a', { isArchived: true });
  expect(fits(archived, { view: 'open' })).toBe(false);
  expect(fits(archived, { view: 'archived' })).toBe(true);
  expect(fits(itemOf('a', { unreadCount: 1 }), { view: 'unread' })).toBe(true);
  expect(fits(itemOf('a', { isMarkedUnread: true }), { view: 'unread' })).toBe(true);
  expect(fits(itemOf('a'), { view: 'open', profileId: 'another' })).toBe(false);
  expect(fits(itemOf('a'), { view: 'open', q: 'words' })).toBe(false);
});

test('edits of a conversation reach every page, and what is in none stays as it is', () => {
  const data = pagesOf([itemOf('one')], [itemOf('two')]);
  expect(withItem(data, 'three', (item) => item)).toBe(data);
  expect(withoutItem(data, 'three')).toBe(data);
  const changed = withItem(data, 'two', (item) => ({ ...item, isPinned: true }));
  expect(ids(changed)).toEqual(['two', 'one']);
  expect(ids(withoutItem(changed, 'two'))).toEqual(['one']);
  expect(ids(withNewItem(data, itemOf('three'))).toSorted()).toEqual(['one', 'three', 'two']);
});

test('under a pointer rows keep their order, and what is new stands behind them', () => {
  const items = ['c', 'a', 'new', 'b'].map((id) => ({ id }));
  expect(inOrderOf(['a', 'b', 'c'], items).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'new']);
});

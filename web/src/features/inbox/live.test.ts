import type { GatewayEvent, Message } from '@multiwa/sdk';
import { QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';
import type { ListPages } from './list.ts';
import { live, withStatus, withTold } from './live.ts';
import { listsKey, threadKey } from './queries.ts';
import { itemOf, messageAt } from './testing.ts';
import type { Thread } from './thread.ts';

/** Names as the server gives them; each number is a moment. */
const about = {
  profileId: 'p1',
  conversationId: 'c1',
  chatId: '628111000001@c.us',
  timestamp: messageAt(9).timestamp,
};

function heard(event: string, data: object, sequence: number): GatewayEvent {
  const timestamp = messageAt(sequence).createdAt;
  return { id: `e${sequence}`, event, sequence, profileId: 'p1', timestamp, data } as unknown as GatewayEvent;
}

/** A page that shows one conversation, and what it shows after each of these events. */
function shownAfter(messages: Message[], ...events: GatewayEvent[]) {
  const cache = new QueryClient();
  const key = [...listsKey, { view: 'open' }];
  cache.setQueryData<Thread>(threadKey('c1'), { messages, hasOlder: false, hasNewer: false });
  cache.setQueryData<ListPages>(key, {
    pages: [{ conversations: [itemOf('c1'), itemOf('c2')], total: 2, cursor: null }],
    pageParams: [undefined],
  });
  for (const event of events) {
    const edit = live[event.event] as (event: GatewayEvent, cache: QueryClient) => void;
    edit(event, cache);
  }
  return {
    messages: cache.getQueryData<Thread>(threadKey('c1'))?.messages ?? [],
    item: cache.getQueryData<ListPages>(key)?.pages[0]?.conversations.find(({ id }) => id === 'c1'),
  };
}

const arrival = (second: number, text = 'Hello') =>
  heard(
    'message.received',
    {
      ...about,
      ...{ id: `m${second}`, messageId: `m${second}`, waMessageId: `WA${second}`, from: about.chatId },
      ...{ isGroup: false, chatName: 'Ani', pushName: 'Ani', body: text, type: 'text', hasMedia: false },
      ...{ mediaPath: null, content: { text }, quotedMessageId: null, expiration: null, expiresAt: null },
      timestamp: messageAt(second).timestamp,
    },
    second,
  );
const ack = (name: string, status: string, sequence: number, more: object = {}) =>
  heard(
    name,
    {
      ...about,
      ...{ messageId: 'm1', waMessageId: 'WA1', to: about.chatId, type: 'text', status },
      ...{ clientReference: null, origin: { kind: 'user', id: null }, previousStatus: 'queued', ...more },
    },
    sequence,
  );
const ours = messageAt(1, { direction: 'outgoing', status: 'queued' });

test('a message that came stands in its thread, and its conversation tells of it', () => {
  const { messages, item } = shownAfter([messageAt(1)], arrival(5), arrival(6, 'Are you there?'));
  expect(messages.map(({ id }) => id)).toEqual(['m1', 'm5', 'm6']);
  expect(item).toMatchObject({ unreadCount: 2, lastMessage: { content: { text: 'Are you there?' } } });
});

test('an event that is heard twice, as after a lost connection, changes nothing more', () => {
  const { messages, item } = shownAfter([], arrival(5), arrival(5));
  expect(messages).toHaveLength(1);
  expect(item?.unreadCount).toBe(1);
});

test('receipts go forward only', () => {
  const { messages } = shownAfter(
    [ours],
    ack('message.sent', 'sent', 2),
    ack('message.read', 'read', 3),
    ack('message.delivered', 'delivered', 4),
  );
  expect(messages[0]?.status).toBe('read');
});

test('a failure says why, and what is sent later clears it', () => {
  const failed = ack('message.failed', 'failed', 2, { code: 'NO_ACK', error: 'No answer.' });
  expect(shownAfter([ours], failed).messages[0]).toMatchObject({
    status: 'failed',
    failureCode: 'NO_ACK',
    failureReason: 'No answer.',
  });
  const later = shownAfter([ours], failed, ack('message.sent', 'sent', 3)).messages[0];
  expect(later).toMatchObject({ status: 'sent', failureCode: null });
});

test('a message of a campaign that waits once more begins again', () => {
  const again = ack('message.requeued', 'queued', 3) as Parameters<typeof withStatus>[1];
  const failed = { ...ours, status: 'failed' as const, failureCode: 'NO_ACK' };
  expect(withStatus(failed, again)).toMatchObject({ status: 'queued', failureCode: null });
});

test('edits, reactions, votes and deletions reach the message', () => {
  const change = { ...about, id: 'm1', messageId: 'm1', waMessageId: 'WA1', fromMe: false, type: 'text' };
  const reactions = [
    { emoji: '👍', senderJid: null, senderName: null, fromMe: true, timestamp: about.timestamp },
  ];
  const edited = heard(
    'message.edited',
    { ...change, content: { text: 'New' }, originalContent: { text: 'Old' }, editedAt: about.timestamp },
    2,
  );
  const reacted = heard('message.reaction', { ...change, emoji: '👍', removed: false, reactions }, 3);
  expect(shownAfter([messageAt(1)], edited, reacted).messages[0]).toMatchObject({
    content: { text: 'New' },
    originalContent: { text: 'Old' },
    reactions,
  });
  const revoked = heard(
    'message.revoked',
    { ...change, revokedAt: about.timestamp, revokedBy: null, unreadCount: 0 },
    4,
  );
  expect(shownAfter([messageAt(1)], revoked).messages[0]).toMatchObject({
    content: {},
    revokedAt: about.timestamp,
  });
  const deleted = heard('message.deleted', { ...about, messageId: 'm1', waMessageId: 'WA1' }, 5);
  expect(shownAfter([messageAt(1)], deleted).messages).toEqual([]);
});

test('what was read elsewhere is read here', () => {
  const read = heard('message.marked_read', { ...about, unreadCount: 0, messages: [] }, 7);
  expect(shownAfter([], arrival(5), read).item?.unreadCount).toBe(0);
});

test('an archived conversation leaves the list, a cleared one its messages', () => {
  const archived = heard(
    'conversation.updated',
    { ...about, changed: ['isArchived'], source: 'api', conversation: { id: 'c1', isArchived: true } },
    6,
  );
  expect(shownAfter([], archived).item).toBeUndefined();
  const cleared = heard('conversation.cleared', { ...about, upTo: messageAt(5).timestamp, source: 'api' }, 8);
  const { messages } = shownAfter([messageAt(1), messageAt(6)], cleared);
  expect(messages.map(({ id }) => id)).toEqual(['m6']);
});

test('a conversation keeps its name when an event tells another', () => {
  const item = itemOf('c1', { name: 'Ani from next door' });
  expect(withTold(item, { name: 'Ani', isMuted: true, unknown: 1 })).toEqual({ ...item, isMuted: true });
});

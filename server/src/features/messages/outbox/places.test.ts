import { expect, test } from 'vitest';
import { phoneChat } from '../../../platform/chat-id.ts';
import type { ReadyMessage } from '../keep.sql.ts';
import type { Claimed } from './outbox.store.ts';
import { createPlaces, NotKept } from './places.ts';

const chat = phoneChat('628111000002');
const ready = (id: string): ReadyMessage => ({
  ...{ id, organizationId: 'o', profileId: 'p', chat, sender: null, waMessageId: `W${id}`, type: 'text' },
  ...{
    content: { text: id },
    quotedId: null,
    clientReference: null,
    retryOf: null,
    acceptedAt: new Date(),
    expiresAt: new Date(),
  },
  origin: { kind: 'api', id: null },
});
const claimed = (id: string, more: Partial<Claimed> = {}) =>
  ({
    ...{ id, wa_message_id: `W${id}`, conversation_id: 'c', chat, content: { text: id } },
    ...{ address_checked_at: new Date(), expiration: null, expiration_since: null, to_new_group: false },
    ...more,
  }) as Claimed;

/** Places, and what was put into the line: how it ended waiting to be kept is told beside each. */
function places(room = 8) {
  const line: { message: Claimed; end: 'at once' | 'held' | 'kept' | 'not kept' }[] = [];
  const inFlight = new Set<string>();
  let looks = 0;
  const reserve = createPlaces({
    ...{ generation: 1, inFlight, round: () => 0, isReachable: () => true },
    isFree: (waiting) => waiting + line.length < room,
    enqueue(message, _round, kept) {
      const entry: (typeof line)[number] = { message, end: kept ? 'held' : 'at once' };
      line.push(entry);
      inFlight.add(message.id);
      kept?.then(
        () => {
          entry.end = 'kept';
        },
        (error: unknown) => {
          entry.end = error instanceof NotKept ? 'not kept' : 'held';
        },
      );
    },
    leftOver: () => {
      looks += 1;
    },
  });
  return { line, inFlight, reserve, looks: () => looks };
}

/** The way to the chat is known from then on. */
function takenOnce({ reserve, line }: ReturnType<typeof places>) {
  reserve(ready('first'))?.take(claimed('first'));
  line.length = 0;
}

test('the first message to a chat is sent once it is kept, the next is begun meanwhile', async () => {
  const all = places();
  const first = all.reserve(ready('1'));
  expect(all.line).toEqual([]);
  first?.take(claimed('1'));
  expect(all.line).toMatchObject([{ message: { id: '1' }, end: 'at once' }]);
  const second = all.reserve(ready('2'));
  expect(all.line[1]).toMatchObject({ message: { id: '2', wa_message_id: 'W2', chat }, end: 'held' });
  second?.take(claimed('2'));
  await Promise.resolve();
  expect(all.line.map(({ end }) => end)).toEqual(['at once', 'kept']);
});

test('a message begun for a chat that changed meanwhile is held for ever, and made anew', async () => {
  const all = places();
  takenOnce(all);
  all.reserve(ready('2'))?.take(claimed('2', { expiration: 86_400 }));
  await Promise.resolve();
  expect(all.line).toMatchObject([
    { message: { id: '2', expiration: null }, end: 'not kept' },
    { message: { id: '2', expiration: 86_400 }, end: 'at once' },
  ]);
  expect(all.inFlight).toContain('2');
});

test('a message that was queued instead is given to nobody, and is free to be claimed', async () => {
  const all = places();
  takenOnce(all);
  all.reserve(ready('2'))?.release();
  await Promise.resolve();
  expect(all.line).toMatchObject([{ message: { id: '2' }, end: 'not kept' }]);
  expect(all.inFlight).not.toContain('2');
  expect(all.looks()).toBe(0);
});

test('when nobody knows whether a message was kept, the drain looks for it', () => {
  const all = places();
  all.reserve(ready('1'))?.release({ isKnown: false });
  expect(all.looks()).toBe(1);
});

test('a message that has begun while it is kept takes one place, not two', () => {
  const all = places(2);
  takenOnce(all);
  expect([all.reserve(ready('2')), all.reserve(ready('3'))]).not.toContain(undefined);
  expect(all.reserve(ready('4'))).toBeUndefined();
});

test('there are no more places than there is room, and a place that is left is free again', () => {
  const all = places(1);
  const first = all.reserve(ready('1'));
  expect(all.reserve(ready('2'))).toBeUndefined();
  first?.release();
  expect(all.reserve(ready('2'))).toBeDefined();
});

import type { Message } from '@multiwa/sdk';
import { expect, test } from 'vitest';
import { messageAt } from './testing.ts';
import {
  goesOn,
  type Thread,
  windowMax,
  withChange,
  withMessage,
  withNewer,
  withNewest,
  withOlder,
  withoutMessages,
} from './thread.ts';

const thread = (numbers: readonly number[], more: Partial<Thread> = {}): Thread => ({
  messages: numbers.map((number) => messageAt(number)),
  hasOlder: false,
  hasNewer: false,
  ...more,
});
const numbersIn = ({ messages }: Thread): number[] => messages.map(({ id }) => Number(id.slice(1)));
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

test('a message is put where it belongs, once', () => {
  const known = thread([1, 2, 4]);
  expect(numbersIn(withMessage(known, messageAt(3)))).toEqual([1, 2, 3, 4]);
  expect(numbersIn(withMessage(withMessage(known, messageAt(5)), messageAt(5)))).toEqual([1, 2, 4, 5]);
});

test('a message beyond what was read is left for the page that has it', () => {
  const past = thread([5, 6], { hasNewer: true, hasOlder: true });
  expect(withMessage(past, messageAt(9))).toBe(past);
  expect(withMessage(past, messageAt(1))).toBe(past);
});

test('pages join without holes and double messages', () => {
  const known = thread([5, 6], { hasOlder: true });
  const joined = withOlder(known, thread([3, 4, 5], { hasOlder: true }));
  expect(numbersIn(joined)).toEqual([3, 4, 5, 6]);
  expect(joined.hasOlder).toBe(true);
});

test('however far one scrolls, a bound of messages is held', () => {
  let held = thread(range(5_000, 5_050), { hasOlder: true });
  for (let from = 4_950; from > 0; from -= 50) {
    held = withOlder(held, thread(range(from, from + 50), { hasOlder: true }));
    expect(held.messages.length).toBeLessThanOrEqual(windowMax);
  }
  expect(held.hasNewer).toBe(true);
  expect(numbersIn(held)[0]).toBe(50);
  for (let from = 1_050; from < 5_050; from += 50) {
    held = withNewer(held, thread(range(from, from + 50), { hasNewer: from < 5_000 }));
    expect(held.messages.length).toBeLessThanOrEqual(windowMax);
  }
  expect(numbersIn(held).at(-1)).toBe(5_049);
  expect(held).toMatchObject({ hasNewer: false, hasOlder: true });
});

test('the newest page read anew fills a hole, and drops what was deleted', () => {
  const held = thread([1, 2, 3, 4], { hasOlder: true });
  const fresh = thread([3, 5, 6], { hasOlder: true });
  expect(numbersIn(withNewest(held, fresh))).toEqual([1, 2, 3, 5, 6]);
  // Between what is held and what is new there may be more than was read: it begins anew.
  expect(numbersIn(withNewest(held, thread([8, 9], { hasOlder: true })))).toEqual([8, 9]);
});

test('what came while the newest page was read stays', () => {
  expect(numbersIn(withNewest(thread([1, 2, 3]), thread([1, 2])))).toEqual([1, 2, 3]);
});

test('a status that comes late takes nothing back', () => {
  const order: Message['status'][] = ['queued', 'sending', 'failed', 'sent', 'delivered', 'read', 'played'];
  for (const [index, before] of order.entries()) {
    for (const [later, next] of order.entries()) expect(goesOn(before, next)).toBe(later > index);
  }
});

test('a page read before an event keeps what the event told', () => {
  const told = { ...messageAt(1), status: 'read' as const, updatedAt: '2026-01-01T00:00:09.000Z' };
  const held = { ...thread([]), messages: [told] };
  const read = { ...messageAt(1), status: 'sent' as const };
  expect(withMessage(held, read).messages[0]?.status).toBe('read');
});

test('changes of messages that are not held change nothing', () => {
  const held = thread([1]);
  expect(withChange(held, 'm9', (message) => ({ ...message, starred: true }))).toBe(held);
  expect(withoutMessages(held, ({ id }) => id === 'm9')).toBe(held);
  expect(numbersIn(withoutMessages(held, ({ id }) => id === 'm1'))).toEqual([]);
});

import { expect, test } from 'vitest';
import type { SandboxMessage, SandboxPhone } from './network.types.ts';
import { chatsOf, darkScreen, screenAfter } from './screen.ts';

const message = (seq: number, change: Partial<SandboxMessage> = {}): SandboxMessage => ({
  ...{ seq, id: `m${seq}`, chat: '628111000002', from: '628111000002', fromMe: false, type: 'text' },
  ...{ text: `number ${seq}`, content: {}, status: 'received', timestamp: seq },
  ...change,
});
const seen = (...messages: SandboxMessage[]) =>
  messages.map((each) => ({ is: 'message' as const, message: each }));

test('a message that is told again takes its own place, and late ones theirs', () => {
  const first = screenAfter(darkScreen, seen(message(1), message(3)));
  const second = screenAfter(first, seen(message(1, { status: 'read' }), message(2)));
  const shown = second.messages.get('628111000002');
  expect(shown?.map(({ seq, status }) => [seq, status])).toEqual([
    [1, 'read'],
    [2, 'received'],
    [3, 'received'],
  ]);
  expect(first.messages.get('628111000002')).toHaveLength(2);
});

test('the chat with the newest message stands first, with what is unread in it', () => {
  const phone = {
    chats: [
      { chat: 'a', messages: 1, unread: 0 },
      { chat: 'b', messages: 1, unread: 2 },
    ],
  } as SandboxPhone;
  const screen = screenAfter(darkScreen, [
    { is: 'phone', phone },
    ...seen(message(1, { chat: 'a' }), message(2, { chat: 'b' })),
  ]);
  expect(chatsOf(screen).map(({ chat, unread }) => [chat, unread])).toEqual([
    ['b', 2],
    ['a', 0],
  ]);
});

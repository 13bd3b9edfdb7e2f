import { expect, test } from 'vitest';
import type { RecordedEvent } from '../../../platform/events/define.ts';
import type { Came } from './arrivals.ts';
import { createRounds } from './rounds.ts';

const chat = '628111000001@c.us';
const second = (n: number) => new Date(Date.UTC(2026, 2, 1, 9, 0, 0, n * 1_000));

test('an answer is how long after ours it came; what was written before ours is none', () => {
  const rounds = createRounds();
  const since = (at: number, came: number) =>
    rounds.sinceOurs(
      { profileId: 'p', occurredAt: second(came) } as RecordedEvent,
      { chats: [chat], at: second(at) } as unknown as Came,
    );
  expect(since(10, 10)).toBeUndefined();
  const body = { chatId: chat, origin: { kind: 'automation' } };
  rounds.hear({
    name: 'message.sent',
    profileId: 'p',
    occurredAt: second(60),
    body,
  } as unknown as RecordedEvent);
  expect(since(60, 61)).toBe(1_000);
  // Its clock is behind ours.
  expect(since(57, 61)).toBe(1_000);
  expect(since(20, 61)).toBeUndefined();
});

import { expect, test } from 'vitest';
import { letterDueAt, pushDueAt } from './pace.ts';
import { choicesOf } from './preferences.ts';

const jakarta = { timeZone: 'Asia/Jakarta', quietHours: undefined, digestHour: 9 };
const at = (text: string) => new Date(text);

test.each([
  ['instant', '2026-03-01T10:00:30Z', '2026-03-01T10:00:30.000Z'],
  ['hourly', '2026-03-01T10:00:30Z', '2026-03-01T11:00:00.000Z'],
  ['hourly', '2026-03-01T10:00:00Z', '2026-03-01T11:00:00.000Z'],
  ['daily', '2026-03-01T01:59:59Z', '2026-03-01T02:00:00.000Z'],
  ['daily', '2026-03-01T02:00:00Z', '2026-03-02T02:00:00.000Z'],
] as const)('%s at %s is due at %s', (pace, now, due) => {
  expect(pushDueAt(pace, jakarta, at(now))?.toISOString()).toBe(due);
});

test('nothing is due of what is off, and a letter gathers for a minute', () => {
  expect(letterDueAt('off', jakarta, at('2026-03-01T10:00:00Z'))).toBeNull();
  expect(letterDueAt('instant', jakarta, at('2026-03-01T10:00:00Z'))).toEqual(at('2026-03-01T10:01:00Z'));
});

test('quiet hours end in the morning of the person, over midnight and a change of clocks', () => {
  const over = (timeZone: string) => ({
    timeZone,
    quietHours: { from: '22:00', to: '06:30' },
    digestHour: 9,
  });
  const due = (zone: string, now: string) => pushDueAt('instant', over(zone), at(now))?.toISOString();
  expect(due('Asia/Jakarta', '2026-03-01T14:59:59Z')).toBe('2026-03-01T14:59:59.000Z');
  expect(due('Asia/Jakarta', '2026-03-01T15:00:00Z')).toBe('2026-03-01T23:30:00.000Z');
  expect(due('Asia/Jakarta', '2026-03-01T20:00:00Z')).toBe('2026-03-01T23:30:00.000Z');
  expect(due('Asia/Kolkata', '2026-03-01T18:00:00Z')).toBe('2026-03-02T01:00:00.000Z');
  // In this night the clocks go from 02:00 to 03:00.
  expect(due('Europe/Berlin', '2026-03-28T23:00:00Z')).toBe('2026-03-29T04:30:00.000Z');
  expect(pushDueAt('hourly', over('Asia/Kolkata'), at('2026-03-01T10:10:00Z'))).toEqual(
    at('2026-03-01T10:30:00Z'),
  );
});

test('choices that make no sense are as if absent; old switches silence all of a kind', () => {
  const odd = choicesOf({
    notifyOnMessage: false,
    notifications: { timeZone: 5, quietHours: 'x', kinds: [] },
  });
  expect(odd.kinds.message).toEqual({ inApp: false, email: 'off', push: 'off' });
  expect(odd.kinds.connection).toEqual({ inApp: true, email: 'off', push: 'instant' });
  expect(odd.kinds.security).toEqual({ inApp: true, email: 'instant', push: 'instant' });
  expect([odd.timeZone, odd.quietHours, odd.digestHour]).toEqual(['UTC', undefined, 9]);
  expect(choicesOf({ emailNotifications: false }).kinds.security.email).toBe('off');
  const own = choicesOf({
    emailNotifications: true,
    notifications: { kinds: { message: { email: 'daily' } } },
  });
  expect(own.kinds.message.email).toBe('daily');
});

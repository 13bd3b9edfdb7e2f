import { expect, test } from 'vitest';
import { type Ahead, durationOf } from './duration.ts';

const ahead = (more: Partial<Ahead>): Ahead => ({
  settings: { delayMin: 3_000, delayMax: 10_000, batchSize: 50, batchPause: 30_000 },
  ...{ paceMs: 0, jitterMs: 0, messages: 101, dailyLimit: null, coldDays: 0, openHours: 24, waitSeconds: 0 },
  ...more,
});

test('an estimate counts delays, rests, pace, limits of a day, quiet hours and the first wait', () => {
  expect(durationOf(ahead({}))).toEqual({ min: 360, max: 1_060 });
  expect(durationOf(ahead({ paceMs: 5_000, jitterMs: 1_000 }))).toEqual({ min: 560, max: 1_060 });
  expect(durationOf(ahead({ messages: 1 }))).toEqual({ min: 0, max: 0 });
  expect(durationOf(ahead({ waitSeconds: 600 })).min).toBe(960);
  // Three days of a limit have two nights.
  expect(durationOf(ahead({ dailyLimit: 40 })).min).toBe(2 * 86_400 + 360);
  expect(durationOf(ahead({ coldDays: 4 })).min).toBe(3 * 86_400 + 360);
  const slow = { delayMin: 3_600_000, delayMax: 3_600_000, batchSize: 1_000, batchPause: 0 };
  // Twenty messages an hour apart, ten hours a day.
  expect(durationOf(ahead({ settings: slow, messages: 21, openHours: 10 })).min).toBe(
    20 * 3_600 + 2 * 14 * 3_600,
  );
});

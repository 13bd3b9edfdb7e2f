import { describe, expect, test } from 'vitest';
import { readConfig } from '../../platform/config/config.ts';
import { nextAttemptAt } from './schedule.ts';

const now = new Date('2026-02-05T10:00:00Z');
const schedule = [5, 300];
const waitSeconds = (attempt: number, chance: number, retryAfter?: string) => {
  const at = nextAttemptAt({ schedule, attempt, now, chance, retryAfter });
  return at && (at.getTime() - now.getTime()) / 1_000;
};

test('waits follow the schedule, spread by a fifth to either side, and end with it', () => {
  expect([waitSeconds(1, 0), waitSeconds(1, 0.5), waitSeconds(1, 1)]).toEqual([4, 5, 6]);
  expect([waitSeconds(2, 0), waitSeconds(2, 1)]).toEqual([240, 360]);
  expect(waitSeconds(3, 0.5)).toBeNull();
});

test('by default a delivery is tried more than ten times over at least 72 hours', () => {
  const { webhookRetrySchedule: schedule, webhookDisableAfter } = readConfig({}, '/');
  const overSeconds = (chance: number) => {
    let at = now;
    for (let attempt = 1; ; attempt++) {
      const next = nextAttemptAt({ schedule, attempt, now: at, chance, retryAfter: undefined });
      if (!next) return { attempts: attempt, seconds: (at.getTime() - now.getTime()) / 1_000 };
      at = next;
    }
  };
  expect(overSeconds(0).attempts).toBeGreaterThanOrEqual(10);
  expect(overSeconds(0).seconds).toBeGreaterThanOrEqual(72 * 3_600);
  expect(overSeconds(1).seconds).toBeLessThan(webhookDisableAfter);
});

describe('Retry-After', () => {
  const cases: [string, string, number][] = [
    ['longer than the schedule is kept', '7', 7],
    ['shorter than the schedule changes nothing', '1', 5],
    ['as a date is kept', 'Thu, 05 Feb 2026 10:01:00 GMT', 60],
    ['in the past changes nothing', 'Thu, 05 Feb 2026 09:00:00 GMT', 5],
    ['of days is an hour', '864000', 3_600],
    ['that means nothing changes nothing', 'soon', 5],
    ['below zero changes nothing', '-9', 5],
  ];
  test.each(cases)('%s', (_, header, seconds) => {
    expect(waitSeconds(1, 0.5, header)).toBe(seconds);
  });
});

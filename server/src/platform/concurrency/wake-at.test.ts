import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { later } from '../clock.ts';
import { createWakeAt } from './wake-at.ts';

const clock = { now: () => new Date() };
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watched(answers: (number | Error | undefined)[]) {
  const begunMs = Date.now();
  const looks: number[] = [];
  const failures: unknown[] = [];
  const wake = createWakeAt({
    clock,
    async look() {
      looks.push(Date.now() - begunMs);
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer === undefined ? undefined : later(clock.now(), answer);
    },
    failed: (error) => failures.push(error),
  });
  return { wake, looks, failures };
}

test('it looks at the start, when the next is due, and else every half minute', async () => {
  const { wake, looks } = watched([2_500, undefined, 45_000]);
  wake.start();
  await vi.advanceTimersByTimeAsync(80_000);
  await wake.stop();
  expect(looks).toEqual([0, 2_500, 32_500, 62_500]);
});

test('what is told to be sooner is looked at sooner, also while a look is under way', async () => {
  const { wake, looks } = watched([undefined, undefined]);
  wake.start();
  wake.at(later(clock.now(), 100));
  await vi.advanceTimersByTimeAsync(1_000);
  wake.at(later(clock.now(), 500));
  wake.at(later(clock.now(), 9_000));
  await vi.advanceTimersByTimeAsync(3_000);
  await wake.stop();
  expect(looks).toEqual([0, 100, 1_500]);
});

test('after a failure it looks again in a second, and after the stop never', async () => {
  const { wake, looks, failures } = watched([new Error('away'), undefined]);
  wake.start();
  await vi.advanceTimersByTimeAsync(1_500);
  await wake.stop();
  wake.at(clock.now());
  await vi.advanceTimersByTimeAsync(60_000);
  expect([looks, failures.length]).toEqual([[0, 1_000], 1]);
});

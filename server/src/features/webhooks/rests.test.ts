import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRests } from './rests.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('an endpoint that only fails is tried once a second at most, until its first success', () => {
  const woken: string[] = [];
  const rests = createRests((id) => woken.push(id));
  for (let n = 0; n < 7; n++) rests.note('dead', false);
  expect(rests.placesOf('dead', 4)).toBe(4);
  rests.note('dead', false);
  expect([rests.placesOf('dead', 4), rests.placesOf('other', 4)]).toEqual([0, 4]);
  vi.advanceTimersByTime(100);
  expect([woken, rests.placesOf('dead', 4)]).toEqual([['dead'], 1]);
  for (let n = 0; n < 20; n++) {
    rests.note('dead', false);
    vi.advanceTimersByTime(1_000);
  }
  rests.note('dead', false);
  vi.advanceTimersByTime(999);
  expect(rests.placesOf('dead', 4)).toBe(0);
  rests.note('dead', true);
  expect(rests.placesOf('dead', 4)).toBe(4);
  rests.stop();
});

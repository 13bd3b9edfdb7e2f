import { expect, test } from 'vitest';
import { shareOf } from './intervals.ts';

test('shares have the bounds of Wilson, which are wide for few and narrow for many', () => {
  expect(shareOf(0, 0)).toBeNull();
  // Of published tables of the method.
  expect(shareOf(0, 10)).toEqual({ rate: 0, low: 0, high: 27.8 });
  expect(shareOf(10, 10)).toEqual({ rate: 100, low: 72.2, high: 100 });
  expect(shareOf(15, 50)).toEqual({ rate: 30, low: 19.1, high: 43.8 });
  expect(shareOf(300, 1_000)).toEqual({ rate: 30, low: 27.2, high: 32.9 });
});

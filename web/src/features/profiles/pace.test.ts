import { expect, test } from 'vitest';
import { meaningOf, presets } from './pace.ts';

test('a pace comes to so many a day, and to how long five hundred take', () => {
  expect(meaningOf(presets.free)).toBeUndefined();
  expect(meaningOf({ delaySeconds: 60, jitterSeconds: 0, perDay: undefined })).toEqual({
    perDay: 1440,
    exampleSeconds: 30_000,
  });
  // 200 today, 200 tomorrow, 100 on the third day.
  expect(meaningOf({ delaySeconds: 10, jitterSeconds: 0, perDay: 200 })).toEqual({
    perDay: 200,
    exampleSeconds: 2 * 86_400 + 1_000,
  });
  expect(meaningOf({ delaySeconds: 0, jitterSeconds: 0, perDay: 500 })).toEqual({
    perDay: 500,
    exampleSeconds: 0,
  });
});

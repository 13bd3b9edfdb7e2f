import { expect, test } from 'vitest';
import { once } from './once.ts';

test('what is made once is the same at every call, undefined too', () => {
  let count = 0;
  const make = once(() => {
    count += 1;
    return undefined;
  });
  expect([make(), make(), count]).toEqual([undefined, undefined, 1]);
});

test('what could not be made is tried again at the next call', () => {
  let count = 0;
  const make = once(() => {
    count += 1;
    if (count === 1) throw new Error('not yet');
    return count;
  });
  expect(make).toThrow('not yet');
  expect([make(), make()]).toEqual([2, 2]);
});

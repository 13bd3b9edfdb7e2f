import { expect, test } from 'vitest';
import { emptyRing, type Ring, withNewer, withOlder } from './ring.ts';

test('what is more than a ring holds is forgotten from the front, and counted', () => {
  let ring: Ring<number> = emptyRing;
  for (let at = 0; at < 10; at += 1) ring = withNewer(ring, [at], 4);
  expect(ring).toEqual({ things: [6, 7, 8, 9], forgotten: 6 });
});

test('a batch larger than the ring leaves its newest', () => {
  const ring = withNewer(withNewer<number>(emptyRing, [1, 2], 3), [3, 4, 5, 6, 7], 3);
  expect(ring).toEqual({ things: [5, 6, 7], forgotten: 4 });
});

test('older ones take the room that is left, the newest of them', () => {
  const ring = withOlder(withNewer<number>(emptyRing, [8, 9], 4), [1, 2, 3, 4], 4);
  expect(ring.things).toEqual([3, 4, 8, 9]);
});

test('a hundred thousand events leave as many as it holds', () => {
  let ring: Ring<number> = emptyRing;
  for (let batch = 0; batch < 1000; batch += 1) {
    ring = withNewer(
      ring,
      Array.from({ length: 100 }, (_, at) => batch * 100 + at),
      5000,
    );
  }
  expect(ring.things).toHaveLength(5000);
  expect(ring.things.at(-1)).toBe(99_999);
  expect(ring.forgotten).toBe(95_000);
});

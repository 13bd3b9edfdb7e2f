import { expect, test } from 'vitest';
import { isUuid, newId } from './ids.ts';

test('an id is a UUID v7 that carries its moment, and later ids sort later', () => {
  const ids = [0, 1, 1_700_000_000_000, 1_700_000_000_001, 2 ** 48 - 1].map((ms) => newId(ms));
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(isUuid(id)).toBe(true);
  }
  expect([...ids].sort()).toEqual(ids);
  expect(Number.parseInt((ids[2] ?? '').replaceAll('-', '').slice(0, 12), 16)).toBe(1_700_000_000_000);
});

test('ids of the same millisecond differ', () => {
  expect(new Set(Array.from({ length: 10_000 }, () => newId(1))).size).toBe(10_000);
});

test.each([
  '',
  'abc',
  '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c1',
  '0199d6a27b1c7e529a510f6b0d2f3c11',
  '{0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11}',
  '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11\n',
])('%j is no id', (text) => {
  expect(isUuid(text)).toBe(false);
});

import { expect, test } from 'vitest';
import { isUuid, newId } from './ids.ts';

test('an id is a UUID v7 that carries its moment', () => {
  const now = Date.now();
  const id = newId();
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(isUuid(id)).toBe(true);
  const moment = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  expect(Math.abs(moment - now)).toBeLessThan(1000);
});

test('ids made later sort later, also within one millisecond, and none comes twice', () => {
  const ids = Array.from({ length: 10_000 }, () => newId());
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(10_000);
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

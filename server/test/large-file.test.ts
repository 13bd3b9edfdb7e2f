import { expect, test } from 'vitest';
import { largeDocument } from './large-file-rig.ts';

test('a document of 40 MB goes out and comes in byte for byte with at most 30 MB more memory', async () => {
  const { wrong, ...megabytes } = await largeDocument(40_000_000);
  expect(wrong).toBe(0);
  for (const [step, more] of Object.entries(megabytes)) expect([step, more <= 30]).toEqual([step, true]);
});

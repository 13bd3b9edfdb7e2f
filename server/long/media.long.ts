import { expect, test } from 'vitest';
import { largeDocument } from '../test/large-file-rig.ts';

test('a document of 100 MB goes out and comes in with at most 30 MB more memory', async () => {
  const { wrong, ...megabytes } = await largeDocument(100_000_000);
  console.table({ 'MB more': megabytes });
  expect(wrong).toBe(0);
  for (const more of Object.values(megabytes)) expect(more).toBeLessThanOrEqual(30);
}, 1_200_000);

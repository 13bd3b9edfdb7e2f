import { expect, test } from 'vitest';
import { productionHash } from '../../../../test/password-cost.ts';
import { createHashing } from './hashing.ts';

test('where nothing else is said, a hash is argon2id with 19 MiB and two passes', async () => {
  expect(await createHashing().hash('three blue bicycles')).toMatch(productionHash);
});

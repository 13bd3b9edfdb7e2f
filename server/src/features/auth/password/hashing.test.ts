import { expect, test } from 'vitest';
import { productionHash, quickPasswords } from '../../../../test/password-cost.ts';
import { createHashing } from './hashing.ts';
import { passwordMatches } from './password-hash.ts';

/** Hashing whose checks end when the test says so, in the order in which they began. */
function heldHashing() {
  const checks: { password: string; end(): void }[] = [];
  const pendingMatch = (password: string) =>
    new Promise<boolean>((resolve) => {
      checks.push({ password, end: () => resolve(true) });
    });
  const hashing = createHashing(quickPasswords, {
    hashPassword: async () => 'a hash',
    passwordMatches: pendingMatch,
  });
  const endAll = async () => {
    for (let n = 0; n < checks.length; n++) {
      checks[n]?.end();
      // The next check begins in a later turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { hashing, checks, endAll };
}

test('where nothing else is said, a hash is argon2id with 19 MiB and two passes', async () => {
  expect(await createHashing().hash('three blue bicycles')).toMatch(productionHash);
});

test('a hash made at another cost still matches its password and no other', async () => {
  const hash = await createHashing(quickPasswords).hash('three blue bicycles');
  expect(await passwordMatches('three blue bicycles', hash)).toBe(true);
  expect(await createHashing().matches('three blue bicycle', hash)).toBe(false);
});

test('of a flood a few are checked at once and a hundred wait; the rest are refused politely', async () => {
  const { hashing, checks, endAll } = heldHashing();
  const flood = Array.from({ length: 300 }, (_, n) => hashing.matches(`guess ${n}`, 'a hash'));
  const settled = Promise.allSettled(flood);
  await expect(flood.at(-1)).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    retryAfterSeconds: expect.any(Number),
  });
  const atOnce = checks.length;
  expect(atOnce).toBeLessThanOrEqual(3);
  await endAll();
  const refused = (await settled).filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(300 - 100 - atOnce);
  // The queue has room again.
  const next = hashing.matches('the next one', 'a hash');
  await endAll();
  expect(await next).toBe(true);
});

test('who signed in from their network before is checked before strangers who came earlier', async () => {
  const { hashing, checks, endAll } = heldHashing();
  const strangers = Array.from({ length: 10 }, () => hashing.matches('stranger', 'a hash'));
  const owner = hashing.matches('owner', 'a hash', true);
  await new Promise((resolve) => setImmediate(resolve));
  const atOnce = checks.length;
  await endAll();
  expect(checks.findIndex(({ password }) => password === 'owner')).toBe(atOnce);
  expect(await Promise.all([...strangers, owner])).toEqual(Array(11).fill(true));
});

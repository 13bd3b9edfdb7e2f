import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { turnedClock } from '../../../test/kit/clock.ts';
import { type Attempts, createAttempts } from './attempts.ts';

const limit = { name: 'knock', attemptsMax: 2, windowSeconds: 60 };
const clock = turnedClock(new Date());

let house: TestDatabase;
let attempts: Attempts;
beforeAll(async () => {
  house = await testDatabase();
  attempts = createAttempts({ db: house.database.db, clock });
});
afterAll(() => house?.drop());

test('addresses of one network count together, others by themselves, and the window opens again', async () => {
  await attempts.count(limit, '2001:db8:1:2::1');
  await attempts.count(limit, '2001:db8:1:2:ffff::2');
  await expect(attempts.count(limit, '2001:db8:1:2::3')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  await attempts.count(limit, '2001:db8:1:3::1');
  await attempts.count(limit, '203.0.113.7');
  await attempts.count(limit, '::ffff:203.0.113.7');
  await expect(attempts.check(limit, '203.0.113.7')).rejects.toMatchObject({ retryAfterSeconds: 60 });
  clock.advance(61);
  await attempts.count(limit, '2001:db8:1:2::1');
});

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import { turnedClock } from '../../../../test/kit/clock.ts';
import { until } from '../../../../test/until.ts';
import { type Attempts, createAttempts } from '../attempts.ts';
import { createLoginGuard, type LoginGuard } from './login-guard.ts';

const clock = turnedClock(new Date());
const email = 'owner@example.com';

let house: TestDatabase;
let attempts: Attempts;
let guard: LoginGuard;
let noticed: string[];
beforeAll(async () => {
  house = await testDatabase();
  attempts = createAttempts({ db: house.database.db, clock });
});
afterAll(() => house?.drop());
beforeEach(async () => {
  await house.database.db.deleteFrom('attempt_counters').execute();
  noticed = [];
  const notice = { tell: async (address: string) => void noticed.push(address) };
  guard = createLoginGuard({ attempts, notice, pause: async () => undefined });
});

/** True when the password was checked, false when the guess was refused. */
async function guess(ipAddress: string, whose = email): Promise<boolean> {
  const attempt = guard.guarded({ email: whose, ipAddress, isKnownDevice: false }, async () => undefined);
  const error = await attempt.catch((caught: unknown) => caught);
  const { code } = error as { code: string };
  expect(['INVALID_CREDENTIALS', 'RATE_LIMITED']).toContain(code);
  return code === 'INVALID_CREDENTIALS';
}
const counted = async (guesses: Promise<boolean>[]) => (await Promise.all(guesses)).filter(Boolean).length;

/** The attempts left in a counter that all unknown networks share. */
async function leave(left: number): Promise<void> {
  await house.database.db
    .updateTable('attempt_counters')
    .set({ attempts: 880 - left })
    .where('key', '=', `login-account-day:${email}`)
    .executeTakeFirstOrThrow();
}

/** As many guesses as this address gets in a quarter of an hour in which it tries all the time. */
async function guessesInQuarter(ipAddress: string): Promise<number> {
  let checked = 0;
  for (let minute = 0; minute < 15; minute++) {
    checked += await counted(Array.from({ length: minute < 4 ? 9 : 1 }, () => guess(ipAddress)));
    clock.advance(60);
  }
  return checked;
}

test('one address gets 120 guesses in an hour, as before, and 880 in a day', async () => {
  expect(4 * (await guessesInQuarter('203.0.113.7'))).toBe(120);
  expect(4 * (await guessesInQuarter('203.0.113.7'))).toBe(120);
  await leave(5);
  expect(await guessesInQuarter('203.0.113.7')).toBe(5);
});

test('a thousand addresses get 2,880 guesses in a day, which is 120 an hour, as before', async () => {
  const [shared, networks, perNetwork] = [880, 1_000, 2];
  expect(await guess('10.1.0.1')).toBe(true);
  await leave(0);
  // All of them are alike, so a tenth of them is tried.
  const addresses = Array.from({ length: networks / 10 }, (_, index) => `10.0.${index}.1`);
  const each = addresses.map((ip) => counted([guess(ip), guess(ip), guess(ip)]));
  expect(new Set(await Promise.all(each))).toEqual(new Set([perNetwork]));
  expect(shared + networks * perNetwork).toBe(24 * 120);
  clock.advance(900);
  expect(await counted(addresses.slice(0, 20).map((ip) => guess(ip)))).toBe(0);
});

test('a thousand networks of one neighbourhood count as three', async () => {
  for (let index = 0; index < 8; index++) await guess(`198.51.${index}.1`);
  const ofIpv6 = Array.from({ length: 40 }, (_, index) => guess(`2001:db8:1:${index.toString(16)}::1`));
  expect(await counted(ofIpv6)).toBe(6);
  const ofIpv4 = Array.from({ length: 40 }, (_, index) => guess(`203.0.113.${index}`));
  expect(await counted(ofIpv4)).toBe(6);
});

test('guesses at once are counted like guesses in turn, from one address and at many accounts', async () => {
  expect(await counted(Array.from({ length: 40 }, () => guess('203.0.113.7')))).toBe(8);
  const sprayed = Array.from({ length: 60 }, (_, index) => guess('203.0.113.8', `p${index}@example.com`));
  expect(await counted(sprayed)).toBe(30);
});

test('the brake tells whoever is guessed at, and holds two hundred answers back at most', async () => {
  let waiting = 0;
  const releases: (() => void)[] = [];
  const pause = () =>
    new Promise<void>((resolve) => {
      waiting++;
      releases.push(resolve);
    });
  const notice = { tell: async (address: string) => void noticed.push(address) };
  guard = createLoginGuard({ attempts, notice, pause });
  for (let index = 0; index < 8; index++) await guess(`198.51.${index}.1`);
  expect(noticed).toEqual([]);
  let done = 0;
  const many = Array.from({ length: 230 }, async (_, index) => {
    expect(await guess(`10.0.${index}.1`)).toBe(true);
    done++;
  });
  // Those beyond the bound are checked without a wait.
  await until('thirty have their answer', () => done === 30);
  expect(waiting).toBe(200);
  for (const release of releases) release();
  await Promise.all(many);
  expect(new Set(noticed)).toEqual(new Set([email]));
});

test('a right password gives back what it was counted; a check that breaks off counts nothing', async () => {
  const right = (ipAddress: string) =>
    guard.guarded({ email, ipAddress, isKnownDevice: false }, async () => 'the owner');
  const broken = guard.guarded({ email, ipAddress: '203.0.113.9', isKnownDevice: false }, async () => {
    throw new Error('the database is away');
  });
  await expect(broken).rejects.toThrow('away');
  for (let index = 0; index < 20; index++) expect(await right(`198.51.${index}.1`)).toBe('the owner');
  const { rows } = await house.database.pool.query('select key from attempt_counters where attempts > 0');
  expect(rows).toEqual([]);
});

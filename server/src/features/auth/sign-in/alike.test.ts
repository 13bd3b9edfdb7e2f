import { afterAll, beforeAll, expect, test } from 'vitest';
import { goodPassword, type Owner, TestDoor } from '../../../../test/door.ts';
import { passwordCost as productionCost } from '../password/password-hash.ts';

let door: TestDoor;
let owner: Owner;
beforeAll(async () => {
  door = await TestDoor.open({}, { passwordCost: productionCost });
  owner = await door.register();
});
afterAll(() => door?.close());

const logIn = (email: string, password: string, remoteAddress = '127.0.0.1') =>
  door.ask('POST', '/auth/login', { payload: { email, password }, remoteAddress });

/** What else the process does only adds to a measurement, so the least one is nearest to the work itself. */
const least = (times: number[] = []) => Math.min(...times);

/** The CPU time of this process, which does not depend on how busy the machine is. */
async function workedMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

test('a failed login takes as long without an account as with one', async () => {
  const times: Record<string, number[]> = { known: [], unknown: [] };
  for (let index = 0; index < 5; index++) {
    // Each attempt has a minute and an address of its own, so that none is slowed down.
    door.clock.advance(61);
    for (const [kind, email] of [
      ['known', owner.email],
      ['unknown', 'nobody@example.com'],
    ] as const) {
      const guess = async () => {
        expect((await logIn(email, 'guess', `198.51.100.${index}`)).status).toBe(401);
      };
      times[kind]?.push(await workedMs(guess));
    }
  }
  const ratio = least(times.known) / least(times.unknown);
  expect(ratio).toBeGreaterThan(0.6);
  expect(ratio).toBeLessThan(1.7);
});

test('people of an organisation being erased are unknown at the login and refresh nothing', async () => {
  const gone = await door.register();
  const { db } = door.house.database;
  const erasing = { erasing_at: door.clock.now() };
  await db.updateTable('organizations').set(erasing).where('id', '=', gone.user.organizationId).execute();
  const [known, unknown] = [
    await logIn(gone.email, goodPassword),
    await logIn('nobody2@example.com', goodPassword),
  ];
  expect({ ...known.body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' });
  const { refreshToken } = gone;
  const refreshed = await door.ask('POST', '/auth/refresh', { payload: { refreshToken } });
  expect(refreshed.code).toBe('INVALID_REFRESH_TOKEN');
});

test('without a mail server letters are refused, alike for everybody', async () => {
  for (const email of [owner.email, 'nobody@example.com']) {
    const { status, code } = await door.ask('POST', '/auth/forgot-password', { payload: { email } });
    expect([status, code]).toEqual([503, 'MAIL_NOT_CONFIGURED']);
  }
  const asked = await door.ask('POST', '/auth/verify-email/request', { headers: owner.bearer });
  expect(asked.code).toBe('MAIL_NOT_CONFIGURED');
});

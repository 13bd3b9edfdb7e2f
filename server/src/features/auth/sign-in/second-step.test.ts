import { afterAll, beforeAll, expect, test } from 'vitest';
import { goodPassword, TestDoor } from '../../../../test/door.ts';
import { type Protected, withSecondFactor, wrongCode } from '../two-factor/testing.ts';

let door: TestDoor;
let person: Protected;
let other: Protected;
beforeAll(async () => {
  door = await TestDoor.open();
  person = await withSecondFactor(door, await door.register());
  other = await withSecondFactor(door, await door.register());
});
afterAll(() => door?.close());

const from = (remoteAddress: string) => ({ remoteAddress });
async function logIn(who = person, more = {}) {
  const payload = { email: who.email, password: goodPassword };
  return door.ask('POST', '/auth/login', { payload, ...more });
}
const challenged = async (who = person) => (await logIn(who)).data.challenge as string;
const verify = (payload: object, more = {}) => door.ask('POST', '/auth/2fa/verify', { payload, ...more });
/** The next code: no code is good twice. */
function nextCode(): string {
  door.clock.advance(30);
  return person.code();
}

test('a right password gives a challenge and no tokens, and the code then begins the session', async () => {
  const { lastLoginAt } = (await door.ask('GET', '/auth/me', { headers: person.bearer })).data;
  door.clock.advance(30);
  const login = await logIn();
  expect(login.status).toBe(200);
  expect(login.data).toEqual({
    requires2FA: true,
    userId: person.user.id,
    challenge: expect.stringMatching(/^mwc_[\w-]{43}$/),
    expiresIn: 300,
  });
  expect((await door.ask('GET', '/auth/me', { headers: person.bearer })).data.lastLoginAt).toBe(lastLoginAt);
  const { userId, challenge } = login.data;
  const answer = await verify({ userId, challenge, token: nextCode() });
  expect(answer.status).toBe(200);
  expect(answer.data).toMatchObject({ expiresIn: 604_800, user: { email: person.email, role: 'owner' } });
  const headers = { authorization: `Bearer ${answer.data.accessToken}` };
  const { data } = await door.ask('GET', '/auth/me', { headers });
  expect(data.lastLoginAt).toBe(door.clock.now().toISOString());
  expect((await verify({ userId, challenge, token: nextCode() })).code).toBe('LOGIN_CHALLENGE_GONE');
});

test('a code of the step before and after is accepted, two steps away it is not', async () => {
  const userId = person.user.id;
  for (const [steps, status] of [
    [-2, 401],
    [2, 401],
    [-1, 200],
    [1, 200],
  ] as const) {
    door.clock.advance(120);
    const answer = await verify({ userId, challenge: await challenged(), token: person.code(steps) });
    expect([steps, answer.status]).toEqual([steps, status]);
  }
});

test('no code and no backup code is good twice, also for many who come with it at once', async () => {
  door.clock.advance(120);
  const userId = person.user.id;
  let challenges = [await challenged(), await challenged(), await challenged()];
  for (const token of [person.code(), person.backupCodes[0] ?? '']) {
    challenges.push(await challenged());
    const answers = await Promise.all(challenges.map((challenge) => verify({ userId, challenge, token })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
    // A wrong code leaves its challenge open.
    challenges = challenges.filter((_, index) => answers[index]?.status === 401);
    const late = await verify({ userId, challenge: challenges[0], token });
    expect(late).toMatchObject({ status: 401, code: 'INVALID_TWO_FACTOR_CODE' });
  }
  const { data } = await door.ask('GET', '/auth/me', { headers: person.bearer });
  expect(data.backupCodesRemaining).toBe(7);
  door.clock.advance(901);
});

test('one challenge begins one session, whoever comes with two right codes at once', async () => {
  const userId = person.user.id;
  const challenge = await challenged();
  const tokens = [nextCode(), person.backupCodes[1], person.backupCodes[2]];
  const answers = await Promise.all(tokens.map((token) => verify({ userId, challenge, token })));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ code }) => code === 'LOGIN_CHALLENGE_GONE')).toHaveLength(2);
  const { data } = await door.ask('GET', '/auth/me', { headers: person.bearer });
  expect(data.backupCodesRemaining).toBeGreaterThanOrEqual(6);
});

test('an unknown user, one without second factor and one not logged in are answered alike', async () => {
  const without = await door.register();
  const token = other.code();
  const challenge = await challenged();
  const answers = await Promise.all([
    verify({ userId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11', token }),
    verify({ userId: 'nobody', token }),
    verify({ userId: without.user.id, token }),
    verify({ userId: other.user.id, token }),
    verify({ userId: other.user.id, token, challenge }),
    verify({ userId: other.user.id, token, challenge: 'mwc_made_up' }),
  ]);
  for (const { status, body } of answers) {
    expect(status).toBe(401);
    expect(body.error.code).toBe('LOGIN_CHALLENGE_GONE');
    expect({ ...body, requestId: '' }).toEqual({ ...answers[0]?.body, requestId: '' });
  }
  expect((await verify({})).code).toBe('VALIDATION_ERROR');
});

test('a client that knows no challenges gets in only from the address it logged in from', async () => {
  door.clock.advance(301);
  await logIn();
  const payload = { userId: person.user.id, token: nextCode() };
  expect((await verify(payload, from('198.51.100.7'))).code).toBe('LOGIN_CHALLENGE_GONE');
  expect((await verify(payload)).status).toBe(200);
  expect((await verify({ ...payload, token: nextCode() })).code).toBe('LOGIN_CHALLENGE_GONE');
});

test('a challenge is good for five minutes', async () => {
  const challenge = await challenged();
  door.clock.advance(301);
  const late = await verify({ userId: person.user.id, challenge, token: nextCode() });
  expect(late.code).toBe('LOGIN_CHALLENGE_GONE');
});

test('five wrong codes end a challenge, in turn or at once, and the right one comes too late', async () => {
  door.clock.advance(901);
  const userId = person.user.id;
  const challenge = await challenged();
  const wrong = wrongCode(person);
  const answers = await Promise.all(
    Array.from({ length: 9 }, () => verify({ userId, challenge, token: wrong })),
  );
  expect(answers.filter(({ code }) => code === 'INVALID_TWO_FACTOR_CODE')).toHaveLength(5);
  expect(answers.filter(({ code }) => code === 'LOGIN_CHALLENGE_GONE')).toHaveLength(4);
  expect((await verify({ userId, challenge, token: nextCode() })).code).toBe('LOGIN_CHALLENGE_GONE');
});

test('a person has twenty wrong codes in 15 minutes and a hundred in a day, over all logins', async () => {
  const userId = other.user.id;
  let address = 0;
  async function guessUntilRefused() {
    for (let wrong = 0; ; ) {
      const challenge = await challenged(other);
      const where = from(`203.0.113.${++address}`);
      const guess = () => verify({ userId, challenge, token: wrongCode(other) }, where);
      const answers = await Promise.all(Array.from({ length: 5 }, guess));
      wrong += answers.filter(({ code }) => code === 'INVALID_TWO_FACTOR_CODE').length;
      const refused = answers.find(({ code }) => code === 'RATE_LIMITED');
      if (refused) return { wrong, retryAfter: Number(refused.headers['retry-after']) };
    }
  }
  const quarter = await guessUntilRefused();
  expect(quarter.wrong).toBe(20);
  expect(quarter.retryAfter).toBeLessThanOrEqual(900);
  const right = { userId, challenge: await challenged(other), token: other.code() };
  const elsewhere = from('203.0.113.250');
  expect((await verify(right, elsewhere)).status).toBe(429);
  // Where the person signed in before, and with a backup code anywhere, nobody else's guesses count.
  expect((await verify(right)).status).toBe(200);
  const byBackup = { userId, challenge: await challenged(other), token: other.backupCodes[0] };
  expect((await verify(byBackup, elsewhere)).status).toBe(200);

  door.clock.advance(901);
  const { db } = door.house.database;
  const ofDay = `two-factor-day:${userId}`;
  const { numUpdatedRows } = await db
    .updateTable('attempt_counters')
    .set({ attempts: 97 })
    .where('key', '=', ofDay)
    .where('attempts', '=', 20)
    .executeTakeFirst();
  // The twenty are counted in the day too; the next seventy-seven as if they had come.
  expect(numUpdatedRows).toBe(1n);
  const day = await guessUntilRefused();
  expect(day.wrong).toBe(3);
  expect(day.retryAfter).toBeGreaterThan(80_000);
  door.clock.advance(86_400);
  const late = { userId, challenge: await challenged(other), token: other.code() };
  expect((await verify(late)).status).toBe(200);
});

test('a login between its two steps ends when the password changes or the person is switched off', async () => {
  const owner = other;
  door.clock.advance(60);
  const login = { userId: owner.user.id, challenge: await challenged(owner) };
  const payload = { currentPassword: goodPassword, newPassword: 'four green scooters' };
  await door.ask('POST', '/auth/change-password', { headers: owner.bearer, payload });
  expect((await verify({ ...login, token: owner.code() })).code).toBe('LOGIN_CHALLENGE_GONE');
  const { data } = await door.ask('POST', '/auth/login', {
    payload: { email: owner.email, password: 'four green scooters' },
  });
  const { db } = door.house.database;
  await db.updateTable('users').set({ is_active: false }).where('id', '=', owner.user.id).execute();
  const late = { userId: owner.user.id, challenge: data.challenge, token: owner.code() };
  expect((await verify(late)).code).toBe('LOGIN_CHALLENGE_GONE');
});

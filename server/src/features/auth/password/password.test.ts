import { afterAll, beforeAll, expect, test } from 'vitest';
import { goodPassword, type Owner, TestDoor } from '../../../../test/door.ts';

let door: TestDoor;
let owner: Owner;
beforeAll(async () => {
  door = await TestDoor.open();
  owner = await door.register();
});
afterAll(() => door?.close());

const newPassword = 'four green scooters';
const change = (who: Owner, payload: object) =>
  door.ask('POST', '/auth/change-password', { headers: who.bearer, payload });
const logIn = (email: string, password: string) =>
  door.ask('POST', '/auth/login', { payload: { email, password } });
const status = async (headers: Record<string, string>, path = '/auth/me') =>
  (await door.ask('GET', path, { headers })).status;

test('a new password needs the current one and keeps the rules, and every missing field is named', async () => {
  const missing = await change(owner, {});
  expect(missing.body.error.details.map(({ path }: { path: string }) => path).sort()).toEqual([
    '/currentPassword',
    '/newPassword',
  ]);
  const wrong = await change(owner, { currentPassword: 'wrong', newPassword });
  expect(wrong).toMatchObject({ status: 400, code: 'PASSWORD_INCORRECT' });
  for (const poor of ['seven77', 'password1234', owner.email]) {
    const { body } = await change(owner, { currentPassword: goodPassword, newPassword: poor });
    expect(body.error).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ path: '/newPassword' }] });
  }
  expect((await logIn(owner.email, goodPassword)).status).toBe(200);
});

test('a changed password ends every other session and its tokens at once, and keeps this one', async () => {
  const person = await door.register();
  const elsewhere = await logIn(person.email, goodPassword);
  const other = { authorization: `Bearer ${elsewhere.data.accessToken}` };
  expect(await status(other)).toBe(200);
  const answer = await change(person, { currentPassword: goodPassword, newPassword });
  expect(answer).toMatchObject({ status: 200, data: { success: true } });
  expect(await status(other)).toBe(401);
  const { refreshToken } = elsewhere.data;
  expect((await door.ask('POST', '/auth/refresh', { payload: { refreshToken } })).status).toBe(401);
  expect(await status(person.bearer)).toBe(200);
  const own = await door.ask('POST', '/auth/refresh', { payload: { refreshToken: person.refreshToken } });
  expect(own.status).toBe(200);
  expect((await logIn(person.email, goodPassword)).status).toBe(401);
  expect((await logIn(person.email, newPassword)).status).toBe(200);
});

test('API keys go on unless they are to be revoked, and each that ends leaves its own audit row', async () => {
  const person = await door.register();
  const newKey = (name: string) =>
    door.ask('POST', '/api-keys', { headers: person.bearer, payload: { name } });
  const { data } = await newKey('till');
  const { data: second } = await newKey('kiosk');
  const key = { 'x-api-key': data.key };
  await change(person, { currentPassword: goodPassword, newPassword, revokeApiKeys: false });
  expect(await status(key, '/accounts')).toBe(200);
  await change(person, { currentPassword: newPassword, newPassword: goodPassword, revokeApiKeys: true });
  expect(await status(key, '/accounts')).toBe(401);
  const rows = await door.house.database.db
    .selectFrom('audit_logs')
    .select(['resource_type', 'resource_id', 'user_id', 'metadata'])
    .where('organization_id', '=', person.user.organizationId)
    .where('action', '=', 'apikey.revoke')
    .orderBy('resource_id')
    .execute();
  expect(rows).toEqual(
    [data.id, second.id].sort().map((id) => ({
      resource_type: 'api_key',
      resource_id: id,
      user_id: person.user.id,
      metadata: { userId: person.user.id },
    })),
  );
});

test('of changes sent at once with one current password a single one counts', async () => {
  const person = await door.register();
  const newPasswords = ['first new scooter', 'second new scooter'];
  const answers = await Promise.all(
    newPasswords.map((newPassword) => change(person, { currentPassword: goodPassword, newPassword })),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  const logins = await Promise.all(newPasswords.map((password) => logIn(person.email, password)));
  expect(logins.map(({ status }) => status)).toEqual(
    answers.map(({ status }) => (status === 200 ? 200 : 401)),
  );
});

test('no login with the old password outlives a change that happens at the same moment', async () => {
  const person = await door.register();
  const [, ...logins] = await Promise.all([
    change(person, { currentPassword: goodPassword, newPassword }),
    ...Array.from({ length: 4 }, () => logIn(person.email, goodPassword)),
  ]);
  door.clock.advance(1);
  for (const { data } of logins) {
    if (data) expect(await status({ authorization: `Bearer ${data.accessToken}` })).toBe(401);
  }
  expect(await status(person.bearer)).toBe(200);
});

test('guessing the current password in a stolen session is slowed down, in turn or at once', async () => {
  const person = await door.register();
  const guess = () => change(person, { currentPassword: 'guess', newPassword });
  const answers = await Promise.all(Array.from({ length: 13 }, guess));
  expect(answers.filter(({ code }) => code === 'PASSWORD_INCORRECT')).toHaveLength(10);
  const right = await change(person, { currentPassword: goodPassword, newPassword });
  expect(right).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
  door.clock.advance(Number(right.headers['retry-after']));
  expect((await change(person, { currentPassword: goodPassword, newPassword })).status).toBe(200);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goodPassword, TestDoor } from '../../../../test/door.ts';

let door: TestDoor;
beforeAll(async () => {
  door = await TestDoor.open();
});
afterAll(() => door?.close());

const loginAs = (email: string, password = goodPassword, more = {}) =>
  door.ask('POST', '/auth/login', { payload: { email, password }, ...more });
const me = (token: string) => door.ask('GET', '/auth/me', { headers: { authorization: `Bearer ${token}` } });

describe('registering', () => {
  test('makes an organisation with a workspace, an account and an owner, and signs the owner in', async () => {
    const answer = await door.ask('POST', '/auth/register', {
      payload: {
        email: 'Owner@Example.com',
        password: goodPassword,
        name: 'Ana',
        organizationName: 'Corner Bakery & Söhne',
        role: 'superuser',
      },
    });
    expect(answer.status).toBe(201);
    expect(answer.data).toMatchObject({
      expiresIn: 604_800,
      user: { email: 'owner@example.com', name: 'Ana', role: 'owner' },
    });
    const headers = { authorization: `Bearer ${answer.data.accessToken}` };
    const organization = await door.ask('GET', '/organizations/current', { headers });
    expect(organization.data.slug).toMatch(/^corner-bakery-so-hne-[0-9a-f]{8}$/);
    expect(organization.data.workspaces).toMatchObject([{ name: 'Default', slug: 'default' }]);
    const accounts = await door.ask('GET', '/accounts', { headers });
    expect(accounts.data).toMatchObject([{ name: 'Default Account', status: 'ACTIVE' }]);
  });

  test('an address is taken in any case, also for two at once, and leaves nothing half made', async () => {
    const payload = { email: 'twice@example.com', password: goodPassword, name: 'A', organizationName: 'B' };
    const again = { ...payload, email: 'TWICE@example.com' };
    const answers = await Promise.all(
      [payload, again, payload].map((body) => door.ask('POST', '/auth/register', { payload: body })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect(answers.filter(({ status }) => status === 409).map(({ code }) => code)).toEqual([
      'EMAIL_TAKEN',
      'EMAIL_TAKEN',
    ]);
    const { rows } = await door.house.database.pool.query(
      'select count(*) from organizations o where not exists (select from users u where u.organization_id = o.id)',
    );
    expect(rows[0].count).toBe(0);
  });

  test.each([
    ['too short', 'seven77'],
    ['common', 'password1234'],
    ['common in capitals', 'PASSWORD1234'],
    ['longer than anyone types', 'x'.repeat(257)],
  ])('a password that is %s is refused with its place', async (_what, password) => {
    const { status, body } = await door.ask('POST', '/auth/register', {
      payload: { email: 'new@example.com', password, name: 'A', organizationName: 'B' },
    });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ path: '/password' }] });
  });

  test.each(['🦊🦊🦊🦊🦊🦊🦊🦊', 'a'.repeat(64), `${'word and '.repeat(22)}é!`])(
    'a long or unusual password is accepted, and all of it counts: %s',
    async (password) => {
      const email = `p${password.length}@example.com`;
      const payload = { email, password, name: 'A', organizationName: 'B' };
      expect((await door.ask('POST', '/auth/register', { payload })).status).toBe(201);
      expect((await loginAs(email, password)).status).toBe(200);
      expect((await loginAs(email, [...password].slice(0, -1).join(''))).status).toBe(401);
    },
  );

  test('every missing or wrong field is named at once', async () => {
    const { status, body } = await door.ask('POST', '/auth/register', { payload: { email: 'no', name: 5 } });
    expect(status).toBe(400);
    expect(body.error.details.map(({ path }: { path: string }) => path).sort()).toEqual([
      '/email',
      '/name',
      '/organizationName',
      '/password',
    ]);
  });
});

describe('signing in', () => {
  test('the same password typed on another keyboard fits', async () => {
    const payload = { email: 'nfc@example.com', password: 'Café au lait', name: 'A', organizationName: 'B' };
    await door.ask('POST', '/auth/register', { payload });
    expect((await loginAs('nfc@example.com', 'Café au lait'.normalize('NFD'))).status).toBe(200);
  });

  test('an unknown, a disabled and a wrongly guessed account are refused alike', async () => {
    const owner = await door.register();
    const disabled = await door.register();
    await door.house.database.pool.query('update users set is_active = false where id = $1', [
      disabled.user.id,
    ]);
    const from = { remoteAddress: '198.51.100.1' };
    const answers = await Promise.all([
      loginAs('nobody@example.com', 'wrong', from),
      loginAs(owner.email, 'wrong', from),
      loginAs(disabled.email, goodPassword, from),
      loginAs('not an address', 'wrong', from),
    ]);
    for (const { status, body } of answers) {
      expect(status).toBe(401);
      expect({ ...body, requestId: '' }).toEqual({ ...answers[0]?.body, requestId: '' });
    }
    expect((await me(disabled.accessToken)).code).toBe('SESSION_REVOKED');
  });

  test('guesses from anywhere never refuse the right password from elsewhere, known or new', async () => {
    const owner = await door.register();
    const from = (index: number) => ({ remoteAddress: `198.51.${index}.1` });
    const guess = async (index: number) => (await loginAs(owner.email, 'guess', from(index))).status;
    for (let index = 0; index < 8; index++) expect(await guess(index)).toBe(401);
    const began = performance.now();
    const stranger = await loginAs(owner.email, goodPassword, from(99));
    expect(stranger.status).toBe(200);
    expect(performance.now() - began).toBeGreaterThan(900);
    expect((await loginAs(owner.email)).status).toBe(200);
    expect((await loginAs(owner.email, goodPassword, from(99))).status).toBe(200);
    // Further guesses are refused.
    expect(await guess(0)).toBe(401);
    const late = await loginAs(owner.email, goodPassword, from(0));
    expect([late.status, Number(late.headers['retry-after'])]).toEqual([429, expect.any(Number)]);
    door.clock.advance(Number(late.headers['retry-after']));
    expect((await loginAs(owner.email, goodPassword, from(0))).status).toBe(200);
  });

  test('guesses sent all at once get no more tries than guesses sent in turn', async () => {
    const owner = await door.register();
    const from = { remoteAddress: '198.51.101.7' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => loginAs(owner.email, 'guess', from)));
    expect(answers.filter(({ status }) => status === 401).length).toBe(8);
    expect(answers.filter(({ code }) => code === 'RATE_LIMITED').length).toBe(12);
  });

  test('twenty right logins at once all succeed', async () => {
    const owner = await door.register();
    const answers = await Promise.all(Array.from({ length: 20 }, () => loginAs(owner.email)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  });
});

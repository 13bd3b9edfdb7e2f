import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goodPassword, TestDoor } from '../../../test/door.ts';

let door: TestDoor;
beforeAll(async () => {
  door = await TestDoor.open();
});
afterAll(() => door?.close());

const loginAs = (email: string, password = goodPassword, more = {}) =>
  door.ask('POST', '/auth/login', { payload: { email, password }, ...more });
const refresh = (refreshToken: string) => door.ask('POST', '/auth/refresh', { payload: { refreshToken } });
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

  test('an address is taken whatever its case, also for two who ask at once, and leaves nothing half made', async () => {
    const payload = { email: 'twice@example.com', password: goodPassword, name: 'A', organizationName: 'B' };
    const again = { ...payload, email: 'TWICE@example.com' };
    const answers = await Promise.all(
      [payload, again, payload].map((one) => door.ask('POST', '/auth/register', { payload: one })),
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

  test('guessing is refused by the tenth try from any number of addresses, while a known device still gets in', async () => {
    const owner = await door.register();
    const guesses: number[] = [];
    for (let index = 1; index <= 12; index++) {
      guesses.push((await loginAs(owner.email, 'guess', { remoteAddress: `198.51.100.${index}` })).status);
    }
    expect(guesses.slice(0, 8)).toEqual(Array(8).fill(401));
    expect(guesses.slice(9)).toEqual([429, 429, 429]);
    const stranger = await loginAs(owner.email, goodPassword, { remoteAddress: '198.51.100.99' });
    expect(stranger.status).toBe(429);
    expect(Number(stranger.headers['retry-after'])).toBeGreaterThan(0);
    expect((await loginAs(owner.email)).status).toBe(200);
    door.clock.advance(Number(stranger.headers['retry-after']));
    expect((await loginAs(owner.email, goodPassword, { remoteAddress: '198.51.100.99' })).status).toBe(200);
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

describe('staying signed in', () => {
  test('fifty refreshes of one token at once have one successor', async () => {
    const { refreshToken } = await door.register();
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(refreshToken)));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    const successors = new Set(answers.map(({ data }) => data.refreshToken));
    expect(successors.size).toBe(1);
    expect(successors.has(refreshToken)).toBe(false);
    expect((await me(answers[0]?.data.accessToken)).status).toBe(200);
  });

  test('a token used again later ends the session: its tokens, old and new, stop', async () => {
    const owner = await door.register();
    const { data } = await refresh(owner.refreshToken);
    door.clock.advance(11);
    expect((await refresh(owner.refreshToken)).code).toBe('REFRESH_TOKEN_REUSED');
    expect((await refresh(data.refreshToken)).code).toBe('INVALID_REFRESH_TOKEN');
    for (const token of [owner.accessToken, data.accessToken])
      expect((await me(token)).code).toBe('SESSION_REVOKED');
  });

  test('refreshing keeps one session, and the session lives on with it', async () => {
    const owner = await door.register();
    door.clock.advance(20 * 86_400);
    const first = await refresh(owner.refreshToken);
    door.clock.advance(20 * 86_400);
    const second = await refresh(first.data.refreshToken);
    expect(second.status).toBe(200);
    const headers = { authorization: `Bearer ${second.data.accessToken}` };
    expect((await door.ask('GET', '/auth/sessions', { headers })).data).toHaveLength(1);
    door.clock.advance(31 * 86_400);
    expect((await refresh(second.data.refreshToken)).code).toBe('INVALID_REFRESH_TOKEN');
  });

  test('a refresh token opens nothing by itself, and an access token refreshes nothing', async () => {
    const owner = await door.register();
    expect((await me(owner.refreshToken)).code).toBe('INVALID_TOKEN');
    expect((await refresh(owner.accessToken)).code).toBe('INVALID_REFRESH_TOKEN');
  });
});

describe('access tokens', () => {
  const forge = (claims: object, secret: string, header: object = {}) =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', ...header })
      .sign(Buffer.from(secret));
  const secret = 'one secret for every node of a test';

  test('forged, unsigned, early, late and foreign tokens are refused', async () => {
    const owner = await door.register();
    const {
      data: [session],
    } = await door.ask('GET', '/auth/sessions', { headers: owner.bearer });
    const now = Math.floor(door.clock.now().getTime() / 1000);
    const good = { sub: owner.user.id, sid: session.id, exp: now + 60 };
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const tokens = [
      `${part({ alg: 'none', typ: 'at+jwt' })}.${part(good)}.`,
      await forge(good, 'the secret of another installation'),
      await forge({ ...good, exp: now - 1 }, secret),
      await forge({ ...good, nbf: now + 600 }, secret),
      await forge({ sub: good.sub, sid: good.sid }, secret),
      await forge({ ...good, sid: "' or 1=1" }, secret),
      await forge(good, secret, { alg: 'HS512' }),
      await forge(good, secret, { typ: 'JWT', kid: '../../etc/passwd' }),
      `${owner.accessToken.slice(0, -2)}xx`,
      'not.a.token',
    ];
    for (const token of tokens) expect(await me(token)).toMatchObject({ status: 401, code: 'INVALID_TOKEN' });
    expect((await me(await forge(good, secret))).status).toBe(200);
    const other = await door.register();
    expect((await me(await forge({ ...good, sub: other.user.id }, secret))).code).toBe('SESSION_REVOKED');
  });

  test('expire when the answer said they would', async () => {
    const owner = await door.register();
    door.clock.advance(604_801);
    expect((await me(owner.accessToken)).code).toBe('INVALID_TOKEN');
  });
});

describe('sessions', () => {
  test('logout ends this session at once and no other', async () => {
    const owner = await door.register();
    const other = await loginAs(owner.email);
    expect((await me(owner.accessToken)).status).toBe(200);
    expect((await door.ask('POST', '/auth/logout', { headers: owner.bearer })).data).toEqual({
      success: true,
    });
    expect((await me(owner.accessToken)).code).toBe('SESSION_REVOKED');
    expect((await refresh(owner.refreshToken)).code).toBe('INVALID_REFRESH_TOKEN');
    expect((await me(other.data.accessToken)).status).toBe(200);
  });

  test('are listed with their device and which one asks; revoking one or the others ends their tokens', async () => {
    const owner = await door.register();
    const edge = await loginAs(owner.email, goodPassword, {
      headers: { 'user-agent': 'Mozilla/5.0 Chrome/140.0 Safari/537 Edg/140.0' },
    });
    const curl = await loginAs(owner.email, goodPassword, { headers: { 'user-agent': 'curl/8.5.0' } });
    const { data } = await door.ask('GET', '/auth/sessions', { headers: owner.bearer });
    expect(data.map(({ device }: { device: string }) => device).sort()).toEqual(
      ['Edge', 'Other', 'cURL'].sort(),
    );
    expect(data.filter(({ current }: { current: boolean }) => current)).toHaveLength(1);
    const edgeId = data.find(({ device }: { device: string }) => device === 'Edge').id;
    expect((await door.ask('DELETE', `/auth/sessions/${edgeId}`, { headers: owner.bearer })).data).toEqual({
      success: true,
    });
    expect((await me(edge.data.accessToken)).code).toBe('SESSION_REVOKED');
    expect((await refresh(edge.data.refreshToken)).code).toBe('INVALID_REFRESH_TOKEN');
    const others = await door.ask('DELETE', '/auth/sessions', { headers: owner.bearer });
    expect(others.data).toEqual({ success: true, revokedCount: 1 });
    expect((await me(curl.data.accessToken)).status).toBe(401);
    expect((await me(owner.accessToken)).status).toBe(200);
  });

  test("another person's session and a malformed id are both unknown", async () => {
    const [owner, other] = [await door.register(), await door.register()];
    const {
      data: [session],
    } = await door.ask('GET', '/auth/sessions', { headers: other.bearer });
    for (const id of [session.id, 'nonsense', '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11']) {
      const answer = await door.ask('DELETE', `/auth/sessions/${id}`, { headers: owner.bearer });
      expect(answer).toMatchObject({ status: 404, code: 'SESSION_NOT_FOUND' });
    }
    expect((await me(other.accessToken)).status).toBe(200);
  });

  test('a session that ended on another node is dead here within a second', async () => {
    const owner = await door.register();
    const elsewhere = await door.node();
    expect((await me(owner.accessToken)).status).toBe(200);
    await elsewhere.inject({ method: 'POST', url: '/api/v1/auth/logout', headers: owner.bearer });
    door.clock.advance(1);
    expect((await me(owner.accessToken)).code).toBe('SESSION_REVOKED');
    await elsewhere.close();
  });

  test('me shows the user with the organisation and no secret', async () => {
    const owner = await door.register();
    const { data } = await me(owner.accessToken);
    expect(Object.keys(data).sort()).toEqual(
      [
        'id',
        'organizationId',
        'email',
        'name',
        'role',
        'isActive',
        'preferences',
        'lastLoginAt',
        'createdAt',
        'updatedAt',
        'twoFactorEnabled',
        'organization',
        'backupCodesRemaining',
      ].sort(),
    );
    expect(JSON.stringify(data)).not.toContain('argon2');
  });
});

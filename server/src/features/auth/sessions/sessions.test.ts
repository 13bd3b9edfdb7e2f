import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goodPassword, TestDoor } from '../../../../test/door.ts';

let door: TestDoor;
beforeAll(async () => {
  door = await TestDoor.open();
});
afterAll(() => door?.close());

const loginAs = (email: string, password = goodPassword, more = {}) =>
  door.ask('POST', '/auth/login', { payload: { email, password }, ...more });
const refresh = (refreshToken: string) => door.ask('POST', '/auth/refresh', { payload: { refreshToken } });
const me = (token: string) => door.ask('GET', '/auth/me', { headers: { authorization: `Bearer ${token}` } });

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

  test('are listed with their device and which one asks; revoking ends their tokens', async () => {
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

  test('say in words where they are, and are listed page by page', async () => {
    const owner = await door.register();
    const addresses = ['192.168.1.20', '203.0.113.7', 'fd00::7', '::ffff:10.0.0.8'];
    for (const remoteAddress of addresses) {
      door.clock.advance(1);
      expect((await loginAs(owner.email, goodPassword, { remoteAddress })).status).toBe(200);
    }
    const list = async (query = '') =>
      (await door.ask('GET', `/auth/sessions${query}`, { headers: owner.bearer })).data;
    const all = await list();
    const local = 'Local network';
    const places = all.map(({ place }: { place: string }) => place);
    expect(places).toEqual([local, local, '203.0.113.7', local, 'This machine']);
    expect(await list('?limit=2')).toEqual(all.slice(0, 2));
    expect(await list('?limit=2&offset=1')).toEqual(all.slice(1, 3));
    expect(await list('?offset=9')).toEqual([]);
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
        'emailVerified',
        'name',
        'role',
        'isActive',
        'preferences',
        'lastLoginAt',
        'createdAt',
        'updatedAt',
        'twoFactorEnabled',
        'organization',
        'permissions',
        'backupCodesRemaining',
      ].sort(),
    );
    expect(JSON.stringify(data)).not.toContain('argon2');
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goodPassword, TestDoor } from '../../../../test/door.ts';

let door: TestDoor;
beforeAll(async () => {
  door = await TestDoor.open();
});
afterAll(() => door?.close());

const page = { host: 'gate.example', origin: 'http://gate.example', 'x-session': 'cookie' };
const me = (token: string) => door.ask('GET', '/auth/me', { headers: { authorization: `Bearer ${token}` } });
const cookieOf = (headers: Record<string, unknown>) => String(headers['set-cookie'] ?? '');
const pairOf = (headers: Record<string, unknown>) => cookieOf(headers).split(';', 1)[0] ?? '';

async function signIn(headers: Record<string, string> = page) {
  const { email } = await door.register();
  const answer = await door.ask('POST', '/auth/login', {
    payload: { email, password: goodPassword },
    headers,
  });
  return { email, ...answer };
}
const refresh = (cookie: string, headers: Record<string, string> = page) =>
  door.ask('POST', '/auth/refresh', { headers: { ...headers, cookie } });

describe('a page of this server', () => {
  test('keeps its session in a cookie no script reads, and holds a token of 15 minutes', async () => {
    const { status, data, headers } = await signIn();
    expect(status).toBe(200);
    expect(data).toMatchObject({ accessToken: expect.any(String), expiresIn: 900 });
    expect(data).not.toHaveProperty('refreshToken');
    expect(cookieOf(headers)).toMatch(
      /^mwa_refresh=mwr_[\w-]+; Path=\/api\/v1\/auth; Max-Age=2592000; HttpOnly; SameSite=Strict$/,
    );
    expect((await me(data.accessToken)).status).toBe(200);
    door.clock.advance(901);
    expect((await me(data.accessToken)).code).toBe('INVALID_TOKEN');
    const next = await refresh(pairOf(headers));
    expect(next.data).toMatchObject({ expiresIn: 900 });
    expect(next.data).not.toHaveProperty('refreshToken');
    expect(pairOf(next.headers)).not.toBe(pairOf(headers));
    expect((await me(next.data.accessToken)).status).toBe(200);
  });

  test('signs out with its cookie, and a cookie of an ended session is taken away', async () => {
    const { data, headers } = await signIn();
    const cookie = pairOf(headers);
    const authorization = `Bearer ${data.accessToken}`;
    const out = await door.ask('POST', '/auth/logout', { headers: { ...page, cookie, authorization } });
    expect([out.data, cookieOf(out.headers)]).toEqual([
      { success: true },
      'mwa_refresh=; Path=/api/v1/auth; Max-Age=0; HttpOnly; SameSite=Strict',
    ]);
    const again = await refresh(cookie);
    expect([again.code, pairOf(again.headers)]).toEqual(['INVALID_REFRESH_TOKEN', 'mwa_refresh=']);
    expect((await refresh('other=1')).code).toBe('INVALID_REFRESH_TOKEN');
  });

  test('gets the cookie when it registers as well', async () => {
    const answer = await door.ask('POST', '/auth/register', {
      payload: { email: 'page@example.com', password: goodPassword, name: 'Ana', organizationName: 'Bakery' },
      headers: page,
    });
    expect([answer.status, answer.data.refreshToken]).toEqual([201, undefined]);
    expect((await refresh(pairOf(answer.headers))).status).toBe(200);
  });

  test('has a cookie for https only, below its path, where PUBLIC_URL says so', async () => {
    const { email } = await door.register();
    const node = await door.node({ PUBLIC_URL: 'https://gate.example/wa/' });
    const { headers, statusCode } = await node.inject({
      method: 'POST',
      url: '/api/v1/auth/login',
      payload: { email, password: goodPassword },
      headers: { 'x-session': 'cookie', host: 'inner:3000', origin: 'https://gate.example' },
    });
    expect([statusCode, cookieOf(headers)]).toEqual([
      200,
      expect.stringMatching(/; Path=\/wa\/api\/v1\/auth; .*; Secure$/),
    ]);
    await node.close();
  });
});

describe('nobody else', () => {
  test('acts through the cookie: other origins, none, and requests without the header are refused', async () => {
    const { headers, email, data } = await signIn();
    const cookie = pairOf(headers);
    const payload = { email, password: goodPassword };
    const authorization = `Bearer ${data.accessToken}`;
    const { origin: _, ...without } = page;
    const strangers = [
      { ...page, origin: 'https://evil.example' },
      { ...page, origin: 'http://gate.example:81' },
      { ...page, origin: 'null' },
      { ...page, 'sec-fetch-site': 'same-site' },
      without,
    ];
    for (const one of strangers) {
      expect((await refresh(cookie, one)).code).toBe('CROSS_ORIGIN_REFUSED');
      expect((await door.ask('POST', '/auth/login', { payload, headers: one })).code).toBe(
        'CROSS_ORIGIN_REFUSED',
      );
      const out = await door.ask('POST', '/auth/logout', { headers: { ...one, authorization } });
      expect(out.code).toBe('CROSS_ORIGIN_REFUSED');
    }
    const plain = await refresh(cookie, { host: page.host, origin: page.origin });
    expect(plain.body.error).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: [{ path: '/refreshToken', problem: 'is required' }],
    });
    expect((await door.ask('GET', '/auth/me', { headers: { ...page, cookie } })).status).toBe(401);
    expect((await refresh(cookie)).status).toBe(200);
  });

  test('sees a difference: programs get their tokens in the body, as ever', async () => {
    const { data, headers } = await signIn({});
    expect(data).toMatchObject({ refreshToken: expect.stringMatching(/^mwr_/), expiresIn: 604_800 });
    expect(headers['set-cookie']).toBeUndefined();
  });
});

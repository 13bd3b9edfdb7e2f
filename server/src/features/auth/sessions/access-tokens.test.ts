import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestDoor } from '../../../../test/door.ts';

let door: TestDoor;
beforeAll(async () => {
  door = await TestDoor.open();
});
afterAll(() => door?.close());

const me = (token: string) => door.ask('GET', '/auth/me', { headers: { authorization: `Bearer ${token}` } });

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

test('access tokens expire when the answer said they would', async () => {
  const owner = await door.register();
  door.clock.advance(604_801);
  expect((await me(owner.accessToken)).code).toBe('INVALID_TOKEN');
});

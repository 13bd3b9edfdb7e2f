import { createHmac, generateKeyPairSync } from 'node:crypto';
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
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Claims of a session that is really open. */
async function openSession() {
  const owner = await door.register();
  const { data } = await door.ask('GET', '/auth/sessions', { headers: owner.bearer });
  const now = Math.floor(door.clock.now().getTime() / 1000);
  return { owner, now, good: { sub: owner.user.id, sid: data[0].id, exp: now + 60 } };
}

test('forged, unsigned, early, late and foreign tokens are refused', async () => {
  const { owner, now, good } = await openSession();
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

test('a token that chooses its own algorithm, key or kind is refused', async () => {
  const { owner, good } = await openSession();
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const foreign = 'the secret of another installation';
  const signedAs = (header: object, key: string) => {
    const text = `${part(header)}.${part(good)}`;
    return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
  };
  const attacks: Record<string, string> = {
    'the PEM of a public key as the secret': await forge(good, pem),
    'another algorithm than the server has': await new SignJWT({ ...good })
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt' })
      .sign(privateKey),
    'RS256 in the header over an HMAC of the secret': signedAs({ alg: 'RS256', typ: 'at+jwt' }, secret),
    'a key from a file': await forge(good, foreign, { kid: '../../../../etc/passwd' }),
    'a key from an empty file': signedAs({ alg: 'HS256', typ: 'at+jwt', kid: '/dev/null' }, ''),
    'a key from a query': await forge(good, foreign, { kid: "' union select 'x" }),
    'a key it brings along': await forge(good, foreign, {
      jwk: { kty: 'oct', k: Buffer.from(foreign).toString('base64url') },
      jku: 'http://127.0.0.1/keys',
    }),
    'a refresh token': owner.refreshToken,
  };
  for (const alg of ['none', 'None', 'NONE', 'nOnE', '', 'hs256', null]) {
    attacks[`unsigned as ${alg}`] = `${part({ alg, typ: 'at+jwt' })}.${part(good)}.`;
    attacks[`signed as ${alg}`] = signedAs({ alg, typ: 'at+jwt' }, secret);
  }
  for (const typ of [undefined, '', 'JWT', 'jwt', 'rt+jwt', 'refresh', 'at+jwt ', null, 1, ['at+jwt']]) {
    attacks[`of the kind ${typ}`] = signedAs({ alg: 'HS256', typ }, secret);
  }
  const answers: [string, number, string][] = [];
  for (const [name, token] of Object.entries(attacks)) {
    const { status, code } = await me(token);
    answers.push([name, status, code]);
  }
  expect(answers).toEqual(Object.keys(attacks).map((name) => [name, 401, 'INVALID_TOKEN']));
  // With the right signature the same claims are accepted.
  expect((await me(signedAs({ alg: 'HS256', typ: 'at+jwt' }, secret))).status).toBe(200);
});

test('access tokens expire when the answer said they would', async () => {
  const owner = await door.register();
  door.clock.advance(604_801);
  expect((await me(owner.accessToken)).code).toBe('INVALID_TOKEN');
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { goodPassword, TestDoor } from '../../test/door.ts';

const proxy = '10.1.2.3';
let door: TestDoor;
beforeAll(async () => {
  door = await TestDoor.open({ TRUSTED_PROXIES: '10.0.0.0/8', REQUESTS_PER_MINUTE: '4' });
});
afterAll(() => door?.close());

let people = 0;
/** The address that is stored for a session that begins with these headers. */
async function storedFor(forwarded: string, remoteAddress = proxy): Promise<string> {
  door.clock.advance(3_600);
  const answer = await door.ask('POST', '/auth/register', {
    remoteAddress,
    headers: { 'x-forwarded-for': forwarded },
    payload: {
      email: `proxied${++people}@example.com`,
      password: goodPassword,
      name: 'Ana',
      organizationName: 'Corner Bakery',
    },
  });
  expect(answer.status).toBe(201);
  const headers = { authorization: `Bearer ${answer.data.accessToken}` };
  return (await door.ask('GET', '/auth/sessions', { headers })).data[0].ipAddress;
}

test.each([
  ['198.51.100.2:40001', '198.51.100.2'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['"[2001:db8::2]:443"', '2001:db8::2'],
  ['[2001:DB8::3]', '2001:db8::3'],
  ['2001:db8::4', '2001:db8::4'],
  ['fe80::1%eth0', 'fe80::1'],
  ['::ffff:198.51.100.3', '198.51.100.3'],
  ['203.0.113.1, 198.51.100.4:1, 10.9.9.9:8080', '198.51.100.4'],
  ['203.0.113.1, , 198.51.100.5', '198.51.100.5'],
  ['unknown', proxy],
  ['', proxy],
  ['203.0.113.1, _hidden, 10.9.9.9:8080', '10.9.9.9'],
  ['198.51.100.6:port', proxy],
  ['1', proxy],
])('behind a trusted proxy, X-Forwarded-For: %s is stored as %s', async (forwarded, address) => {
  expect(await storedFor(forwarded)).toBe(address);
});

test('from anybody else X-Forwarded-For counts for nothing, and a zone is not stored', async () => {
  expect(await storedFor('198.51.100.2:40001', '192.0.2.1')).toBe('192.0.2.1');
  expect(await storedFor('198.51.100.2', '::ffff:192.0.2.2')).toBe('192.0.2.2');
});

test('another port behind a proxy is no other caller: the limit counts them together', async () => {
  const ask = async (forwarded: string) =>
    (
      await door.ask('POST', '/auth/refresh', {
        remoteAddress: proxy,
        headers: { 'x-forwarded-for': forwarded },
        payload: { refreshToken: 'none' },
      })
    ).status;
  const statuses = [];
  for (let port = 40_001; port <= 40_006; port++) statuses.push(await ask(`198.51.100.77:${port}`));
  expect(statuses).toEqual([401, 401, 401, 401, 429, 429]);
  expect(await ask('198.51.100.78:40001')).toBe(401);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { goodPassword, type Owner, TestDoor } from '../../../../test/door.ts';

let door: TestDoor;
let owner: Owner;
beforeAll(async () => {
  door = await TestDoor.open();
  owner = await door.register();
});
afterAll(() => door?.close());

const preferences = () => door.ask('GET', '/auth/preferences', { headers: owner.bearer });
const replace = (payload: unknown) =>
  door.ask('PATCH', '/auth/preferences', {
    headers: { ...owner.bearer, 'content-type': 'application/json' },
    payload: JSON.stringify(payload),
  });

test('preferences are any object, come back as stored, and a new one replaces all of it', async () => {
  expect((await preferences()).data).toEqual({});
  const odd = { notifyOnMessage: false, 'a\nb': [1, { deep: null }], '': 'empty', name: 'Ünï🦊' };
  expect((await replace(odd)).data).toEqual({ success: true });
  expect((await preferences()).data).toEqual(odd);
  await replace({ emailNotifications: true });
  expect((await preferences()).data).toEqual({ emailNotifications: true });
  const { data } = await door.ask('GET', '/auth/me', { headers: owner.bearer });
  expect(data.preferences).toEqual({ emailNotifications: true });
});

test('what is no object or larger than 16 kB is refused and changes nothing', async () => {
  await replace({ kept: true });
  for (const wrong of [[], null, 'text', 5]) expect((await replace(wrong)).code).toBe('VALIDATION_ERROR');
  expect((await replace({ large: 'x'.repeat(16_384) })).code).toBe('BODY_TOO_LARGE');
  expect((await replace({ large: 'x'.repeat(16_000) })).status).toBe(200);
  await replace({ kept: true });
  expect((await preferences()).data).toEqual({ kept: true });
});

test('nothing in a body makes an object have what it did not have', async () => {
  const payload =
    '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}},"role":"owner"}';
  const headers = { ...owner.bearer, 'content-type': 'application/json' };
  await door.ask('PATCH', '/auth/preferences', { headers, payload });
  expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  const { data } = await door.ask('GET', '/auth/me', { headers });
  expect(data.isAdmin).toBeUndefined();
  const login = await door.ask('POST', '/auth/login', {
    payload: { email: owner.email, password: goodPassword, organizationId: 'x', isAdmin: true },
  });
  expect(login.status).toBe(200);
});

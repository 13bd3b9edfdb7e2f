import Type from 'typebox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Owner, TestDoor } from '../../../test/door.ts';
import { eventually } from '../../../test/kit/eventually.ts';
import type { App, Feature } from '../../platform/feature.ts';
import { permissions } from '../../platform/permissions.ts';
import { permissionsOfRole } from './roles.ts';
import { permissionsOfScopes, scopeNames } from './scopes.ts';

/** One route for each permission, so that the whole matrix is seen over HTTP. */
const everyPermission: Feature = {
  name: 'every-permission',
  routes(app: App) {
    for (const access of permissions) {
      app.get(
        `/may/${access.replace(':', '-')}`,
        { config: { access }, schema: { response: { 200: Type.Object({}) } } },
        async () => ({}),
      );
    }
  },
};

let door: TestDoor;
let owner: Owner;
beforeAll(async () => {
  door = await TestDoor.open({}, { extra: [everyPermission] });
  owner = await door.register();
});
afterAll(() => door?.close());

async function allowed(headers: Record<string, string>): Promise<string[]> {
  const found: string[] = [];
  for (const permission of permissions) {
    const { status } = await door.ask('GET', `/may/${permission.replace(':', '-')}`, { headers });
    expect([200, 403]).toContain(status);
    if (status === 200) found.push(permission);
  }
  return found;
}
async function makeKey(scopes: string[], as = owner.bearer): Promise<{ 'x-api-key': string }> {
  const { data } = await door.ask('POST', '/api-keys', {
    headers: as,
    payload: { name: 'k', permissions: scopes },
  });
  return { 'x-api-key': data.key };
}

test.each([
  ['owner', 51],
  ['admin', 48],
  ['member', 27],
  ['viewer', 10],
  ['constructor', 0],
])('the role %s may do what the table says and nothing else', async (role, count) => {
  const person = await door.register();
  await door.setRole(person.user.id, role);
  const found = await allowed(person.bearer);
  expect(found).toEqual(permissions.filter((permission) => permissionsOfRole(role).has(permission)));
  expect(found).toHaveLength(count);
});

describe('a key', () => {
  test.each([
    [['message:send'], ['message:send']],
    [['messages:write'], ['message:send', 'message:delete', 'conversation:assign']],
    [['messages:read', 'contacts:write'], permissionsOfScopes(['message:read', 'contacts:write'])],
    [['*'], permissions],
    [[], permissions],
  ])('with the scopes %j may do just that', async (scopes, expected) => {
    const found = await allowed(await makeKey(scopes));
    expect(found.sort()).toEqual([...expected].sort());
  });

  test('is bounded by what its owner may do now', async () => {
    const person = await door.register();
    const key = await makeKey(['*'], person.bearer);
    await door.setRole(person.user.id, 'viewer');
    expect(await allowed(key)).toEqual(permissions.filter((one) => permissionsOfRole('viewer').has(one)));
  });

  test('of a disabled person stops, and works as a bearer token before that', async () => {
    const person = await door.register();
    const key = await makeKey(['org:read'], person.bearer);
    const bearer = { authorization: `Bearer ${key['x-api-key']}` };
    expect((await door.ask('GET', '/may/org-read', { headers: bearer })).status).toBe(200);
    await door.house.database.pool.query('update users set is_active = false where id = $1', [
      person.user.id,
    ]);
    door.clock.advance(1);
    expect((await door.ask('GET', '/may/org-read', { headers: key })).code).toBe('INVALID_API_KEY');
  });

  test('beside an expired token is tried after it', async () => {
    const key = await makeKey(['org:read']);
    const headers = { ...key, authorization: 'Bearer expired.or.broken' };
    expect((await door.ask('GET', '/may/org-read', { headers })).status).toBe(200);
  });

  test('can not do what only a person may', async () => {
    const answer = await door.ask('GET', '/auth/me', { headers: await makeKey(['*']) });
    expect(answer).toMatchObject({ status: 403, code: 'PERMISSION_DENIED' });
  });
});

test('a scope allows only permissions of the catalogue, and reading webhooks is not managing', () => {
  for (const scope of scopeNames) {
    for (const permission of permissionsOfScopes([scope])) expect(permissions).toContain(permission);
  }
  expect(permissionsOfScopes(['webhooks:read'])).not.toContain('webhook:manage');
  expect(permissionsOfScopes(['__proto__', 'toString', 'nothing']).size).toBe(0);
});

test('last use is noted at most once a minute', async () => {
  const key = await makeKey(['org:read']);
  const lastUsed = async () => {
    const { rows } = await door.house.database.pool.query(
      'select last_used_at from api_keys where prefix = $1',
      [key['x-api-key'].slice(0, 12)],
    );
    return rows[0].last_used_at?.getTime();
  };
  const use = async () => {
    await door.ask('GET', '/may/org-read', { headers: key });
    await eventually(async () => expect(await lastUsed()).toBeTypeOf('number'));
  };
  await use();
  const first = await lastUsed();
  door.clock.advance(30);
  await use();
  expect(await lastUsed()).toBe(first);
  door.clock.advance(31);
  await use();
  await eventually(async () => expect(await lastUsed()).toBe(door.clock.now().getTime()));
});

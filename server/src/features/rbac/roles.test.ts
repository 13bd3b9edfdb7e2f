import { randomBytes, randomUUID } from 'node:crypto';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Owner, TestDoor } from '../../../test/door.ts';
import { permissions } from '../../platform/permissions.ts';
import { auditOf, colleague, systemRole } from './testing.ts';

let door: TestDoor;
let owner: Owner;
let other: Owner;
/** Somebody whose own role lets them manage roles, and little else. */
let manager: Owner;
const managed = ['profile:read', 'message:read', 'user:read', 'role:manage'];

beforeAll(async () => {
  door = await TestDoor.open();
  [owner, other] = [await door.register(), await door.register()];
  manager = await colleague(door, owner);
  const { data } = await create({ name: 'Role manager', permissions: managed });
  await ask('POST', '/assign', { userId: manager.user.id, roleId: data.id });
});
afterAll(() => door?.close());

type Headers = Record<string, string>;
const ask = (
  method: InjectOptions['method'],
  path: string,
  payload?: object,
  headers: Headers = owner.bearer,
) => door.ask(method, `/rbac${path}`, { headers, ...(payload && { payload }) });
const create = (payload: object, headers?: Headers) => ask('POST', '/roles', payload, headers);
const named = async (name: string, granted: string[] = ['message:read']): Promise<string> =>
  (await create({ name, permissions: granted })).data.id;

test('the catalogue says each permission in a sentence', async () => {
  const { status, data } = await ask('GET', '/permissions');
  expect(status).toBe(200);
  expect(data.map(({ key }: { key: string }) => key)).toEqual(permissions);
  for (const { key, description, category } of data) {
    expect(description, key).toMatch(/^[A-Z].{8,}\.$/);
    expect(category).toBe(key.split(':')[0]);
  }
});

test('system roles come first, then own ones by name; each counts its holders', async () => {
  await named('zebra');
  await named('Alpha');
  const { data } = await ask('GET', '/roles');
  const names = data.map(({ name }: { name: string }) => name);
  expect(names.slice(0, 6)).toEqual(['Admin', 'Manager', 'Member', 'Operator', 'Owner', 'Viewer']);
  expect(names.slice(6)).toEqual(['Alpha', 'Role manager', 'zebra']);
  const counts = Object.fromEntries(
    data.map((role: { name: string; _count: { users: number } }) => [role.name, role._count.users]),
  );
  expect(counts).toMatchObject({ Owner: 1, Member: 0, 'Role manager': 1, zebra: 0 });
  expect(data[0]).toMatchObject({ isSystem: true, systemKey: 'admin', description: expect.any(String) });
  expect(data[0].permissions).toHaveLength(48);
  expect((await ask('GET', '/roles?limit=2&offset=6')).data).toHaveLength(2);
});

test('a role is created with what it allows; every unknown permission is named by its place', async () => {
  const body = {
    name: ' Night shift ',
    description: '',
    permissions: ['message:send', 'message:read', 'message:send'],
  };
  const { status, data } = await create({ ...body, organizationId: other.user.organizationId });
  expect(status).toBe(201);
  expect(data).toEqual({
    id: expect.any(String),
    organizationId: owner.user.organizationId,
    name: 'Night shift',
    description: null,
    permissions: ['message:send', 'message:read'],
    isSystem: false,
    systemKey: null,
    createdAt: expect.any(String),
    updatedAt: expect.any(String),
  });
  const refused = await create({ name: 'x', permissions: ['root', 'message:read', 'message:*'] });
  expect(refused).toMatchObject({
    status: 400,
    body: {
      error: { code: 'VALIDATION_ERROR', details: [{ path: '/permissions/0' }, { path: '/permissions/2' }] },
    },
  });
  for (const wrong of [
    {},
    { name: ' ', permissions: [] },
    { name: 'y' },
    { name: 'y', permissions: 'all' },
  ]) {
    expect((await create(wrong)).status).toBe(400);
  }
});

test('a role name is taken whatever its case, within one organization', async () => {
  const body = { name: 'Front desk', permissions: [] };
  const both = await Promise.all([create(body), create({ ...body, name: 'FRONT DESK' })]);
  expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
  for (const name of ['front desk', 'admin']) {
    expect((await create({ ...body, name })).code).toBe('ROLE_NAME_TAKEN');
  }
  expect((await create(body, other.bearer)).status).toBe(201);
  const id = await named('Back desk');
  expect((await ask('PUT', `/roles/${id}`, { name: 'Front Desk' })).code).toBe('ROLE_NAME_TAKEN');
});

test('a changed role keeps what is absent, and counts for its holders from the next request on', async () => {
  const { data: role } = await create({
    name: 'Auditor',
    description: 'Reads along.',
    permissions: ['message:read', 'user:read', 'audit:read'],
  });
  const holder = await colleague(door, owner);
  await ask('POST', '/assign', { userId: holder.user.id, roleId: role.id });
  const look = () => ask('GET', `/roles/${role.id}`, undefined, holder.bearer);
  expect((await look()).status).toBe(200);

  const kept = await ask('PUT', `/roles/${role.id}`, { name: '', permissions: ['audit:read'] });
  expect(kept.data).toMatchObject({
    name: 'Auditor',
    description: 'Reads along.',
    permissions: ['audit:read'],
  });
  expect(await look()).toMatchObject({ status: 403, code: 'PERMISSION_DENIED' });

  const cleared = await ask('PUT', `/roles/${role.id}`, { name: 'Reader', description: null });
  expect(cleared.data).toMatchObject({ name: 'Reader', description: null, permissions: ['audit:read'] });
  expect((await ask('PUT', `/roles/${role.id}`, { permissions: ['audit:write'] })).status).toBe(400);
});

test('system roles are neither changed nor deleted', async () => {
  const id = await systemRole(door, owner, 'viewer');
  expect((await ask('PUT', `/roles/${id}`, { permissions: [...permissions] })).code).toBe('ROLE_IS_SYSTEM');
  expect(await ask('DELETE', `/roles/${id}`)).toMatchObject({ status: 409, code: 'ROLE_IS_SYSTEM' });
});

test('a role somebody holds or is invited to stays; after that it can go', async () => {
  const { db } = door.house.database;
  const id = await named('Temporary');
  const holder = await colleague(door, owner);
  await ask('POST', '/assign', { userId: holder.user.id, roleId: id });
  expect(await ask('DELETE', `/roles/${id}`)).toMatchObject({ status: 409, code: 'ROLE_IN_USE' });
  await ask('DELETE', `/users/${holder.user.id}/organizations/${owner.user.organizationId}`);

  const now = door.clock.now();
  const invitation = {
    id: randomUUID(),
    organization_id: owner.user.organizationId,
    role_id: id,
    created_at: now,
  };
  const invited = {
    email: 'new@example.com',
    name: 'New',
    delivery: 'link',
    token_hash: randomBytes(32),
    invited_by: null,
  };
  const expires_at = new Date(now.getTime() + 60_000);
  await db
    .insertInto('invitations')
    .values({ ...invitation, ...invited, expires_at })
    .execute();
  expect((await ask('DELETE', `/roles/${id}`)).code).toBe('ROLE_IN_USE');
  door.clock.advance(61);
  expect((await ask('DELETE', `/roles/${id}`)).data).toEqual({ success: true });
  expect((await ask('DELETE', `/roles/${id}`)).code).toBe('ROLE_NOT_FOUND');
});

test('a role of another organization is unknown, and so is an id that is none', async () => {
  const id = await named('Ours');
  for (const wanted of [id, randomUUID(), 'nonsense']) {
    for (const method of ['GET', 'PUT', 'DELETE'] as const) {
      const answer = await ask(
        method,
        `/roles/${wanted}`,
        method === 'PUT' ? { name: 'Mine' } : undefined,
        other.bearer,
      );
      expect([method, answer.status, answer.code]).toEqual([method, 404, 'ROLE_NOT_FOUND']);
    }
  }
  expect((await ask('GET', `/roles/${id}`)).data.name).toBe('Ours');
});

test('nobody makes a role that may do more than they, nor changes one that does', async () => {
  const wide = await create(
    { name: 'Wide', permissions: ['message:read', 'message:send', 'org:update'] },
    manager.bearer,
  );
  expect(wide).toMatchObject({
    status: 403,
    body: {
      error: { code: 'GRANT_TOO_WIDE', details: [{ path: '/permissions' }, { path: '/permissions' }] },
    },
  });
  const narrow = await create({ name: 'Narrow', permissions: ['message:read'] }, manager.bearer);
  expect(narrow.status).toBe(201);
  const change = (id: string, body: object) => ask('PUT', `/roles/${id}`, body, manager.bearer);
  expect((await change(narrow.data.id, { permissions: ['message:send'] })).code).toBe('GRANT_TOO_WIDE');
  const strong = await named('Strong', ['org:update']);
  expect((await change(strong, { permissions: [] })).code).toBe('PERMISSION_DENIED');
  expect((await ask('DELETE', `/roles/${strong}`, undefined, manager.bearer)).code).toBe('PERMISSION_DENIED');
  const key = await door.ask('POST', '/api-keys', {
    headers: owner.bearer,
    payload: { name: 'k', permissions: ['role:manage', 'message:read'] },
  });
  const byKey = await create({ name: 'By key', permissions: ['org:update'] }, { 'x-api-key': key.data.key });
  expect(byKey.code).toBe('GRANT_TOO_WIDE');
});

test('a role shows who holds it, and no secret of theirs', async () => {
  const { db } = door.house.database;
  await db
    .updateTable('users')
    .set({ two_factor_secret: Buffer.from('canary-of-2fa') })
    .where('organization_id', '=', owner.user.organizationId)
    .execute();
  const { data } = await ask('GET', `/roles/${await systemRole(door, owner, 'owner')}`);
  expect(data).toMatchObject({ name: 'Owner', systemKey: 'owner', _count: { users: 1 } });
  expect(data.users).toEqual([
    {
      id: owner.user.id,
      userId: owner.user.id,
      roleId: data.id,
      organizationId: owner.user.organizationId,
      workspaceId: null,
      profileId: null,
      createdAt: expect.any(String),
      user: { id: owner.user.id, name: 'Ana', email: owner.email, role: 'owner', isActive: true },
    },
  ]);
  const roles = (await ask('GET', '/roles')).data as { id: string; name: string }[];
  const answer = await ask('GET', `/roles/${roles.find(({ name }) => name === 'Role manager')?.id}`);
  expect(answer.data.users).toMatchObject([
    { userId: manager.user.id, user: { email: manager.email, role: 'member' } },
  ]);
  expect(JSON.stringify(answer.body)).not.toMatch(/password|secret|backup|\$argon/i);
});

test('changing roles needs role:manage; a key that only sends or is bound may not even look', async () => {
  const id = await named('Untouched');
  const key = await door.ask('POST', '/api-keys', {
    headers: owner.bearer,
    payload: { name: 'k', permissions: ['message:send'] },
  });
  const org = owner.user.organizationId;
  const changes: [InjectOptions['method'], string, object?][] = [
    ['POST', '/roles', { name: 'Mine', permissions: [] }],
    ['PUT', `/roles/${id}`, { name: 'Mine' }],
    ['DELETE', `/roles/${id}`],
    ['POST', '/assign', { userId: manager.user.id, roleId: id }],
    ['DELETE', `/users/${manager.user.id}/organizations/${org}`],
    ['POST', `/organizations/${org}/seed`],
  ];
  const reads: typeof changes = [
    ['GET', '/permissions'],
    ['GET', '/roles'],
    ['GET', `/roles/${id}`],
    ['GET', `/users/${owner.user.id}/roles`],
    ['GET', `/users/${owner.user.id}/permissions`],
  ];
  for (const role of ['admin', 'member', 'viewer']) {
    const { bearer } = await colleague(door, owner, role);
    for (const [method, path, body] of changes) {
      expect([role, method, path, (await ask(method, path, body, bearer)).status]).toEqual([
        role,
        method,
        path,
        403,
      ]);
    }
    expect((await ask('GET', '/roles', undefined, bearer)).status).toBe(200);
  }
  const payload = { name: 'bound' };
  const bound = await door.ask('POST', '/api-keys', { headers: owner.bearer, payload });
  await door.house.database.db
    .updateTable('api_keys')
    .set({ profile_ids: [randomUUID()] })
    .where('id', '=', bound.data.id)
    .execute();
  for (const { data } of [key, bound]) {
    for (const [method, path, body] of [...changes, ...reads]) {
      const answer = await ask(method, path, body, { 'x-api-key': data.key });
      expect([method, path, answer.status]).toEqual([method, path, 403]);
    }
  }
});

test('seeding adds the system roles that are missing, as often as it is asked', async () => {
  const { db } = door.house.database;
  const org = other.user.organizationId;
  await db
    .deleteFrom('roles')
    .where('organization_id', '=', org)
    .where('system_key', 'in', ['manager', 'operator'])
    .execute();
  const keys = async () =>
    ((await ask('GET', '/roles', undefined, other.bearer)).data as { systemKey: string | null }[]).flatMap(
      ({ systemKey }) => systemKey ?? [],
    );
  expect(await keys()).toHaveLength(4);
  for (const _time of [1, 2]) {
    const answer = await ask('POST', `/organizations/${org}/seed`, {}, other.bearer);
    expect(answer).toMatchObject({ status: 201, data: { success: true } });
    expect(await keys()).toHaveLength(6);
  }
  expect(await auditOf(door, org)).toMatchObject([
    { action: 'role.create', user_id: other.user.id, metadata: { systemRoles: ['manager', 'operator'] } },
  ]);
  expect(await ask('POST', `/organizations/${org}/seed`, {})).toMatchObject({
    status: 404,
    code: 'ORGANIZATION_NOT_FOUND',
  });
});

test('every change of a role is in the audit log, with what was and what is', async () => {
  const { data: role } = await create({
    name: 'Logged',
    description: 'A secret note',
    permissions: ['message:read'],
  });
  await ask('PUT', `/roles/${role.id}`, { permissions: ['message:send'], description: 'Another note' });
  await ask('DELETE', `/roles/${role.id}`);
  const rows = await auditOf(door, role.id);
  expect(rows).toMatchObject([
    { action: 'role.create', metadata: { after: { name: 'Logged', permissions: ['message:read'] } } },
    {
      action: 'role.update',
      metadata: {
        fields: ['description'],
        before: { permissions: ['message:read'] },
        after: { permissions: ['message:send'] },
      },
    },
    { action: 'role.delete', metadata: { before: { name: 'Logged', permissions: ['message:send'] } } },
  ]);
  for (const row of rows) {
    expect(row).toMatchObject({
      user_id: owner.user.id,
      organization_id: owner.user.organizationId,
      ip_address: '127.0.0.1',
    });
  }
  expect(JSON.stringify(rows)).not.toContain('note');
});

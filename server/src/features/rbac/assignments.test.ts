import { randomUUID } from 'node:crypto';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Owner, TestDoor } from '../../../test/door.ts';
import { permissions } from '../../platform/permissions.ts';
import { auditOf, colleague, place, systemRole } from './testing.ts';

let door: TestDoor;
let owner: Owner;
let other: Owner;
let ben: Owner;
/** Manages roles and may read messages; no more. */
let manager: Owner;
let reader: string;
let org: string;

beforeAll(async () => {
  door = await TestDoor.open();
  [owner, other] = [await door.register(), await door.register()];
  org = owner.user.organizationId;
  ben = await colleague(door, owner);
  manager = await colleague(door, owner);
  reader = await role('Reader', ['message:read', 'user:read']);
  const managing = await role('Role manager', ['message:read', 'user:read', 'role:manage']);
  await assign({ userId: manager.user.id, roleId: managing });
});
afterAll(() => door?.close());

type Headers = Record<string, string>;
const ask = (
  method: InjectOptions['method'],
  path: string,
  payload?: object,
  headers: Headers = owner.bearer,
) => door.ask(method, `/rbac${path}`, { headers, ...(payload && { payload }) });
const role = async (name: string, granted: string[], headers?: Headers): Promise<string> =>
  (await ask('POST', '/roles', { name, permissions: granted }, headers)).data.id;
const assign = (payload: object, headers?: Headers) => ask('POST', '/assign', payload, headers);
const unassign = (userId: string, query = '', headers?: Headers) =>
  ask('DELETE', `/users/${userId}/organizations/${org}${query}`, undefined, headers);
const rolesOf = async (userId: string) => (await ask('GET', `/users/${userId}/roles`)).data;
const allowed = async (userId: string, query = ''): Promise<string[]> =>
  (await ask('GET', `/users/${userId}/permissions${query}`)).data;
const baseOf = async (userId: string) => {
  const { db } = door.house.database;
  return (await db.selectFrom('users').select('role').where('id', '=', userId).executeTakeFirstOrThrow())
    .role;
};

test('an own role replaces the base role from the next request on; again changes nothing', async () => {
  const manages = await role('Keeper of roles', ['role:manage', 'message:read']);
  const attempt = () => ask('POST', '/roles', { name: randomUUID(), permissions: [] }, ben.bearer);
  expect((await attempt()).status).toBe(403);
  const { status, data } = await assign({ userId: ben.user.id, roleId: manages });
  expect(status).toBe(201);
  expect(data).toEqual({
    id: expect.any(String),
    userId: ben.user.id,
    roleId: manages,
    organizationId: org,
    workspaceId: null,
    profileId: null,
    createdAt: expect.any(String),
  });
  expect((await attempt()).status).toBe(201);
  const rows = await auditOf(door, ben.user.id);
  door.clock.advance(5);
  expect((await assign({ userId: ben.user.id, roleId: manages })).data).toEqual(data);
  expect(await auditOf(door, ben.user.id)).toEqual(rows);
  expect(await allowed(ben.user.id)).toEqual(['message:read', 'role:manage']);

  expect((await unassign(ben.user.id)).data).toEqual({ success: true });
  expect((await attempt()).status).toBe(403);
  expect(rows).toMatchObject([
    {
      action: 'role.assign',
      user_id: owner.user.id,
      organization_id: org,
      metadata: { before: { role: 'member' }, after: { role: manages }, roleId: manages },
    },
  ]);
  expect(await auditOf(door, ben.user.id)).toMatchObject([
    {},
    { action: 'role.unassign', metadata: { before: { role: manages }, after: { role: 'viewer' } } },
  ]);
});

test('a base role lives in the person and ends a grant; manager and operator are grants', async () => {
  const { id } = ben.user;
  const give = async (key: string) => assign({ userId: id, roleId: await systemRole(door, owner, key) });
  for (const key of ['manager', 'admin', 'operator', 'viewer', 'member', 'admin']) {
    expect((await give(key)).status).toBe(201);
    const isBase = !['manager', 'operator'].includes(key);
    expect(await baseOf(id)).toBe(isBase ? key : 'member');
    const [held, ...more] = await rolesOf(id);
    expect(more).toEqual([]);
    expect(held).toMatchObject({
      userId: id,
      role: { systemKey: key, isSystem: true },
      organization: { id: org },
    });
    expect(held.id === id).toBe(isBase);
    expect(await allowed(id)).toEqual(held.role.permissions);
  }
  const again = await give('admin');
  expect(again.data.id).toBe(id);
  expect((await rolesOf(id))[0].createdAt).toBe(again.data.createdAt);
});

test.each([
  ['admin', 'member'],
  ['manager', 'member'],
  ['operator', 'viewer'],
  ['member', 'member'],
  ['viewer', 'viewer'],
])('taking the role %s away leaves a %s: it never gives anything', async (key, left) => {
  await assign({ userId: ben.user.id, roleId: await systemRole(door, owner, key) });
  for (const _time of [1, 2]) {
    expect(await unassign(ben.user.id)).toMatchObject({ status: 200, data: { success: true } });
    expect(await baseOf(ben.user.id)).toBe(left);
    expect(await rolesOf(ben.user.id)).toMatchObject([{ id: ben.user.id, role: { systemKey: left } }]);
  }
});

test('a role in a workspace or for a profile counts there besides, and nowhere else', async () => {
  const [one, two] = [await place(door, owner), await place(door, owner)];
  const { id } = ben.user;
  await assign({ userId: id, roleId: await systemRole(door, owner, 'viewer') });
  const deleter = await role('Deleter', ['message:delete', 'profile:create', 'org:update']);
  const sender = await role('Sender', ['message:send', 'profile:create']);
  const inWorkspace = await assign({
    userId: id,
    roleId: deleter,
    workspaceId: one.workspaceId,
    profileId: null,
  });
  const forProfile = await assign({ userId: id, roleId: sender, profileId: two.profileId, workspaceId: '' });
  expect(inWorkspace.data).toMatchObject({ workspaceId: one.workspaceId, profileId: null });
  expect(forProfile.data).toMatchObject({ workspaceId: null, profileId: two.profileId });

  const base = await allowed(id);
  const besides = async (query: string) => (await allowed(id, query)).filter((name) => !base.includes(name));
  expect(base).not.toContain('message:send');
  expect(await besides(`?workspaceId=${one.workspaceId}`)).toEqual(['profile:create', 'message:delete']);
  expect(await besides(`?profileId=${one.profileId}`)).toEqual(['message:delete']);
  expect(await besides(`?profileId=${two.profileId}`)).toEqual(['message:send']);
  expect(await besides(`?workspaceId=${two.workspaceId}`)).toEqual([]);
  expect(await rolesOf(id)).toMatchObject([
    { role: { systemKey: 'viewer' } },
    { roleId: deleter, workspaceId: one.workspaceId },
    { roleId: sender, profileId: two.profileId },
  ]);

  const replaced = await assign({ userId: id, roleId: sender, workspaceId: one.workspaceId });
  expect(replaced.data).toMatchObject({ id: inWorkspace.data.id, roleId: sender });
  expect(await besides(`?profileId=${one.profileId}`)).toEqual(['message:send']);
  for (const _time of [1, 2]) {
    expect((await unassign(id, `?workspaceId=${one.workspaceId}`)).data).toEqual({ success: true });
  }
  expect(await besides(`?workspaceId=${one.workspaceId}`)).toEqual([]);
  expect(await besides(`?profileId=${two.profileId}`)).toEqual(['message:send']);
  await unassign(id, `?profileId=${two.profileId}`);
  expect(await rolesOf(id)).toHaveLength(1);
});

test('the role of the owner is neither given nor taken', async () => {
  const protectedBy = async (answer: Promise<{ status: number; code: string }>) => {
    const { status, code } = await answer;
    expect([status, code]).toEqual([403, 'OWNER_PROTECTED']);
  };
  const admin = await systemRole(door, owner, 'admin');
  const ownerRole = await systemRole(door, owner, 'owner');
  const { workspaceId } = await place(door, owner);
  await protectedBy(assign({ userId: ben.user.id, roleId: ownerRole }));
  await protectedBy(assign({ userId: ben.user.id, roleId: ownerRole, workspaceId }));
  await protectedBy(assign({ userId: owner.user.id, roleId: admin }));
  await protectedBy(assign({ userId: owner.user.id, roleId: reader }, manager.bearer));
  await protectedBy(unassign(owner.user.id));
  await protectedBy(unassign(owner.user.id, '', manager.bearer));
  expect(await allowed(owner.user.id)).toEqual(permissions);
});

test('nobody gives more than they have, changes themselves, or somebody who may do more', async () => {
  const { id } = ben.user;
  const viewer = await systemRole(door, owner, 'viewer');
  const refused = async (answer: Promise<{ status: number; code: string }>, code: string) =>
    expect(await answer).toMatchObject({ status: 403, code });
  await assign({ userId: id, roleId: reader });

  await refused(assign({ userId: id, roleId: viewer }, manager.bearer), 'GRANT_TOO_WIDE');
  const strong = await role('Strong', ['org:update']);
  await refused(assign({ userId: id, roleId: strong }, manager.bearer), 'GRANT_TOO_WIDE');
  await refused(unassign(id, '', manager.bearer), 'GRANT_TOO_WIDE');
  await refused(assign({ userId: manager.user.id, roleId: reader }, manager.bearer), 'PERMISSION_DENIED');
  await refused(unassign(manager.user.id, '', manager.bearer), 'PERMISSION_DENIED');
  const { workspaceId } = await place(door, owner);
  await refused(
    assign({ userId: manager.user.id, roleId: reader, workspaceId }, manager.bearer),
    'PERMISSION_DENIED',
  );

  expect((await assign({ userId: id, roleId: reader, workspaceId }, manager.bearer)).status).toBe(201);
  await assign({ userId: id, roleId: strong, workspaceId });
  await refused(assign({ userId: id, roleId: reader, workspaceId }, manager.bearer), 'PERMISSION_DENIED');
  await refused(unassign(id, `?workspaceId=${workspaceId}`, manager.bearer), 'PERMISSION_DENIED');
  await unassign(id, `?workspaceId=${workspaceId}`);
});

test('people, roles and places of another organization are unknown, and so are ids that are none', async () => {
  const { workspaceId, profileId } = await place(door, other);
  const foreignRole = await role('Theirs', [], other.bearer);
  const cases: [object, string][] = [
    ...[other.user.id, randomUUID(), 'nonsense'].map((userId): [object, string] => [
      { userId },
      'MEMBER_NOT_FOUND',
    ]),
    ...[foreignRole, randomUUID(), 'nonsense'].map((roleId): [object, string] => [
      { roleId },
      'ROLE_NOT_FOUND',
    ]),
    ...[workspaceId, 'x'].map((id): [object, string] => [{ workspaceId: id }, 'WORKSPACE_NOT_FOUND']),
    ...[profileId, 'x'].map((id): [object, string] => [{ profileId: id }, 'PROFILE_NOT_FOUND']),
  ];
  for (const [change, code] of cases) {
    const answer = await assign({ userId: ben.user.id, roleId: reader, ...change });
    expect([change, answer.status, answer.code]).toEqual([change, 404, code]);
  }
  const both = await place(door, owner);
  expect((await assign({ userId: ben.user.id, roleId: reader, ...both })).status).toBe(400);

  for (const id of [other.user.id, 'nonsense']) {
    expect((await unassign(id)).code).toBe('MEMBER_NOT_FOUND');
    for (const list of ['roles', 'permissions']) {
      expect((await ask('GET', `/users/${id}/${list}`)).code).toBe('MEMBER_NOT_FOUND');
    }
  }
  for (const id of [other.user.organizationId, 'nonsense']) {
    const answer = await ask('DELETE', `/users/${ben.user.id}/organizations/${id}`);
    expect(answer).toMatchObject({ status: 404, code: 'ORGANIZATION_NOT_FOUND' });
  }
  const held = await rolesOf(ben.user.id);
  expect((await unassign(ben.user.id, '?workspaceId=')).code).toBe('WORKSPACE_NOT_FOUND');
  expect((await unassign(ben.user.id, `?profileId=${profileId}`)).code).toBe('PROFILE_NOT_FOUND');
  expect(await rolesOf(ben.user.id)).toEqual(held);
});

test('what others hold needs user:read; everybody sees what they may do themselves', async () => {
  const blind = await role('Blind', ['message:read']);
  await assign({ userId: ben.user.id, roleId: blind });
  for (const list of ['roles', 'permissions']) {
    const others = await ask('GET', `/users/${owner.user.id}/${list}`, undefined, ben.bearer);
    expect(others).toMatchObject({ status: 403, code: 'PERMISSION_DENIED' });
  }
  const me = await door.ask('GET', '/auth/me', { headers: ben.bearer });
  expect(me.data.permissions).toEqual(['message:read']);
});

test('a role that is given and deleted at once is either held or gone, never both', async () => {
  for (let round = 0; round < 4; round++) {
    const id = await role(`Contested ${round}`, ['message:read']);
    const [given, deleted] = await Promise.all([
      assign({ userId: ben.user.id, roleId: id }),
      ask('DELETE', `/roles/${id}`),
    ]);
    const statuses = [given.status, deleted.status];
    expect([
      [201, 409],
      [404, 200],
    ]).toContainEqual(statuses);
    expect((await rolesOf(ben.user.id))[0].roleId === id).toBe(given.status === 201);
  }
});

test('two who give one person different roles at once leave just one of them', async () => {
  const admin = await systemRole(door, owner, 'admin');
  for (let round = 0; round < 4; round++) {
    const both = await Promise.all([reader, admin].map((roleId) => assign({ userId: ben.user.id, roleId })));
    expect(both.map(({ status }) => status)).toEqual([201, 201]);
    const held = await rolesOf(ben.user.id);
    expect(held).toHaveLength(1);
    expect(await baseOf(ben.user.id)).toBe(held[0].roleId === admin ? 'admin' : 'member');
  }
});

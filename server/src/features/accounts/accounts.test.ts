import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Owner, TestDoor } from '../../../test/door.ts';

let door: TestDoor;
let owner: Owner;
let other: Owner;
beforeAll(async () => {
  door = await TestDoor.open();
  owner = await door.register();
  other = await door.register();
});
afterAll(() => door?.close());

const create = (payload: object, headers = owner.bearer) =>
  door.ask('POST', '/accounts', { headers, payload });
const unknown = '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11';

test('an account is made in the first workspace, with defaults for what is absent, null or empty', async () => {
  const { status, data } = await create({
    name: '',
    description: null,
    organizationId: other.user.organizationId,
  });
  expect(status).toBe(201);
  expect(data).toMatchObject({ name: 'New Account', description: null, settings: {}, status: 'ACTIVE' });
  const { data: workspaces } = await door.ask('GET', '/workspaces', { headers: owner.bearer });
  expect(data.workspaceId).toBe(workspaces[0].id);
  expect(workspaces[0]._count).toEqual({ profiles: 0 });
  const got = await door.ask('GET', `/accounts/${data.id}`, { headers: owner.bearer });
  expect(got.data).toEqual({ ...data, workspace: expect.objectContaining({ slug: 'default' }) });
});

test('accounts are listed newest first, without those of others and the deleted', async () => {
  door.clock.advance(1);
  const { data: newest } = await create({ name: 'Newest' });
  door.clock.advance(1);
  const { data: gone } = await create({ name: 'Gone' });
  const removed = await door.ask('DELETE', `/accounts/${gone.id}`, { headers: owner.bearer });
  expect(removed.data.status).toBe('DELETED');
  const { data } = await door.ask('GET', '/accounts', { headers: owner.bearer });
  expect(data[0].id).toBe(newest.id);
  expect(data.map(({ id }: { id: string }) => id)).not.toContain(gone.id);
  expect((await door.ask('GET', '/accounts', { headers: other.bearer })).data).toHaveLength(1);
  for (const method of ['GET', 'DELETE', 'PUT'] as const) {
    expect((await door.ask(method, `/accounts/${gone.id}`, { headers: owner.bearer })).code).toBe(
      'ACCOUNT_NOT_FOUND',
    );
  }
});

test('a change keeps what is absent or empty, and null clears what may be empty', async () => {
  const { data } = await create({ name: 'Shop', description: 'Phones', settings: { a: 1 } });
  const put = (payload: object) =>
    door.ask('PUT', `/accounts/${data.id}`, { headers: owner.bearer, payload });
  expect((await put({})).data).toMatchObject({ name: 'Shop', description: 'Phones', settings: { a: 1 } });
  expect((await put({ name: '', description: '' })).data).toMatchObject({
    name: 'Shop',
    description: 'Phones',
  });
  expect((await put({ description: null, settings: { b: 2 } })).data).toMatchObject({
    description: null,
    settings: { b: 2 },
  });
  expect((await put({ name: null })).status).toBe(400);
});

test.each(['GET', 'PUT', 'DELETE'] as const)(
  '%s on an account of another, unknown or malformed id is 404',
  async (method) => {
    const {
      data: [foreign],
    } = await door.ask('GET', '/accounts', { headers: other.bearer });
    for (const id of [foreign.id, unknown, 'nonsense']) {
      const answer = await door.ask(method, `/accounts/${id}`, { headers: owner.bearer });
      expect(answer).toMatchObject({ status: 404, code: 'ACCOUNT_NOT_FOUND' });
    }
  },
);

test('a workspace of another organisation is unknown, for reading and for new accounts', async () => {
  const {
    data: [foreign],
  } = await door.ask('GET', '/workspaces', { headers: other.bearer });
  for (const id of [foreign.id, unknown, 'nonsense']) {
    expect((await door.ask('GET', `/workspaces/${id}`, { headers: owner.bearer })).code).toBe(
      'WORKSPACE_NOT_FOUND',
    );
    expect((await create({ workspaceId: id })).code).toBe('WORKSPACE_NOT_FOUND');
  }
  const own = await door.ask('GET', `/workspaces/${foreign.id}`, { headers: other.bearer });
  expect(own.data).toMatchObject({ id: foreign.id, profiles: [] });
});

test('a viewer reads and changes nothing', async () => {
  const viewer = await door.register();
  await door.setRole(viewer.user.id, 'viewer');
  expect((await door.ask('GET', '/accounts', { headers: viewer.bearer })).status).toBe(200);
  expect((await create({}, viewer.bearer)).code).toBe('PERMISSION_DENIED');
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Owner, TestDoor } from '../../../test/door.ts';
import { eventually } from '../../../test/kit/eventually.ts';
import { makeProfile } from '../../platform/events/testing.ts';

let door: TestDoor;
let owner: Owner;
let member: Owner;
let stranger: Owner;
beforeAll(async () => {
  door = await TestDoor.open();
  [owner, member, stranger] = [await door.register(), await door.register(), await door.register()];
  const { organizationId } = owner.user;
  await door.house.database.db
    .updateTable('users')
    .set({ organization_id: organizationId, role: 'member' })
    .where('id', '=', member.user.id)
    .execute();
  door.clock.advance(1);
});
afterAll(() => door?.close());

type Headers = Record<string, string>;
const create = (payload: object, headers: Headers = owner.bearer) =>
  door.ask('POST', '/api-keys', { headers, payload });
const list = (headers: Headers, query = '') => door.ask('GET', `/api-keys${query}`, { headers });
const revoke = (id: string, headers: Headers) => door.ask('DELETE', `/api-keys/${id}`, { headers });
const auditOf = (id: string) =>
  door.house.database.db
    .selectFrom('audit_logs')
    .select(['action', 'metadata', 'api_key_id'])
    .where('resource_id', '=', id)
    .orderBy('id')
    .execute();

test('a key is bound to profiles its maker knows, and says which; any other profile is unknown', async () => {
  const { db } = door.house.database;
  const mine = await makeProfile(db, owner.user.organizationId);
  const theirs = await makeProfile(db, stranger.user.organizationId);
  const { status, data } = await create({ name: 'k', profileIds: [mine, mine] });
  expect([status, data.profileIds]).toEqual([201, [mine]]);
  const found = (await list(owner.bearer)).data.find(({ id }: { id: string }) => id === data.id);
  expect(found.profileIds).toEqual([mine]);
  expect((await create({ name: 'k', profileIds: [] })).data.profileIds).toBeNull();
  for (const id of [theirs, 'nonsense']) {
    expect(await create({ name: 'k', profileIds: [mine, id] })).toMatchObject({
      status: 404,
      code: 'PROFILE_NOT_FOUND',
    });
  }
});

test('a key that is bound to profiles makes, lists and revokes no keys', async () => {
  const mine = await makeProfile(door.house.database.db, owner.user.organizationId);
  const { data } = await create({ name: 'bound', profileIds: [mine] });
  const bound = { 'x-api-key': data.key };
  const answers = [
    await create({ name: 'k' }, bound),
    await create({ name: 'k', profileIds: [mine] }, bound),
    await list(bound),
    await revoke(data.id, bound),
  ];
  for (const answer of answers) expect(answer).toMatchObject({ status: 403, code: 'PERMISSION_DENIED' });
});

test('a key made by a key stays within it also when its owner may do more later', async () => {
  const maker = await create({ name: 'maker', permissions: ['apikey:create', 'message:read'] });
  const headers = { 'x-api-key': maker.data.key };
  for (const permissions of [[], ['*'], ['profile:read']]) {
    expect((await create({ name: 'k', permissions }, headers)).code).toBe('KEY_TOO_WIDE');
  }
  expect((await create({ name: 'k', permissions: ['message:read'] }, headers)).status).toBe(201);
  const everything = await create({ name: 'all' });
  expect((await create({ name: 'k' }, { 'x-api-key': everything.data.key })).status).toBe(201);
});

test('a key that was just revoked makes no key any more, on any node', async () => {
  const { data } = await create({ name: 'maker' });
  const headers = { 'x-api-key': data.key };
  expect((await list(headers)).status).toBe(200);
  await door.house.database.db.deleteFrom('api_keys').where('id', '=', data.id).execute();
  expect((await create({ name: 'k' }, headers)).code).toBe('INVALID_API_KEY');
});

test('only who may change people lists and revokes keys of others in the organisation', async () => {
  const admin = member;
  await door.setRole(admin.user.id, 'admin');
  const { data } = await create({ name: 'leaked' });
  const theirs = (await list(admin.bearer, `?userId=${owner.user.id}`)).data;
  expect(theirs.map(({ id }: { id: string }) => id)).toContain(data.id);
  for (const id of [stranger.user.id, 'nonsense']) {
    expect((await list(admin.bearer, `?userId=${id}`)).code).toBe('MEMBER_NOT_FOUND');
  }
  expect((await list(stranger.bearer, `?userId=${owner.user.id}`)).code).toBe('MEMBER_NOT_FOUND');
  const reading = await create(
    { name: 'reader', permissions: ['apikey:read', 'apikey:delete'] },
    admin.bearer,
  );
  const headers = { 'x-api-key': reading.data.key };
  expect((await list(headers, `?userId=${owner.user.id}`)).code).toBe('PERMISSION_DENIED');
  expect((await revoke(data.id, headers)).code).toBe('API_KEY_NOT_FOUND');
  expect((await revoke(data.id, stranger.bearer)).code).toBe('API_KEY_NOT_FOUND');
  expect((await revoke(data.id, admin.bearer)).data).toEqual({ success: true });
  expect((await list({ 'x-api-key': data.key })).code).toBe('INVALID_API_KEY');
});

test('lists of keys come in pages, newest first', async () => {
  for (const name of ['one', 'two', 'three']) {
    door.clock.advance(1);
    await create({ name });
  }
  const names = async (query: string) =>
    (await list(owner.bearer, query)).data.map(({ name }: { name: string }) => name);
  expect(await names('?limit=2')).toEqual(['three', 'two']);
  expect(await names('?limit=1&offset=2')).toEqual(['one']);
});

test('making and revoking keys is in the audit log, without the key and its name', async () => {
  const { data } = await create({ name: 'Rose', permissions: ['message:send'] });
  await revoke(data.id, owner.bearer);
  const rows = await auditOf(data.id);
  expect(rows).toMatchObject([
    { action: 'apikey.create', metadata: { after: { permissions: ['message:send'], profileIds: null } } },
    { action: 'apikey.revoke', metadata: { userId: owner.user.id } },
  ]);
  expect(JSON.stringify(rows)).not.toMatch(/Rose|mwa_/);
});

test('what is done to an account is in the audit log by the names of its fields', async () => {
  const ask = (method: 'POST' | 'PUT' | 'DELETE', path: string, payload?: object) =>
    door.ask(method, path, { headers: owner.bearer, ...(payload && { payload }) });
  const { data } = await ask('POST', '/accounts', { name: 'Rose' });
  await ask('PUT', `/accounts/${data.id}`, { description: 'Rose’s phones' });
  await ask('DELETE', `/accounts/${data.id}`);
  const rows = await auditOf(data.id);
  expect(rows.map(({ action }) => action)).toEqual(['account.create', 'account.update', 'account.delete']);
  expect(rows[1]?.metadata).toEqual({ fields: ['description'] });
  expect(JSON.stringify(rows)).not.toContain('Rose');
});

test('a refusal for want of a permission is noted once a minute for each caller and route', async () => {
  const { data } = await create({ name: 'reader', permissions: ['apikey:read'] });
  const headers = { 'x-api-key': data.key };
  const denied = () =>
    door.house.database.db
      .selectFrom('audit_logs')
      .select(['resource_id', 'metadata', 'outcome'])
      .where('action', '=', 'access.denied')
      .where('api_key_id', '=', data.id)
      .orderBy('id')
      .execute();
  for (let asked = 0; asked < 5; asked++) expect((await create({ name: 'k' }, headers)).status).toBe(403);
  await door.ask('GET', '/accounts', { headers });
  await eventually(async () => expect(await denied()).toHaveLength(2));
  expect(await denied()).toEqual([
    { resource_id: 'POST /api/v1/api-keys', metadata: { permission: 'apikey:create' }, outcome: 'failed' },
    { resource_id: 'GET /api/v1/accounts', metadata: { permission: 'workspace:read' }, outcome: 'failed' },
  ]);
  door.clock.advance(60);
  await create({ name: 'k' }, headers);
  await eventually(async () => expect(await denied()).toHaveLength(3));
});

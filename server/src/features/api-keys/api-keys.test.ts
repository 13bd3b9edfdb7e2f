import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Owner, TestDoor } from '../../../test/door.ts';

let door: TestDoor;
let owner: Owner;
beforeAll(async () => {
  door = await TestDoor.open();
  owner = await door.register();
});
afterAll(() => door?.close());

const create = (payload: object, headers: Record<string, string> = owner.bearer) =>
  door.ask('POST', '/api-keys', { headers, payload });
const list = (headers: Record<string, string>) => door.ask('GET', '/api-keys', { headers });

test('the key is shown once, is kept as a digest, and is masked ever after', async () => {
  const { status, data } = await create({ name: 'n8n', permissions: ['message:send'] });
  expect(status).toBe(201);
  expect(data.key).toMatch(/^mwa_[0-9a-f]{64}$/);
  expect(data.prefix).toBe(data.key.slice(0, 12));
  const found = (await list(owner.bearer)).data.find(({ id }: { id: string }) => id === data.id);
  expect(found).toMatchObject({ key: `${data.prefix}••••••••••••`, lastUsedAt: null, lastUsed: null });
  const { rows } = await door.house.database.pool.query('select * from api_keys where id = $1', [data.id]);
  expect(JSON.stringify(rows)).not.toContain(data.key.slice(12));
});

test('null and empty fields are absent; unknown scopes are refused with each place', async () => {
  const { data } = await create({ name: 'k', permissions: null, expiresInDays: null, responseFormat: '' });
  expect(data).toMatchObject({ permissions: [], expiresAt: null, responseFormat: null });
  const refused = await create({ name: 'k', permissions: ['message:send', 'root', 'message:*'] });
  expect(refused.body.error).toMatchObject({
    code: 'VALIDATION_ERROR',
    details: [{ path: '/permissions/1' }, { path: '/permissions/2' }],
  });
  for (const payload of [{}, { name: '' }, { name: ' ' }, { name: 'k', expiresInDays: 0 }]) {
    expect((await create(payload)).status).toBe(400);
  }
});

test('the response format of a key decides how its answers look', async () => {
  const { data } = await create({ name: 'old client', responseFormat: 'raw' });
  const { body } = await list({ 'x-api-key': data.key });
  expect(Array.isArray(body)).toBe(true);
});

test('an expired key is refused, and says so', async () => {
  const { data } = await create({ name: 'k', expiresInDays: 1 });
  expect((await list({ 'x-api-key': data.key })).status).toBe(200);
  door.clock.advance(86_400);
  const refused = await list({ 'x-api-key': data.key });
  expect(refused).toMatchObject({ status: 401, code: 'API_KEY_EXPIRED' });
  expect(refused.body.message).toBe('API key expired');
});

test.each([
  ['everything', { permissions: ['*'] }],
  ['everything by saying nothing', {}],
  ['a permission it lacks', { permissions: ['message:send', 'org:delete'] }],
  ['an older scope that holds more', { permissions: ['messages:write'] }],
  ['a longer life', { permissions: ['message:send'], expiresInDays: 31 }],
  ['a life without end', { permissions: ['message:send'] }],
])('a key can not make a key with %s', async (_what, wish) => {
  const made = await create({
    name: 'maker',
    permissions: ['apikey:create', 'message:send'],
    expiresInDays: 30,
  });
  const maker = { 'x-api-key': made.data.key };
  expect(await create({ name: 'k', ...wish }, maker)).toMatchObject({ status: 403, code: 'KEY_TOO_WIDE' });
  expect((await create({ name: 'k', permissions: ['message:send'], expiresInDays: 30 }, maker)).status).toBe(
    201,
  );
});

test("a person can not give what the person's role lacks", async () => {
  const admin = await door.register();
  await door.setRole(admin.user.id, 'admin');
  expect((await create({ name: 'k', permissions: ['org:delete'] }, admin.bearer)).code).toBe('KEY_TOO_WIDE');
});

test('a deleted key stops at once', async () => {
  const { data } = await create({ name: 'k' });
  const headers = { 'x-api-key': data.key };
  expect((await list(headers)).status).toBe(200);
  const gone = await door.ask('DELETE', `/api-keys/${data.id}`, { headers: owner.bearer });
  expect(gone.data).toEqual({ success: true });
  expect(await list(headers)).toMatchObject({ status: 401, code: 'INVALID_API_KEY' });
});

test("another person's key is neither listed nor deleted", async () => {
  const other = await door.register();
  const { data } = await create({ name: 'mine' });
  expect((await list(other.bearer)).data).toEqual([]);
  for (const id of [data.id, 'nonsense']) {
    const answer = await door.ask('DELETE', `/api-keys/${id}`, { headers: other.bearer });
    expect(answer).toMatchObject({ status: 404, code: 'API_KEY_NOT_FOUND' });
  }
  expect((await list({ 'x-api-key': data.key })).status).toBe(200);
});

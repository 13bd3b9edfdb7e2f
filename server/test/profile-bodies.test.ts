import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from './house.ts';
import { newTenant, type Tenant } from './tenant.ts';

let house: House;
let tenant: Tenant;
let stranger: Tenant;
let foreignWorkspace: string;

beforeAll(async () => {
  house = await openHouse();
  [tenant, stranger] = await Promise.all([newTenant(house.api), newTenant(house.api)]);
  foreignWorkspace = (await stranger.owner.get('/workspaces'))[0].id;
});
afterAll(() => house?.close());

test.each([
  ['malformed', () => 'abc'],
  ['unknown', () => randomUUID()],
  ['foreign', () => foreignWorkspace],
])('a %s workspace is not found, neither to create in nor to list', async (_, id) => {
  const made = await tenant.key.call('POST', '/profiles', { name: 'A', workspaceId: id() });
  expect([made.status, made.body.error?.code]).toEqual([404, 'WORKSPACE_NOT_FOUND']);
  const listed = await tenant.key.call('GET', `/profiles?workspaceId=${id()}`);
  expect([listed.status, listed.body.error?.code]).toEqual([404, 'WORKSPACE_NOT_FOUND']);
});

test('to create, null and an empty text mean the same as leaving it out', async () => {
  const whole = await tenant.key.post('/profiles', {});
  for (const nothing of [null, '']) {
    const made = await tenant.key.post('/profiles', {
      workspaceId: nothing,
      name: nothing,
      displayName: nothing,
      engine: nothing,
      phone: nothing,
      phoneNumber: nothing,
      defaultCountry: nothing,
    });
    const { id: _, createdAt: __, updatedAt: ___, statusSince: ____, ...rest } = made;
    expect(whole).toMatchObject(rest);
  }
  expect(whole).toMatchObject({ engine: 'baileys', name: 'New profile', messageDelayMs: 1500 });
});

test('a profile is created with the pace and the daily limit that it is given', async () => {
  const pace = { messageDelayMs: 250, messageDelayJitterMs: 50, dailyMessageLimit: 2000 };
  const { id } = await tenant.key.post('/profiles', { name: 'Desk', engine: 'sandbox', ...pace });
  expect(await tenant.key.get(`/profiles/${id}`)).toMatchObject(pace);
  const usual = await tenant.key.post('/profiles', { messageDelayMs: null, dailyMessageLimit: null });
  expect(usual).toMatchObject({ messageDelayMs: 1500, messageDelayJitterMs: 0, dailyMessageLimit: null });
  const still = await tenant.key.post('/profiles', { messageDelayMs: 0 });
  expect(still.messageDelayMs).toBe(0);
  const refused = await tenant.key.call('POST', '/profiles', { messageDelayMs: -1, dailyMessageLimit: 0 });
  expect(refused.status).toBe(400);
});

test('a field that an account decides is ignored aloud when a profile is created in it', async () => {
  const [account] = await tenant.owner.get('/accounts');
  const body = { name: 'Desk', workspaceId: randomUUID() };
  const { status, body: answer } = await tenant.owner.call('POST', `/accounts/${account.id}/profiles`, body);
  expect([status, answer.meta.ignored]).toEqual([201, ['workspaceId']]);
});

test('null clears what may be empty, an empty text changes nothing, unknown fields are ignored', async () => {
  const { id } = await tenant.key.post('/profiles', {
    name: 'Desk',
    engine: 'sandbox',
    defaultCountry: 'DE',
    settings: { a: 1 },
  });
  const change = (body: unknown) => tenant.key.put(`/profiles/${id}`, body);
  const same = { name: 'Desk', engine: 'sandbox', defaultCountry: 'DE', settings: { a: 1 } };
  expect(await change({ name: '', displayName: '', engine: '', defaultCountry: '', more: 1 })).toMatchObject(
    same,
  );
  expect(await change({})).toMatchObject(same);
  expect(await change({ defaultCountry: null, settings: null })).toMatchObject({
    ...same,
    defaultCountry: null,
    settings: {},
  });
});

test.each([
  ['POST', { engine: 'puppeteer' }, 400],
  ['POST', { name: 5 }, 400],
  ['POST', { defaultCountry: 'XX' }, 400],
  ['POST', { phone: 'Ana' }, 400],
  ['POST', { phone: '120363021234567890@g.us' }, 400],
  ['PUT', { name: null }, 400],
  ['PUT', { messageDelayMs: -1 }, 400],
  ['PUT', { messageDelayMs: '5' }, 400],
  ['PUT', { dailyMessageLimit: 0 }, 400],
  ['PUT', { defaultCountry: 'Germany' }, 400],
  ['PUT', { defaultCountry: 'ZZ' }, 400],
] as const)('%s refuses %j', async (method, body, status) => {
  const { id } = await tenant.key.post('/profiles', { engine: 'sandbox' });
  const answer = await tenant.key.call(method, method === 'PUT' ? `/profiles/${id}` : '/profiles', body);
  expect(answer.status).toBe(status);
});

test('a deleted account shows its profiles no more, while the profiles themselves go on', async () => {
  const account = await tenant.key.post('/accounts', { name: 'Closing' });
  const path = `/accounts/${account.id}/profiles`;
  const { id } = await tenant.key.post(path, { name: 'Left', engine: 'sandbox' });
  await tenant.key.delete(`/accounts/${account.id}`);
  for (const [method, address] of [
    ['GET', path],
    ['POST', path],
    ['GET', `${path}/${id}`],
    ['DELETE', `${path}/${id}`],
    ['POST', `${path}/${id}/connect`],
    ['POST', `${path}/${id}/disconnect`],
    ['GET', `${path}/${id}/qr`],
  ] as const) {
    const answer = await tenant.key.call(method, address, method === 'GET' ? undefined : {});
    expect([address, answer.status]).toEqual([address, 404]);
  }
  expect(await tenant.key.get(`/profiles/${id}`)).toMatchObject({ name: 'Left' });
});

test('a list shows at most what was asked for, newest first, and limits out of range are clamped', async () => {
  const many = await newTenant(house.api);
  const ids: string[] = [];
  for (let n = 0; n < 4; n++) ids.unshift((await many.key.post('/profiles', { engine: 'sandbox' })).id);
  const list = async (query: string) =>
    (await many.key.get(`/profiles?${query}`)).map((one: { id: string }) => one.id);
  expect(await list('')).toEqual(ids);
  expect(await list('limit=2&offset=1')).toEqual(ids.slice(1, 3));
  expect(await list('limit=0')).toEqual(ids.slice(0, 1));
  expect(await list('limit=100000&offset=-5')).toEqual(ids);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../../test/house.ts';
import { newTenant, type Tenant } from '../../../../test/tenant.ts';
import { type LocalChatwoot, startChatwoot } from '../chatwoot/testing.ts';
import { type LocalTypebot, startTypebot } from '../typebot/testing.ts';

let house: House;
let first: Tenant;
let tenant: Tenant;
let chatwoot: LocalChatwoot;
let typebot: LocalTypebot;

beforeAll(async () => {
  [chatwoot, typebot] = await Promise.all([startChatwoot(), startTypebot()]);
  house = await openHouse({
    ...{
      OUTBOUND_ALLOW: '127.0.0.1/32',
      CHATWOOT_URL: `${chatwoot.url}/`,
      CHATWOOT_API_TOKEN: chatwoot.token,
    },
    ...{ CHATWOOT_ACCOUNT_ID: '1', CHATWOOT_INBOX_ID: '3', TYPEBOT_API_URL: typebot.url },
  });
  first = await newTenant(house.api);
  tenant = await newTenant(house.api);
});
afterAll(() => Promise.all([house?.close(), chatwoot?.close(), typebot?.close()]));

const config = (who = tenant) => who.owner.get('/integrations/config');
const put = (body: object, who = tenant) => who.owner.call('PUT', '/integrations/config', body);
const tryOut = (body: object, who = tenant) => who.owner.post('/integrations/test', body);
const settings = () => ({ url: chatwoot.url, apiToken: chatwoot.token, accountId: 1, inboxId: '3' });

test('settings are kept sealed, answered masked; those of the server are the oldest tenant’s', async () => {
  expect((await config(first)).chatwoot).toMatchObject({
    ...{ url: chatwoot.url, apiToken: '********gent', accountId: '1', inboxId: '3' },
    ...{ enabled: true, source: 'env' },
  });
  expect((await config(first)).typebot).toMatchObject({ apiUrl: typebot.url, enabled: false, source: 'env' });
  expect((await config()).chatwoot).toMatchObject({ url: '', apiToken: '', enabled: false, source: 'none' });
  const saved = await put({ chatwoot: settings() });
  expect([saved.status, saved.data.success, saved.data.message]).toEqual([200, true, 'Saved.']);
  const { chatwoot: kept } = await config();
  expect(kept).toMatchObject({ url: chatwoot.url, accountId: '1', enabled: true, source: 'database' });
  expect(JSON.stringify(await config())).not.toContain(chatwoot.token);
  // What clients were answered, sent back: nothing changes.
  await put({ chatwoot: { ...kept, apiToken: '••••••••' } });
  expect(await tryOut({ type: 'chatwoot' })).toMatchObject({ success: true, code: null });
  const row = await house.database.database.db
    .selectFrom('integrations')
    .selectAll()
    .executeTakeFirstOrThrow();
  expect(JSON.stringify(row.settings)).not.toContain(chatwoot.token);
  await put({ chatwoot: null });
  expect((await config()).chatwoot.source).toBe('none');
});

test('a token that is kept goes to no other address, and every problem is named', async () => {
  await put({ chatwoot: settings() });
  const moved = await put({ chatwoot: { url: 'http://127.0.0.1:9' } });
  expect([moved.status, moved.body.error.details]).toEqual([
    400,
    [{ path: '/chatwoot/apiToken', problem: 'is needed anew for another address' }],
  ]);
  const wrong = await put({
    chatwoot: { url: 'ftp://x', apiToken: 'a b', accountId: 'x', profileIds: ['nobody'] },
    typebot: { apiUrl: 'http://10.0.0.1' },
  });
  expect(wrong.body.error.details.map(({ path }: { path: string }) => path)).toEqual([
    ...['/chatwoot/url', '/chatwoot/accountId', '/chatwoot/apiToken', '/typebot/defaultBotId'],
  ]);
  const inside = await put({
    typebot: { apiUrl: 'http://10.0.0.1', defaultBotId: 'x', profileIds: ['nobody'] },
  });
  expect(inside.body.error.details).toHaveLength(2);
  expect((await config()).chatwoot.url).toBe(chatwoot.url);
});

test('a test says in words what is the matter, and nothing is kept of it', async () => {
  const says = async (body: object) => {
    const { success, code, message } = await tryOut(body);
    return [success, code, message];
  };
  expect(await says({ type: 'elsewhere' })).toEqual([false, 'type', expect.stringContaining('Unknown')]);
  expect(await says({ type: 'typebot' })).toEqual([false, 'incomplete', 'Typebot is not set up.']);
  const with_ = (more: object) => ({ type: 'chatwoot', chatwoot: { ...settings(), ...more } });
  expect(await says(with_({}))).toEqual([true, null, expect.stringContaining('“WhatsApp” is there')]);
  expect(await says(with_({ apiToken: 'wrong' }))).toEqual([
    false,
    'login',
    expect.stringContaining('refused the token'),
  ]);
  expect(await says(with_({ inboxId: '77' }))).toEqual([
    false,
    'not-found',
    expect.stringContaining('no inbox 77'),
  ]);
  expect(await says(with_({ inboxId: '4' }))).toEqual([
    false,
    'not-found',
    expect.stringContaining('no API inbox'),
  ]);
  expect(await says(with_({ url: 'http://127.0.0.1:1' }))).toEqual([
    false,
    'connection',
    expect.stringContaining('refused'),
  ]);
  expect(await says(with_({ url: 'http://192.168.0.1' }))).toEqual([
    false,
    'target',
    expect.stringContaining('OUTBOUND_ALLOW'),
  ]);
  chatwoot.faults.push({ on: /inboxes/, is: 'html' });
  expect(await says(with_({}))).toEqual([false, 'answer', 'Chatwoot answered HTTP 502']);
  const bot = (id: string) => ({ type: 'typebot', typebot: { apiUrl: typebot.url, defaultBotId: id } });
  house.clock.advance({ minutes: 2 });
  expect(await says(bot('bakery'))).toEqual([true, null, expect.stringContaining('can be talked to')]);
  expect(await says(bot('nobody'))).toEqual([
    false,
    'not-found',
    expect.stringContaining('no published bot'),
  ]);
  expect((await config()).typebot.source).toBe('none');
});

test('who may not read and send messages sets up no integration, and sees no address', async () => {
  const role = await tenant.owner.post('/rbac/roles', {
    name: 'Technician',
    permissions: ['settings:read', 'settings:update'],
  });
  const other = await newTenant(house.api);
  const { db } = house.database.database;
  const person = await other.owner.get('/auth/me');
  await db
    .updateTable('users')
    .set({ organization_id: tenant.organizationId, role: 'viewer' })
    .where('id', '=', person.id)
    .execute();
  await tenant.owner.post('/rbac/assign', { userId: person.id, roleId: role.id });
  const { accessToken } = await house.api.post('/auth/login', {
    email: other.email,
    password: other.password,
  });
  const technician = house.api.as({ authorization: `Bearer ${accessToken}` });
  const refused = await technician.call('PUT', '/integrations/config', { chatwoot: settings() });
  expect([refused.status, refused.body.error.code]).toEqual([403, 'PERMISSION_DENIED']);
});

import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { type DocumentedRoute, documentedRoutes, filled, filledRoute, ownThings } from './documented.ts';
import { type House, openHouse } from './house.ts';
import { newTenant, type Tenant } from './tenant.ts';
import { until } from './until.ts';

const routes = documentedRoutes();

let house: House;
let tenant: Tenant;
let stranger: Tenant;
let ids: Record<string, string>;
let theirs: Record<string, string>;

beforeAll(async () => {
  house = await openHouse();
  [tenant, stranger] = await Promise.all([newTenant(house.api), newTenant(house.api)]);
  [ids, theirs] = await Promise.all([ownThings(tenant), ownThings(stranger)]);
});
afterAll(() => house?.close());

/** The permission a route says it needs; undefined for those open to everybody or to everyone signed in. */
const permissionOf = ({ operation }: DocumentedRoute) =>
  /Permission: `([\w:]+)`/.exec(operation.description ?? '')?.[1];
const bodyOf = ({ method, example }: DocumentedRoute) => (method === 'GET' ? undefined : example);

/** Which routes a caller is refused for want of a permission, and which not. */
async function walk(caller: Client, wanted: (route: DocumentedRoute) => boolean) {
  const refused: string[] = [];
  const open: string[] = [];
  for (const route of routes.filter((one) => permissionOf(one) && wanted(one))) {
    const answer = await caller.call(route.method, filled(route.address, ids), bodyOf(route));
    const name = `${route.method} ${route.address} (${permissionOf(route)})`;
    (answer.status === 403 && answer.body.error.code === 'PERMISSION_DENIED' ? refused : open).push(name);
  }
  return { refused, open };
}

test('a key opens exactly the routes whose permission it was given, on every route there is', async () => {
  const permissions = [...new Set(routes.map(permissionOf))].filter((one) => one !== undefined);
  expect(permissions.length).toBeGreaterThan(8);
  // With all the others: no other permission, and no sum of them, stands for the one that is lacking.
  for (const lacking of permissions) {
    const others = permissions.filter((one) => one !== lacking);
    const { key } = await tenant.owner.post('/api-keys', { name: 'some', permissions: others });
    const { open } = await walk(
      house.api.as({ 'x-api-key': key }),
      (route) => permissionOf(route) === lacking,
    );
    expect([lacking, open]).toEqual([lacking, []]);
  }
  const { key } = await tenant.owner.post('/api-keys', { name: 'reader', permissions: ['message:read'] });
  const own = await walk(
    house.api.as({ 'x-api-key': key }),
    (route) => permissionOf(route) === 'message:read',
  );
  expect(own.refused).toEqual([]);
});

test('a viewer is refused on every route that creates, changes, sends or deletes', async () => {
  const viewer = await newTenant(house.api);
  const { db } = house.database.database;
  const { id } = await viewer.owner.get('/auth/me');
  await db.updateTable('users').set({ role: 'viewer' }).where('id', '=', id).execute();
  await until(
    'the role counts',
    async () => (await viewer.owner.call('POST', '/accounts', { name: 'x' })).status === 403,
  );
  const reading = /:read$/;
  const { open } = await walk(viewer.owner, (route) => !reading.test(permissionOf(route) ?? ''));
  expect(open).toEqual([]);
  expect((await walk(viewer.key, (route) => !reading.test(permissionOf(route) ?? ''))).open).toEqual([]);
});

test('the workspace, account or profile of another tenant, named in a query or body, is unknown', async () => {
  const asked: [string, string, object | undefined, string][] = [
    ['GET', `/profiles?workspaceId=${theirs.workspaces}`, undefined, 'WORKSPACE_NOT_FOUND'],
    ['GET', `/conversations?profileId=${theirs.profiles}`, undefined, 'PROFILE_NOT_FOUND'],
    ['GET', `/webhooks?profileId=${theirs.profiles}`, undefined, 'PROFILE_NOT_FOUND'],
    ['GET', `/events?profileId=${theirs.profiles}`, undefined, 'PROFILE_NOT_FOUND'],
    [
      'POST',
      '/profiles',
      { name: 'x', engine: 'sandbox', workspaceId: theirs.workspaces },
      'WORKSPACE_NOT_FOUND',
    ],
    ['POST', '/accounts', { name: 'x', workspaceId: theirs.workspaces }, 'WORKSPACE_NOT_FOUND'],
    [
      'POST',
      '/messages/text',
      { profileId: theirs.profiles, to: '628123456789', text: 'x' },
      'PROFILE_NOT_FOUND',
    ],
    [
      'POST',
      '/webhooks',
      { url: 'https://example.com', events: ['*'], profileId: theirs.profiles },
      'PROFILE_NOT_FOUND',
    ],
  ];
  for (const [method, path, body, code] of asked) {
    const answer = await tenant.owner.call(method, path, body);
    const text = JSON.stringify(answer.body);
    if (answer.status === 200) expect(answer.data.conversations ?? answer.data, path).toEqual([]);
    else expect([path, answer.status, answer.body.error.code]).toEqual([path, 404, code]);
    expect(text, path).not.toContain('Shop');
  }
});

test('a message can be quoted only within its own profile; any other is unknown', async () => {
  const other = await tenant.key.post('/profiles', { name: 'Other', engine: 'sandbox' });
  const elsewhere = await tenant.key.post('/messages/text', {
    profileId: other.id,
    to: '628123456789',
    text: 'x',
  });
  for (const quotedMessageId of [theirs.messages, elsewhere.messageId, elsewhere.waMessageId, 'unknown']) {
    const body = { profileId: ids.profiles, to: '628123456789', text: 'reply', quotedMessageId };
    const answer = await tenant.key.call('POST', '/messages/text', body);
    expect([answer.status, answer.body.error?.code]).toEqual([404, 'MESSAGE_NOT_FOUND']);
  }
});

test('no answer to a GET shows a secret: no key, token, hash, webhook secret or credentials', async () => {
  const hook = await tenant.owner.post('/webhooks', { url: 'http://127.0.0.1:9/', events: ['test'] });
  const { key } = await tenant.owner.post('/api-keys', { name: 'secret' });
  const { db } = house.database.database;
  const { rows } = await sql<{ hash: string }>`select password_hash as hash from users
    where organization_id = ${tenant.organizationId}`.execute(db);
  const secrets = [hook.secret, hook.signingSecret, key, tenant.credentials['x-api-key'], tenant.password];
  secrets.push(rows[0]?.hash);
  for (const route of routes.filter(({ method }) => method === 'GET')) {
    const answer = await tenant.owner.call('GET', filled(route.address, ids));
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    for (const secret of secrets) expect(text.includes(secret ?? 'nothing'), route.address).toBe(false);
    // What is shown masked, or is not there, gives nothing away.
    expect(text, route.address).not.toMatch(
      /"(passwordHash|sessionData|webhookSecret|pairing|tokenHash|keyHash)":(?!""|"•+")/,
    );
  }
});

test('a field takes its own type only: texts are no booleans; unknown fields do no harm', async () => {
  const refused: [string, string, object][] = [
    ['POST', `/profiles/${ids.profiles}/disconnect`, { logout: 'false' }],
    ['PUT', `/webhooks/${ids.webhooks}`, { enabled: 'false' }],
    ['PUT', `/profiles/${ids.profiles}`, { messageDelayMs: '5' }],
    ['POST', '/accounts', { name: 5 }],
  ];
  for (const [method, path, body] of refused) {
    const answer = await tenant.owner.call(method, path, body);
    expect([path, answer.status, answer.body.error?.code]).toEqual([path, 400, 'VALIDATION_ERROR']);
  }
  const body = {
    name: 'Kept',
    organizationId: stranger.organizationId,
    organization_id: stranger.organizationId,
    id: 'x',
  };
  const made = await tenant.owner.post('/accounts', body);
  expect(await tenant.owner.get(`/accounts/${made.id}`)).toMatchObject({ name: 'Kept' });
});

test('a client that names JSON on every call and sends no body is understood on every route', async () => {
  const own = await newTenant(house.api);
  const things = await ownThings(own);
  // Only what runs can be paused.
  await own.owner.call('POST', `/broadcast/${things.broadcast}/start`, undefined, {
    'content-type': 'application/json',
  });
  const last = (route: DocumentedRoute) =>
    /DELETE/.test(route.method) || /logout/.test(route.address) ? 1 : 0;
  const silent = routes.filter(({ fields }) => fields.length === 0).sort((a, b) => last(a) - last(b));
  for (const route of silent) {
    const answer = await own.owner.call(route.method, filledRoute(route, things), undefined, {
      'content-type': 'application/json',
    });
    expect([400, 415], `${route.method} ${route.address}: ${JSON.stringify(answer.body)}`).not.toContain(
      answer.status,
    );
    expect(answer.body, `${route.method} ${route.address}: an empty answer`).not.toBe('');
  }
});

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isUuid } from '../src/platform/ids.ts';
import { filled, filledRoute, ownThings } from './documented.ts';
import { type House, openHouse } from './house.ts';
import { newTenant, type Tenant } from './tenant.ts';

interface Operation {
  summary?: string;
  security?: object[];
  parameters?: { in: string; name: string; required?: boolean }[];
  requestBody?: { content: Record<string, { example?: unknown }> };
  responses: Record<string, unknown>;
}
const path = new URL('../openapi.json', import.meta.url);
const document = JSON.parse(readFileSync(path, 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
};
const routes = Object.entries(document.paths).flatMap(([address, operations]) =>
  Object.entries(operations).map(([method, operation]) => ({
    method: method.toUpperCase(),
    address,
    operation,
  })),
);

let house: House;
let tenant: Tenant;
let stranger: Tenant;
/** An id of the tenant for every kind of thing that a path can name. */
let ids: Record<string, string>;

beforeAll(async () => {
  house = await openHouse({}, { eager: true });
  [tenant, stranger] = await Promise.all([newTenant(house.api), newTenant(house.api)]);
  ids = await ownThings(tenant);
});
afterAll(() => house?.close());

const bodyOf = ({ method, operation }: (typeof routes)[number]) =>
  method === 'GET' ? undefined : (operation.requestBody?.content['application/json']?.example ?? {});

test('the committed API description is what the server answers', async () => {
  const { body } = await house.api.call('GET', '/api/docs-json');
  // The document served says where it lies itself, so that a proxy may show it anywhere.
  expect(body).toEqual({ ...document, servers: [{ url: '..' }] });
});

test('every route has a summary, an example for its body, and says what it answers', () => {
  for (const { method, address, operation } of routes) {
    const route = `${method} ${address}`;
    expect(operation.summary, route).toBeTruthy();
    for (const content of Object.values(operation.requestBody?.content ?? {})) {
      expect(content.example, `${route}: example`).toBeDefined();
    }
    const successes = Object.keys(operation.responses).filter((status) => /^[23]/.test(status));
    expect(successes.length, `${route}: success`).toBeGreaterThan(0);
    expect(successes, `${route}: never an empty answer`).not.toContain('204');
  }
});

test('every route that is not public answers 401 without credentials, before anything else', async () => {
  for (const route of routes.filter(({ operation }) => operation.security?.length)) {
    const answer = await house.api.call(route.method, filled(route.address, ids), bodyOf(route));
    expect([route.method, route.address, answer.status]).toEqual([route.method, route.address, 401]);
    expect(answer.body).toMatchObject({
      success: false,
      statusCode: 401,
      error: { code: 'UNAUTHENTICATED' },
    });
  }
});

test('nothing of another tenant exists for a stranger or changes, on any route with an id', async () => {
  const seen = async () => ({
    profile: await tenant.owner.get(`/profiles/${ids.profiles}`),
    account: await tenant.owner.get(`/accounts/${ids.accounts}`),
    webhook: await tenant.owner.get(`/webhooks/${ids.webhooks}`),
    message: await tenant.owner.get(`/messages/${ids.messages}`),
    keys: (await tenant.owner.get('/api-keys')).map((key: { id: string }) => key.id),
    sessions: (await tenant.owner.get('/auth/sessions')).map((session: { id: string }) => session.id),
  });
  const before = await seen();
  const withIds = routes.filter(({ address }) => address.includes('{'));
  expect(withIds.length).toBeGreaterThan(20);
  for (const route of withIds) {
    const example = bodyOf(route) as object | undefined;
    // Theirs as well, where a body names a profile.
    const body = example && 'profileId' in example ? { ...example, profileId: ids.profileId } : example;
    const answer = await stranger.owner.call(route.method, filledRoute(route, ids), body);
    expect([route.method, route.address, answer.status]).toEqual([route.method, route.address, 404]);
    expect(answer.body.error.code).toMatch(/_NOT_FOUND$/);
  }
  expect(await seen()).toEqual(before);
});

test('no list of a stranger shows anything of another tenant', async () => {
  const { id: profileId } = await stranger.owner.post('/profiles', { name: 'Shop', engine: 'sandbox' });
  for (const route of routes.filter(({ method, address }) => method === 'GET' && !address.includes('{'))) {
    const answer = await stranger.owner.call('GET', filledRoute(route, { profileId }));
    expect(answer.status, route.address).toBeLessThan(400);
    const text = JSON.stringify(answer.body);
    for (const id of Object.values(ids))
      if (isUuid(id) && id !== ids.deliveryId) expect(text, route.address).not.toContain(id);
  }
});

test('a known address with another method says which ones it knows, an unknown one is not found', async () => {
  const wrong = await tenant.owner.call('PUT', '/messages/text');
  expect([wrong.status, wrong.body.error.code]).toEqual([405, 'METHOD_NOT_ALLOWED']);
  expect(wrong.headers.get('allow')).toContain('POST');
  const unknown = await tenant.owner.call('GET', '/nothing/here');
  expect([unknown.status, unknown.body.error.code]).toEqual([404, 'ROUTE_NOT_FOUND']);
});

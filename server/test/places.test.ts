import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { type DocumentedRoute, documentedRoutes, filledRoute } from './documented.ts';
import { type House, openHouse } from './house.ts';
import { anotherWorkspace, personIn, type Things, thingsIn } from './places.ts';
import { newTenant, type Tenant } from './tenant.ts';

const areas =
  /^\/api\/v1\/(accounts|profiles|messages|conversations|contacts|webhooks|groups|broadcast|bulk)\b/;
const routes = documentedRoutes().filter(({ address }) => areas.test(address));
const permissionOf = ({ operation }: DocumentedRoute) =>
  /Permission: `([\w:]+)`/.exec(operation.description ?? '')?.[1] ?? '';
function bodyOf({ method, address, example }: DocumentedRoute, ids: Record<string, string>) {
  if (method === 'GET') return undefined;
  // Groups are named with their profile.
  return address.includes('/groups') ? { ...example, profileId: ids.profileId } : example;
}
/** What nobody has who is bound to profiles. */
const ofWorkspaces = ['workspace:read', 'workspace:update', 'profile:create'];

let house: House;
let tenant: Tenant;
let inside: Things;
let beside: Things;
let outside: Things;
let organizationWebhook: string;
const callers: Record<string, Client> = {};

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  const { owner } = tenant;
  const [first] = await owner.get('/workspaces');
  const second = await anotherWorkspace(house, tenant.organizationId);
  inside = await thingsIn(house, owner, first.id);
  beside = await thingsIn(house, owner, first.id);
  outside = await thingsIn(house, owner, second);
  const webhook = { url: 'http://127.0.0.1:9/', events: ['test'] };
  organizationWebhook = (await owner.post('/webhooks', webhook)).id;
  callers['a person with a workspace'] = await personIn(house, tenant, 'admin', { workspace: first.id });
  callers['a person with a profile'] = await personIn(house, tenant, 'admin', { profile: inside.profile });
  const { key } = await owner.post('/api-keys', { name: 'one', profileIds: [inside.profile] });
  callers['a key bound to a profile'] = house.api.as({ 'x-api-key': key });
});
afterAll(() => house?.close());

describe.each(['a person with a workspace', 'a person with a profile', 'a key bound to a profile'])(
  '%s',
  (name) => {
    const hasWorkspace = name === 'a person with a workspace';
    const caller = () => callers[name] as Client;
    const elsewhere = () => (hasWorkspace ? [outside] : [beside, outside]);
    const lacks = (permission: string) => !hasWorkspace && ofWorkspaces.includes(permission);

    test('finds nothing outside, on any route that takes an id, and changes nothing there', async () => {
      const withIds = routes.filter(({ address }) => address.includes('{'));
      expect(withIds.length).toBeGreaterThan(25);
      const before = await seen(tenant.owner);
      for (const { ids } of elsewhere()) {
        for (const route of withIds) {
          const answer = await caller().call(route.method, filledRoute(route, ids), bodyOf(route, ids));
          const expected = lacks(permissionOf(route)) ? 403 : 404;
          expect([route.method, route.address, answer.status]).toEqual([
            route.method,
            route.address,
            expected,
          ]);
          expect(answer.body.error.code).toMatch(expected === 404 ? /_NOT_FOUND$/ : /^PERMISSION_DENIED$/);
        }
      }
      expect(await seen(tenant.owner)).toEqual(before);
    });

    test('finds everything inside, on every route that takes an id', async () => {
      const open = routes.filter(
        (route) => route.address.includes('{') && route.method !== 'DELETE' && !lacks(permissionOf(route)),
      );
      expect(open.length).toBeGreaterThan(20);
      for (const route of open) {
        const answer = await caller().call(
          route.method,
          filledRoute(route, inside.ids),
          bodyOf(route, inside.ids),
        );
        const said = `${route.method} ${route.address}: ${JSON.stringify(answer.body).slice(0, 300)}`;
        if (answer.body.error?.code === 'QR_NOT_AVAILABLE') continue;
        // The message is a text: it is found, and has no file.
        if (route.address.endsWith('/messages/{id}/media') && answer.body.error?.code === 'MEDIA_NOT_FOUND')
          continue;
        // The other contact of the example is nobody.
        if (route.address.endsWith('/merge') && answer.body.error?.code === 'CONTACT_NOT_FOUND') continue;
        // It was started and stopped on the way here; what clients know for a wrong state of a broadcast is 400.
        if (/^(BATCH_ENDED|BROADCAST_(ENDED|NOT_(?!FOUND)))/.test(answer.body.error?.code)) continue;
        expect(answer.status, said).toSatisfy(
          (status: number) => status < 300 || [409, 422].includes(status),
        );
      }
      await tenant.owner.post(`/profiles/${inside.profile}/disconnect`, { logout: true });
    });

    test('is shown in lists what is inside, and nothing else', async () => {
      const lists = [
        '/profiles',
        '/conversations',
        '/contacts',
        '/contacts/imports',
        '/webhooks',
        '/events',
        '/accounts',
      ].filter((path) => !(path === '/accounts' && !hasWorkspace));
      for (const path of lists) {
        const answer = await caller().call('GET', path);
        const text = JSON.stringify(answer.body);
        expect([path, answer.status, text.includes(inside.profile) || text.includes(inside.account)]).toEqual(
          [path, 200, true],
        );
        const foreign = elsewhere().flatMap(({ account, profile, ids }) => [
          account,
          profile,
          ...Object.values(ids),
        ]);
        for (const id of [...foreign, organizationWebhook, outside.workspace]) {
          expect(text, path).not.toContain(id);
        }
      }
      const total = (await caller().get('/conversations')).total;
      expect(total).toBe(hasWorkspace ? 2 : 1);
    });

    test('can not name what is outside in a query or a body', async () => {
      const there = outside.profile;
      const asked: [string, string, object | undefined, string][] = [
        ['GET', `/profiles?workspaceId=${outside.workspace}`, undefined, 'WORKSPACE_NOT_FOUND'],
        ['GET', `/conversations?profileId=${there}`, undefined, 'PROFILE_NOT_FOUND'],
        ['GET', `/contacts?profileId=${there}`, undefined, 'PROFILE_NOT_FOUND'],
        ['GET', `/contacts/export/csv?profileId=${there}`, undefined, 'PROFILE_NOT_FOUND'],
        ['GET', `/contacts/imports?profileId=${there}`, undefined, 'PROFILE_NOT_FOUND'],
        ['GET', `/contacts/tags?profileId=${there}`, undefined, 'PROFILE_NOT_FOUND'],
        ['POST', '/contacts', { profileId: there, phone: '628123456789' }, 'PROFILE_NOT_FOUND'],
        [
          'POST',
          '/contacts/import',
          { profileId: there, contacts: [{ phone: '628123456789' }] },
          'PROFILE_NOT_FOUND',
        ],
        ['POST', '/contacts/import/csv', { profileId: there, csvData: 'phone\n' }, 'PROFILE_NOT_FOUND'],
        ['POST', `/contacts/sync/whatsapp?profileId=${there}`, undefined, 'PROFILE_NOT_FOUND'],
        ['GET', `/webhooks?profileId=${there}`, undefined, 'PROFILE_NOT_FOUND'],
        ['GET', `/events?profileId=${there}`, undefined, 'PROFILE_NOT_FOUND'],
        ['GET', `/statistics/messages?profileId=${there}`, undefined, 'PROFILE_NOT_FOUND'],
        ['GET', `/statistics/contacts?profileId=${there}`, undefined, 'PROFILE_NOT_FOUND'],
        ['GET', `/statistics/response-time?profileId=${there}`, undefined, 'PROFILE_NOT_FOUND'],
        ['POST', '/messages/text', { profileId: there, to: '628123456789', text: 'x' }, 'PROFILE_NOT_FOUND'],
        [
          'POST',
          '/webhooks',
          { url: 'http://127.0.0.1:9/', events: ['*'], profileId: there },
          'PROFILE_NOT_FOUND',
        ],
        ['POST', '/profiles', { name: 'x', workspaceId: outside.workspace }, 'WORKSPACE_NOT_FOUND'],
        ['POST', '/accounts', { name: 'x', workspaceId: outside.workspace }, 'WORKSPACE_NOT_FOUND'],
      ];
      for (const [method, path, body, code] of asked) {
        const isRefused = !hasWorkspace && ['POST /profiles', 'POST /accounts'].includes(`${method} ${path}`);
        const answer = await caller().call(method, path, body);
        expect([path, answer.status, answer.body.error?.code]).toEqual(
          isRefused ? [path, 403, 'PERMISSION_DENIED'] : [path, 404, code],
        );
      }
    });

    test('has nothing to do with webhooks of the whole organisation', async () => {
      const { status, body } = await caller().call('GET', `/webhooks/${organizationWebhook}`);
      expect([status, body.error.code]).toEqual([404, 'WEBHOOK_NOT_FOUND']);
      const made = await caller().call('POST', '/webhooks', { url: 'http://127.0.0.1:9/', events: ['*'] });
      expect([made.status, made.body.error.code]).toEqual([403, 'PERMISSION_DENIED']);
      expect(made.body.message).toContain('profileId');
      const own = { url: 'http://127.0.0.1:9/', events: ['*'], profileId: inside.profile };
      const { id } = await caller().post('/webhooks', own);
      await caller().delete(`/webhooks/${id}`);
    });

    test('sends and reads through the profile inside', async () => {
      const to = '628123456789';
      const sent = await caller().post('/messages/text', { profileId: inside.profile, to, text: 'in' });
      expect((await caller().get(`/messages/${sent.waMessageId}`)).id).toBe(sent.messageId);
      const { messages } = await caller().get(`/conversations/${sent.conversationId}/messages`);
      expect(messages.at(-1).id).toBe(sent.messageId);
    });

    test('creates no profile but in the workspace it has', async () => {
      const answer = await caller().call('POST', '/profiles', { name: 'New', engine: 'sandbox' });
      expect(answer.status).toBe(hasWorkspace ? 201 : 403);
      if (!hasWorkspace) return;
      expect(answer.data.workspaceId).toBe(inside.workspace);
      await caller().delete(`/profiles/${answer.data.id}`);
    });
  },
);

/** Everything outside, as the owner sees it. */
async function seen(owner: Client) {
  return Promise.all(
    [beside, outside].map(async ({ ids, account, profile }) => [
      await owner.get(`/accounts/${account}`),
      { ...(await owner.get(`/profiles/${profile}`)), messageCount: 0 },
      await owner.get(`/webhooks/${ids.webhooks}`),
      await owner.get(`/messages/${ids.messages}`),
      await owner.get(`/webhooks/${ids.webhooks}/deliveries`),
    ]),
  );
}

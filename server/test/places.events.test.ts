import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { type House, openHouse } from './house.ts';
import { anotherWorkspace, listener, personIn, type Things, thingsIn } from './places.ts';
import { newTenant, type Tenant } from './tenant.ts';
import { until } from './until.ts';

let house: House;
let tenant: Tenant;
let inside: Things;
let beside: Things;
let outside: Things;
let person: Awaited<ReturnType<typeof personIn>>;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  const { owner } = tenant;
  const [first] = await owner.get('/workspaces');
  const second = await anotherWorkspace(house, tenant.organizationId);
  inside = await thingsIn(house, owner, first.id);
  beside = await thingsIn(house, owner, first.id);
  outside = await thingsIn(house, owner, second);
  person = await personIn(house, tenant, 'operator', { workspace: first.id });
});
afterAll(() => house?.close());

const send = (profileId: string) =>
  tenant.owner.post('/messages/text', { profileId, to: '628123456789', text: 'news' });

async function keyFor(profileIds: string[], permissions: string[] = []): Promise<Client> {
  const { key } = await tenant.owner.post('/api-keys', { name: 'bound', profileIds, permissions });
  return house.api.as({ 'x-api-key': key });
}

test('a socket joins only what lies in its places, and hears nothing else', async () => {
  const { key } = await tenant.owner.post('/api-keys', { name: 'bound', profileIds: [inside.profile] });
  const bound = await listener(house, { 'x-api-key': key });
  const wide = await listener(house, person.credentials);
  const owner = await listener(house, tenant.credentials);
  expect(
    await Promise.all([inside, beside, outside].map(({ profile }) => bound.join({ profileId: profile }))),
  ).toEqual([true, false, false]);
  expect(
    await Promise.all([inside, beside, outside].map(({ profile }) => wide.join({ profileId: profile }))),
  ).toEqual([true, true, false]);
  expect([await bound.join({}), await wide.join({}), await owner.join({})]).toEqual([false, false, true]);
  for (const { profile } of [outside, beside, inside]) await send(profile);
  await until('the owner heard all', () => owner.heard.length === 3);
  await until('the others heard theirs', () => bound.heard.length > 0 && wide.heard.length > 1);
  expect(bound.heard).toEqual([inside.profile]);
  expect(wide.heard).toEqual([beside.profile, inside.profile]);
  for (const { socket } of [bound, wide, owner]) socket.disconnect();
});

test('events of what is outside, and those of the whole organisation, are left out of every page', async () => {
  const profilesOf = async (caller: Client) =>
    new Set((await caller.get('/events')).events.map((event: { profileId: string }) => event.profileId));
  await send(outside.profile);
  expect(await profilesOf(tenant.owner)).toEqual(new Set([inside.profile, beside.profile, outside.profile]));
  expect(await profilesOf(person)).toEqual(new Set([inside.profile, beside.profile]));
  expect(await profilesOf(await keyFor([beside.profile]))).toEqual(new Set([beside.profile]));
  expect(await profilesOf(await keyFor([beside.profile], ['profile:read']))).toEqual(new Set());
});

test('when the grant goes, sockets fall silent and streams end within five seconds', async () => {
  const { socket, heard, join } = await listener(house, person.credentials);
  expect(await join({ profileId: inside.profile })).toBe(true);
  const answer = await fetch(`${house.gateway.url}/api/v1/events`, {
    headers: { ...person.credentials, accept: 'text/event-stream' },
  });
  const reader = answer.body?.getReader();
  let streamed = '';
  const ended = (async () => {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) return performance.now();
      streamed += Buffer.from(value ?? []).toString();
    }
  })();
  await send(inside.profile);
  await until('both heard', () => heard.length === 1 && streamed.includes(inside.profile));
  expect(streamed).not.toContain(outside.profile);
  await house.database.database.db.deleteFrom('role_grants').where('user_id', '=', person.id).execute();
  const goneAtMs = performance.now();
  expect((await ended) - goneAtMs).toBeLessThan(5_000);
  await until('the socket is silent', async () => {
    const before = heard.length;
    await send(inside.profile);
    await new Promise((resolve) => setTimeout(resolve, 200));
    return heard.length === before;
  });
  expect(performance.now() - goneAtMs).toBeLessThan(5_500);
  expect(await join({ profileId: inside.profile })).toBe(false);
  socket.disconnect();
});

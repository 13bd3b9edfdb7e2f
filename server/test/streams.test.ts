import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { type House, openHouse } from './house.ts';
import { personIn } from './places.ts';
import { newTenant, type Tenant } from './tenant.ts';

let house: House;
let tenant: Tenant;
/** Another node than the one where access is taken away. */
let url: string;
beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  ({ url } = await house.anotherNode());
});
afterAll(() => house?.close());

type Credentials = Record<string, string>;

/** Resolves when the server-sent events that are open by then have ended. */
async function streamEnd(headers: Credentials): Promise<() => Promise<void>> {
  const response = await fetch(`${url}/api/v1/events`, {
    headers: { ...headers, accept: 'text/event-stream' },
  });
  expect(response.status).toBe(200);
  const read = response.text();
  return async () => void (await read);
}

/** The same for a socket. */
async function socketEnd(extraHeaders: Credentials): Promise<() => Promise<void>> {
  const socket = io(`${url}/ws`, {
    transports: ['websocket'],
    extraHeaders,
    reconnection: false,
    forceNew: true,
  });
  const ended = new Promise<void>((resolve) => socket.once('disconnect', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return () => ended;
}

const asBearer = ({ accessToken }: { accessToken: string }) => ({ authorization: `Bearer ${accessToken}` });
const member = async () => {
  const [workspace] = await tenant.owner.get('/workspaces');
  return personIn(house, tenant, 'operator', { workspace: workspace.id });
};

/** Who reads, and how that right is taken away. */
const readers: Record<string, () => Promise<[Credentials, () => Promise<unknown>]>> = {
  'a session that is revoked': async () => {
    const { email, password } = tenant;
    const credentials = asBearer(await house.api.post('/auth/login', { email, password }));
    const sessions = await house.api.as(credentials).get('/auth/sessions');
    const { id } = sessions.find(({ current }: { current: boolean }) => current);
    return [credentials, () => tenant.owner.delete(`/auth/sessions/${id}`)];
  },
  'a key that is deleted': async () => {
    const { id, key } = await tenant.owner.post('/api-keys', { name: 'reader' });
    return [{ 'x-api-key': key }, () => tenant.owner.delete(`/api-keys/${id}`)];
  },
  'a person who is disabled': async () => {
    const { id, credentials } = await member();
    const path = `/organizations/members/${id}`;
    return [credentials, () => tenant.owner.put(path, { isActive: false })];
  },
};

/** What a machine that is busy with something else may take longer. */
const busyMs = 4_000;

test.each(Object.keys(readers))('%s reads on for two seconds at most, on any node', async (name) => {
  const [credentials, takeAway] = (await readers[name]?.()) ?? [{}, async () => undefined];
  const ends = [await streamEnd(credentials), await socketEnd(credentials)];
  await takeAway();
  const since = performance.now();
  await Promise.all(ends.map((ended) => ended()));
  expect(performance.now() - since).toBeLessThan(2_000 + busyMs);
});

test('a permission that is taken away ends the stream within two seconds, on any node', async () => {
  const person = await member();
  const ended = await streamEnd(person.credentials);
  await house.database.database.db.deleteFrom('role_grants').where('user_id', '=', person.id).execute();
  const since = performance.now();
  await ended();
  expect(performance.now() - since).toBeLessThan(2_000 + busyMs);
  expect((await (person as Client).call('GET', '/events')).status).toBe(403);
});

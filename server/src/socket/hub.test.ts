import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/database.ts';
import { eventually } from '../../test/kit/eventually.ts';
import type { Actor } from '../platform/actor.ts';
import type { EventDefinition } from '../platform/events/define.ts';
import {
  counted,
  type EventNode,
  makeOrganization,
  makeProfile,
  startEventNode,
} from '../platform/events/testing.ts';
import { Failure } from '../platform/failures.ts';
import { knownProfiles } from '../platform/known-profiles.store.ts';
import { silentLog } from '../platform/log.ts';
import type { Permission } from '../platform/permissions.ts';
import { createSocketHub, type SocketHub } from './hub.ts';

const messageCounted = {
  ...counted,
  name: 'message.counted',
  permission: 'message:read',
} as unknown as EventDefinition;

let house: TestDatabase;
let node: EventNode;
let hub: SocketHub;
let url: string;
const server = createServer((_, response) => response.end('http'));
let mine: { organizationId: string; profileId: string };
let theirs: { organizationId: string; profileId: string };
const sessions = new Map<string, Actor>();
const clients: Socket[] = [];

beforeAll(async () => {
  house = await testDatabase();
  node = await startEventNode(house.database);
  const place = async () => {
    const organizationId = await makeOrganization(house.database.db);
    return { organizationId, profileId: await makeProfile(house.database.db, organizationId) };
  };
  [mine, theirs] = [await place(), await place()];
  const session = (organizationId: string, ...granted: Permission[]): Actor => ({
    kind: 'user',
    userId: organizationId,
    organizationId,
    role: 'owner',
    permissions: new Set(granted),
  });
  sessions.set('owner', session(mine.organizationId, 'profile:read', 'message:read'));
  sessions.set('reader', session(mine.organizationId, 'profile:read'));
  sessions.set('billing', session(mine.organizationId, 'org:billing'));
  sessions.set('stranger', session(theirs.organizationId, 'profile:read', 'message:read'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  hub = createSocketHub({
    personal: { hear: () => undefined },
    server,
    authenticator: {
      async authenticate({ bearer, apiKey }) {
        if (!bearer && !apiKey) throw new Failure('UNAUTHENTICATED');
        const actor = sessions.get(bearer ?? apiKey ?? '');
        if (!actor) throw new Failure(bearer ? 'INVALID_TOKEN' : 'INVALID_API_KEY');
        return actor;
      },
    },
    events: node.log,
    passing: { tail: () => () => undefined },
    openFeed: async () => Promise.reject(new Error('nobody resumes here')),
    catalogue: () => [counted as unknown as EventDefinition, messageCounted],
    known: (tenancy, profileIds) => knownProfiles(house.database.db, tenancy, profileIds),
    corsOrigins: 'https://dashboard.example',
    log: silentLog,
  });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});
afterAll(async () => {
  await hub.close();
  server.close();
  await node.stop();
  await house.drop();
});

function dial(options: Parameters<typeof io>[1], path = '/ws'): Socket {
  const client = io(`${url}${path}`, { forceNew: true, reconnection: false, ...options });
  clients.push(client);
  return client;
}
async function connected(token: string): Promise<Socket> {
  const client = dial({ auth: { token } });
  await heardBy(client, 'connect');
  return client;
}
const join = (client: Socket, ...request: unknown[]) => client.timeout(3_000).emitWithAck('join', ...request);
const hear = (client: Socket, name: string) => {
  const heard: Record<string, unknown>[] = [];
  client.on(name, (payload: Record<string, unknown>) => heard.push(payload));
  return heard;
};
const heardBy = (client: Socket, name: string) =>
  new Promise<unknown[]>((resolve) => client.once(name, (...given: unknown[]) => resolve(given)));

test.each([
  ['auth.token', { auth: { token: 'owner' } }],
  ['auth.token with Bearer', { auth: { token: 'Bearer owner' } }],
  ['the Authorization header', { extraHeaders: { authorization: 'Bearer owner' } }],
  ['?token=', { query: { token: 'owner' } }],
  ['auth.apiKey', { auth: { apiKey: 'owner' } }],
  ['the x-api-key header', { extraHeaders: { 'x-api-key': 'owner' } }],
  ['?apiKey=', { query: { apiKey: 'owner' } }],
  ['polling', { auth: { token: 'owner' }, transports: ['polling'] }],
  ['websocket alone', { auth: { token: 'owner' }, transports: ['websocket'] }],
])('a client is known by %s, and a join sent at once is answered', async (_, options) => {
  const client = dial(options);
  expect(await join(client, { profileId: mine.profileId })).toEqual({
    success: true,
    profileId: mine.profileId,
  });
});

test.each([
  ['nothing', {}, 'UNAUTHENTICATED'],
  ['a wrong token', { auth: { token: 'nobody' } }, 'INVALID_TOKEN'],
  ['a wrong key', { auth: { apiKey: 'nothing' } }, 'INVALID_API_KEY'],
  ['a token that is no text', { auth: { token: { $ne: 1 } } }, 'UNAUTHENTICATED'],
])('with %s a client is told our code and its connection ends', async (_, options, code) => {
  const client = dial({ ...options, transports: ['websocket'] });
  const engineClosed = new Promise((resolve) => client.io.on('close', resolve));
  const [error] = (await heardBy(client, 'connect_error')) as [Error & { data: { code: string } }];
  expect(error.data).toMatchObject({ code, statusCode: 401 });
  await engineClosed;
});

test('no other namespace lets anybody in', async () => {
  for (const path of ['/', '/admin']) {
    const client = dial({ auth: { token: 'owner' } }, path);
    await heardBy(client, 'connect_error');
    expect(client.connected).toBe(false);
  }
});

test("joining a foreign or unknown profile is answered 'Forbidden', and nothing is heard", async () => {
  const client = await connected('owner');
  const heard = hear(client, 'counted');
  const refusal = { success: false, error: 'Forbidden' };
  expect(await join(client, { profileId: theirs.profileId })).toEqual(refusal);
  expect(await join(client, { profileId: 'x' })).toEqual(refusal);
  expect(await join(client, { profileId: { $ne: 1 } })).toEqual(refusal);
  expect(await join(client, { profileId: mine.profileId })).toMatchObject({ success: true });
  await node.count(theirs, 1);
  await node.count(mine, 2);
  await eventually(() => expect(heard).toEqual([{ n: 2 }]));
});

test('an event comes once in its own form and once as the generic event with its sequence', async () => {
  const client = await connected('owner');
  const [forms, events] = [hear(client, 'counted'), hear(client, 'event')];
  await join(client, { profileId: mine.profileId });
  await client.timeout(3_000).emitWithAck('subscribe:profile', { profileId: mine.profileId });
  expect(await join(client, {})).toEqual({ success: true, organization: true });
  await node.count(mine, 7);
  await eventually(() => expect(events).toHaveLength(1));
  expect(forms).toEqual([{ n: 7 }]);
  expect(events[0]).toMatchObject({
    id: expect.any(String),
    event: 'test.counted',
    sequence: await node.log.lastPosition(),
    profileId: mine.profileId,
    data: { n: 7 },
    timestamp: expect.stringMatching(/Z$/),
  });
});

test('after unsubscribe:profile nothing more is heard', async () => {
  const [client, other] = [await connected('owner'), await connected('owner')];
  const [heard, control] = [hear(client, 'counted'), hear(other, 'counted')];
  for (const one of [client, other]) await join(one, { profileId: mine.profileId });
  const left = await client.timeout(3_000).emitWithAck('unsubscribe:profile', { profileId: mine.profileId });
  expect(left).toEqual({ success: true, profileId: mine.profileId });
  await node.count(mine, 1);
  await eventually(() => expect(control).toEqual([{ n: 1 }]));
  expect(heard).toEqual([]);
});

test('the organisation room hears all its profiles and no other organisation', async () => {
  const client = await connected('stranger');
  const heard = hear(client, 'counted');
  await join(client);
  await node.count(mine, 1);
  await node.count(theirs, 2);
  await node.count({ organizationId: theirs.organizationId }, 3);
  await eventually(() => expect(heard).toEqual([{ n: 2 }, { n: 3 }]));
});

test('messages reach only who may read messages', async () => {
  const [owner, reader] = [await connected('owner'), await connected('reader')];
  const [full, narrow] = [hear(owner, 'event'), hear(reader, 'event')];
  for (const client of [owner, reader]) await join(client, { profileId: mine.profileId });
  await house.database.db.transaction().execute(async (tx) => {
    await tx
      .insertInto('events')
      .values({
        id: crypto.randomUUID(),
        position: null,
        name: 'message.counted',
        organization_id: mine.organizationId,
        profile_id: mine.profileId,
        body: '{"n":1}',
        occurred_at: new Date(),
      })
      .execute();
  });
  await node.count(mine, 2);
  await eventually(() => expect(narrow.map((one) => one.event)).toEqual(['test.counted']));
  await eventually(() => expect(full.map((one) => one.event)).toEqual(['message.counted', 'test.counted']));
  expect(await join(await connected('billing'), {})).toEqual({ success: false, error: 'Forbidden' });
});

test('a revoked session is shown out within two seconds, with the reason', async () => {
  sessions.set('leaver', sessions.get('owner') as Actor);
  const client = await connected('leaver');
  const told = hear(client, 'session:ended');
  sessions.delete('leaver');
  const revokedAt = performance.now();
  await heardBy(client, 'disconnect');
  expect(performance.now() - revokedAt).toBeLessThan(2_000);
  expect(told).toMatchObject([{ code: 'INVALID_TOKEN' }]);
});

test('a permission taken away ends the events within five seconds, and the connection stays', async () => {
  sessions.set('demoted', sessions.get('owner') as Actor);
  const client = await connected('demoted');
  const heard = hear(client, 'counted');
  await join(client, { profileId: mine.profileId });
  sessions.set('demoted', sessions.get('billing') as Actor);
  await vi.waitFor(
    async () => {
      const before = heard.length;
      const control = await connected('owner');
      const reference = hear(control, 'counted');
      await join(control, { profileId: mine.profileId });
      await node.count(mine, 1);
      await eventually(() => expect(reference).toHaveLength(1));
      expect(heard.length).toBe(before);
    },
    { timeout: 8_000, interval: 300 },
  );
  expect(client.connected).toBe(true);
});

test('a client that stops reading is dropped while others hear everything', async () => {
  const [slow, healthy] = [await connected('owner'), await connected('owner')];
  const heard = hear(healthy, 'event');
  for (const client of [slow, healthy]) await join(client, { profileId: mine.profileId });
  const transport = slow.io.engine.transport as unknown as { ws: { _socket: { pause(): void } } };
  transport.ws._socket.pause();
  const large = { n: 1, filler: 'x'.repeat(60_000) };
  let sent = 0;
  await vi.waitFor(
    async () => {
      for (let n = 0; n < 100; n++, sent++) {
        await house.database.db
          .insertInto('events')
          .values({
            id: crypto.randomUUID(),
            position: null,
            name: 'test.counted',
            organization_id: mine.organizationId,
            profile_id: mine.profileId,
            body: JSON.stringify(large),
            occurred_at: new Date(),
          })
          .execute();
      }
      node.relay.poke();
      const open = await new Promise<number>((resolve) =>
        server.getConnections((_, count) => resolve(count)),
      );
      expect(open).toBe(1);
    },
    { timeout: 12_000, interval: 50 },
  );
  await eventually(() => expect(heard).toHaveLength(sent));
});

test('a frame larger than any request of ours ends the connection', async () => {
  const client = dial({ auth: { token: 'owner' }, transports: ['websocket'] });
  await heardBy(client, 'connect');
  client.emit('join', { profileId: 'x'.repeat(1_000_000) });
  await heardBy(client, 'disconnect');
});

test('a web page from elsewhere is refused, an allowed one and our own are not', async () => {
  const from = (origin: string) => dial({ auth: { token: 'owner' }, extraHeaders: { origin } });
  await heardBy(from('https://evil.example'), 'connect_error');
  await heardBy(from('https://dashboard.example'), 'connect');
  await heardBy(from(url), 'connect');
});

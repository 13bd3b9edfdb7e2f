import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, request as openRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type TestDatabase, testDatabase } from './database.ts';
import { ask, hammer } from './hammer.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { newNumber, newTenant, type Tenant } from './tenant.ts';

let database: TestDatabase;
let folder: string;
let server: ServerProcess | undefined;
beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'mwa-drain-'));
});
afterAll(async () => {
  await server?.kill();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

async function started(): Promise<{ server: ServerProcess; tenant: Tenant }> {
  server = await startServer({
    DATA_DIR: folder,
    DATABASE_URL: database.databaseUrl,
    DATABASE_POOL_SIZE: '6',
    ENCRYPTION_KEY: 'ab'.repeat(32),
    SANDBOX: 'external',
    SANDBOX_PORT: new URL(inject('sandboxUrl')).port,
  });
  return { server, tenant: await newTenant(server.api) };
}

test('stopped under load the server resets and loses no request, on kept or new connections', async () => {
  const { server, tenant } = await started();
  const hammering = hammer(server.api.url, tenant.bearer, { clients: 30, newEvery: 5 });
  await hammering.served(300);
  await server.stop();
  expect(server.child.exitCode).toBe(0);
  const { outcomes, created } = await hammering.end;
  expect([...outcomes.keys()].sort()).toEqual([200, 201, 'refused']);
  const { rows } = await database.database.pool.query(
    'select count(*)::int as n from workspaces where organization_id = $1',
    [tenant.organizationId],
  );
  expect(rows[0].n - 1).toBe(created);
});

test('stopped, the server lets go whoever waits: held answers, streams, sockets, half a request', async () => {
  const { server, tenant } = await started();
  const { url } = server.api;
  const { id: profileId } = await tenant.owner.post('/profiles', { engine: 'sandbox' });
  const held = tenant.owner.call(
    'POST',
    '/messages/text',
    { profileId, to: newNumber(), text: 'later' },
    { prefer: 'wait=30' },
  );
  const stream = await streamOf(url, tenant);
  const sockets = [await socketOf(url, tenant, 'websocket'), await socketOf(url, tenant, 'polling')];
  const gone = sockets.map((socket) => new Promise((resolve) => socket.once('disconnect', resolve)));
  const slow = connect(Number(new URL(url).port), '127.0.0.1');
  let heard = '';
  slow.on('data', (data: Buffer) => {
    heard += data.toString();
  });
  const closed = once(slow, 'close');
  await once(slow, 'connect');
  slow.write('GET /api/v1/health/ready HTTP/1.1\r\nhost: x\r\n');

  const stopping = server.stop();
  const answer = await held;
  expect([answer.status, answer.data.status, answer.headers.get('connection')]).toEqual([
    201,
    'queued',
    'close',
  ]);
  expect(await stream.end).toBe('ended');
  expect(await Promise.all(gone)).toEqual(['io server disconnect', 'io server disconnect']);
  slow.write('\r\n');
  await closed;
  expect(heard).toMatch(/^HTTP\/1.1 503 [\s\S]*connection: close[\s\S]*SHUTTING_DOWN/i);
  await stopping;
  expect(server.child.exitCode).toBe(0);
  expect(await ask(`${url}/api/v1/health`, {})).toBe('refused');
  for (const socket of sockets) socket.disconnect();
});

/** An open stream of events; inside, how it comes to its end. */
async function streamOf(url: string, { bearer }: Tenant): Promise<{ end: Promise<string> }> {
  const sent = openRequest(`${url}/api/v1/events`, {
    headers: { ...bearer, accept: 'text/event-stream' },
  }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  const end = new Promise<string>((resolve) => {
    response.once('end', () => resolve('ended'));
    response.once('error', () => resolve('cut'));
  });
  return { end };
}

async function socketOf(url: string, { bearer }: Tenant, transport: string): Promise<Socket> {
  const socket = io(`${url}/ws`, { transports: [transport], extraHeaders: bearer, reconnection: false });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return socket;
}

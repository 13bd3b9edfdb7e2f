import { connect, type Socket } from 'node:net';
import Type from 'typebox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/database.ts';
import { until } from '../../test/until.ts';
import type { App, Feature } from '../platform/feature.ts';
import { openDoor, things } from './testing.ts';

let house: TestDatabase;
let app: App;
let port: number;
beforeAll(async () => {
  house = await testDatabase();
  app = await openDoor(house, [things], {
    arrival: { headersMsMax: 300, silentMsMax: 400, requestMsMax: 30_000, checkMs: 50 },
  });
  port = await listen(app);
});
afterAll(async () => {
  await app?.close();
  await house?.drop();
});

async function listen(door: App): Promise<number> {
  await door.listen({ port: 0, host: '127.0.0.1' });
  const [address] = door.addresses();
  return typeof address === 'object' ? address.port : 0;
}

/** Writes the bytes and gives all that came back once the other side has closed. */
function talk(bytes: string, to = port): Promise<string> {
  const socket = connect(to, '127.0.0.1', () => socket.write(bytes));
  return talkOf(socket);
}
/** All that the other side says until it closes. */
function talkOf(socket: Socket): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let heard = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk) => {
    heard += chunk;
  });
  socket.on('error', () => undefined);
  socket.on('close', () => resolve(heard));
  return promise;
}
const head = 'host: x\r\ncontent-type: application/json\r\n';

test('a header that never ends is answered 408 and closed', async () => {
  const heard = await talk('GET /api/v1/things HTTP/1.1\r\nhost: x\r\nx-slow: ');
  expect(heard).toContain('408');
  expect(heard).toContain('"code":"REQUEST_TIMEOUT"');
});

test('a connection that says nothing is answered 408 and closed', async () => {
  expect(await talk('')).toContain('408');
});

test('a body that takes too long is answered 408, unless its route gives it more time', async () => {
  const patient: Feature = {
    name: 'patient',
    routes: (api) =>
      void api.post(
        '/patient',
        { config: { access: 'public', bodyMsMax: 30_000 }, schema: { response: { 200: Type.Unknown() } } },
        async (request) => request.body,
      ),
  };
  const door = await openDoor(house, [things, patient], {
    arrival: { headersMsMax: 5_000, silentMsMax: 20_000, requestMsMax: 300, checkMs: 50 },
  });
  const to = await listen(door);
  const begun = (path: string) =>
    `POST /api/v1/${path} HTTP/1.1\r\n${head}connection: close\r\ncontent-length: 12\r\n\r\n{"name`;
  const slow = connect(to, '127.0.0.1', () => slow.write(begun('patient')));
  const heard = talkOf(slow);
  expect(await talk(begun('echo'), to)).toContain('"code":"REQUEST_TIMEOUT"');
  slow.write('":"x"}');
  expect(await heard).toContain('200 OK');
  await door.close();
});

test('a body that falls silent is answered 408 and closed', async () => {
  expect(await talk(`POST /api/v1/echo HTTP/1.1\r\n${head}content-length: 50\r\n\r\n{"name`)).toContain(
    '408',
  );
});

test.each([
  [
    'both lengths',
    `POST /api/v1/echo HTTP/1.1\r\n${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['a bad chunk', `POST /api/v1/echo HTTP/1.1\r\n${head}transfer-encoding: chunked\r\n\r\nzz\r\n`],
  ['no HTTP at all', 'HELLO\r\n\r\n'],
  ['a bare line feed', 'GET /api/v1/things HTTP/1.1\nhost: x\n\n'],
])('%s is refused and the connection closed', async (_what, bytes) => {
  const heard = await talk(bytes);
  expect(heard).toMatch(/^HTTP\/1.1 400 /);
  expect(heard).toContain('"success":false');
});

test('headers of 64 kB are answered 431', async () => {
  const heard = await talk(`GET /api/v1/things HTTP/1.1\r\nhost: x\r\nx-big: ${'x'.repeat(65_536)}\r\n\r\n`);
  expect(heard).toMatch(/^HTTP\/1.1 431 /);
  expect(heard).toContain('HEADERS_TOO_LARGE');
});

test('a body over the limit is answered 413 before it was sent', async () => {
  const declared = `POST /api/v1/echo HTTP/1.1\r\n${head}content-length: 99999999\r\n\r\n{`;
  expect(await talk(declared)).toMatch(/^HTTP\/1.1 413 /);
});

test('closing answers what is under way, refuses what comes after it, and ends', async () => {
  const gate = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const slow: Feature = {
    name: 'slow',
    routes: (api) =>
      void api.get('/slow', { config: { access: 'public' } }, async () => {
        arrived.resolve();
        await gate.promise;
        return { done: true };
      }),
  };
  const door = await openDoor(house, [slow], { strict: false });
  const address = await listen(door);
  const request = 'GET /api/v1/slow HTTP/1.1\r\nhost: x\r\n\r\n';
  const heard = talk(request + request, address);
  await arrived.promise;
  const closed = door.close();
  await until('the door takes no new connection', () =>
    fetch(`http://127.0.0.1:${address}/`).then(
      () => false,
      () => true,
    ),
  );
  gate.resolve();
  const [first = '', second = ''] = (await heard).split(/(?=HTTP\/1\.1 )/);
  await closed;
  expect(first).toMatch(/^HTTP\/1.1 200 [\s\S]*connection: close/i);
  // The first answer closes the connection; where the second request was read already, it is refused.
  if (second) expect(second).toMatch(/^HTTP\/1.1 503 [\s\S]*SHUTTING_DOWN/);
  await expect(fetch(`http://127.0.0.1:${address}/api/v1/slow`)).rejects.toThrow();
});

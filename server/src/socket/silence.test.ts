import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../test/until.ts';
import { silentLog } from '../platform/log.ts';
import { createSocketHub, type SocketHub } from './hub.ts';

const server = createServer();
let hub: SocketHub;
let port: number;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  hub = createSocketHub({
    server,
    authenticator: { authenticate: () => Promise.reject(new Error('nobody signs in here')) } as never,
    events: { tail: () => async () => undefined },
    passing: { tail: () => () => undefined },
    personal: { hear: () => undefined },
    openFeed: async () => Promise.reject(new Error('nobody resumes here')),
    catalogue: () => [],
    known: async () => [],
    corsOrigins: '',
    log: silentLog,
    silentMsMax: 100,
  });
});
afterAll(async () => {
  await hub.close();
  server.close();
});

const handshake = [
  'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
  'host: x',
  'upgrade: websocket',
  'connection: upgrade',
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version: 13',
  '\r\n',
].join('\r\n');

test('a web socket that never says what it wants is cut, without waiting for its good-bye', async () => {
  const socket: Socket = connect(port, '127.0.0.1', () => socket.write(handshake));
  let isClosed = false;
  socket.once('close', () => {
    isClosed = true;
  });
  const [first] = (await once(socket, 'data')) as [Buffer];
  expect(first.toString()).toContain('101');
  // It answers nothing, as a client that is gone.
  await until('it is cut', () => isClosed, 5_000);
});

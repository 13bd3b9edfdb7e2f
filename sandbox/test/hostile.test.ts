import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { TestSandbox } from './kit.ts';

let kit: TestSandbox;
beforeAll(async () => {
  kit = await TestSandbox.start();
});
afterAll(() => kit.close());

function ended(bytes: Buffer[]): Promise<void> {
  return new Promise((resolve) => {
    const socket = new WebSocket(kit.webSocketUrl);
    socket.on('open', () => {
      for (const each of bytes) socket.send(each);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
  });
}

test('clients that talk nonsense are cut off, and everybody else goes on', async () => {
  const client = await kit.linked('628123000001');
  const header = Buffer.from([0x57, 0x41, 6, 3]);
  const hello = Buffer.concat([header, Buffer.from([0, 0, 4]), randomBytes(4)]);
  await Promise.all([
    ended([randomBytes(100)]),
    ended([hello]),
    ended([header, Buffer.from([255, 255, 255])]).catch(() => undefined),
    ended([
      Buffer.concat([header, Buffer.from([0, 0, 36, 0x12, 0x22, 0x0a, 0x20]), randomBytes(32)]),
      Buffer.from([0, 0, 1, 0]),
    ]),
  ]);
  expect(kit.problems.every((problem) => problem.startsWith('connection of a stranger'))).toBe(true);
  expect(await client.live.onWhatsApp('628123000001')).toMatchObject([{ exists: true }]);
});

test('a connection that sends no byte, or stops in the middle of a request, harms nobody', async () => {
  const silent = connect(kit.sandbox.port, '127.0.0.1');
  const half = connect(kit.sandbox.port, '127.0.0.1', () => half.write('GET /api/hea'));
  expect((await kit.get('/api/health')).status).toBe(200);
  silent.destroy();
  half.destroy();
});

test('who does not say what it wants in time is cut, and who has said it is not', async () => {
  const client = await kit.linked('628123000002');
  await client.end();
  await kit.restart({ openingMsMax: 1000 });
  await client.login();
  const { port } = kit.sandbox;
  const bare = ['', 'GET /api/hea', '\x16\x03\x01'].map((said) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(said));
    socket.on('error', () => undefined);
    socket.resume();
    return new Promise((resolve) => socket.on('close', resolve));
  });
  await Promise.all([...bare, ended([]), ended([Buffer.from([0x57, 0x41, 6, 3])])]);
  expect(client.live.ws.isOpen).toBe(true);
  await client.say('628123000001', 'still here');
});

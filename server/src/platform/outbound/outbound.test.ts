import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import {
  type AddressInfo,
  createServer as createRawServer,
  type Server as RawServer,
  type Socket,
} from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createOutbound, type Outbound, type Resolve } from './outbound.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  return listening(server);
}
async function serveRaw(listener: (socket: Socket) => void): Promise<number> {
  return listening(createRawServer(listener));
}
async function listening(server: Server | RawServer): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
function outbound(options: Partial<Parameters<typeof createOutbound>[0]> = {}): Outbound {
  const made = createOutbound({ allow: [], closedPorts: () => [], ...options });
  closing.push(() => made.close());
  return made;
}
/** The answers of a name, one list after the other when there are several. */
function names(table: Record<string, string[][]>): Resolve {
  return (hostname, answer) => {
    const lists = table[hostname];
    const list = lists && lists.length > 1 ? lists.shift() : lists?.[0];
    if (!list) return answer(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
    answer(
      null,
      list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
}
const get = { timeoutMs: 3_000 };
const notAllowed = { code: 'TARGET_NOT_ALLOWED' };

describe('without OUTBOUND_ALLOW', () => {
  const literals = `127.0.0.1 0 0.0.0.0 127.1 2130706433 0x7f000001 0x7f.1 017700000001 0177.0.0.1 10.0.0.1
    172.16.0.1 192.168.1.1 100.64.0.1 169.254.169.254 198.18.0.1 192.0.2.1 203.0.113.9 224.0.0.1 240.0.0.1
    255.255.255.255 192.88.99.1 [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [fe80::1] [fc00::1]
    [fd00:ec2::254] [fec0::1] [ff02::1] [64:ff9b::7f00:1] [64:ff9b:1::1] [2002:7f00:1::] [2001:db8::1] [2001::1]
    [100::1] [5f00::1] [4000::1]`.split(/\s+/);

  test.each(literals)(
    'the literal %s is refused before anything is connected, under every spelling',
    async (host) => {
      let hits = 0;
      const port = await serve((_, response) => {
        hits++;
        response.end();
      });
      const url = `http://${host}:${port}/`;
      await expect(outbound().check(url)).rejects.toMatchObject(notAllowed);
      await expect(outbound().request(url, get)).rejects.toMatchObject(notAllowed);
      expect(hits).toBe(0);
    },
  );

  test.each(['localhost', 'localhost.', 'LOCALHOST'])('the name %s is refused', async (host) => {
    const port = await serve((_, response) => response.end());
    await expect(outbound().check(`http://${host}:${port}/`)).rejects.toMatchObject(notAllowed);
    await expect(outbound().request(`http://${host}:${port}/`, get)).rejects.toMatchObject(notAllowed);
  });

  test('public addresses pass the check, and so does a name that cannot be resolved yet', async () => {
    const out = outbound({ resolve: names({ 'shop.example': [['93.184.216.34', '2606:2800:220::1']] }) });
    await out.check('https://93.184.216.34/hook');
    await out.check('https://[2606:4700::1111]/hook');
    await out.check('https://shop.example/hook');
    await out.check('https://later.example/hook');
    await expect(out.request('https://later.example/hook', get)).rejects.toThrow(
      'The host name could not be resolved.',
    );
  });
});

test.each([
  'ftp://example.com/x',
  'file:///etc/passwd',
  'gopher://example.com/',
  'data:text/plain,hi',
  'javascript:alert(1)',
  'example.com/x',
  '',
  'http://user:secret@example.com/',
  'http://user@example.com/',
])('%s is not a URL we request', async (url) => {
  await expect(outbound().check(url)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  await expect(outbound().request(url, get)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
});

test('one private address among public ones refuses the name', async () => {
  const out = outbound({ resolve: names({ 'mixed.example': [['93.184.216.34', '10.0.0.7']] }) });
  await expect(out.check('http://mixed.example/')).rejects.toMatchObject(notAllowed);
  await expect(out.request('http://mixed.example/', get)).rejects.toMatchObject(notAllowed);
});

test('a name that answers differently each time is connected only to an address that was judged', async () => {
  let hits = 0;
  const port = await serve((_, response) => {
    hits++;
    response.end();
  });
  const resolve = names({ 'rebind.example': [['93.184.216.34'], ['127.0.0.1']] });
  const out = outbound({ resolve });
  await out.check(`http://rebind.example:${port}/`);
  await expect(out.request(`http://rebind.example:${port}/`, get)).rejects.toMatchObject(notAllowed);
  expect(hits).toBe(0);
});

test('a refusal names the setting and never the address behind a name', async () => {
  const out = outbound({ resolve: names({ 'inner.example': [['10.11.12.13']] }) });
  const refusal = await out.check('http://inner.example/').catch((error: Error) => error.message);
  expect(refusal).toContain('OUTBOUND_ALLOW');
  expect(refusal).not.toContain('10.11.12.13');
});

test('allowed private networks are reached, and only those', async () => {
  const port = await serve((_, response) => response.end('welcome'));
  const out = outbound({ allow: ['127.0.0.0/8', '::1'] });
  const answer = await out.request(`http://localhost:${port}/`, get);
  expect([answer.status, answer.body.toString(), answer.complete]).toEqual([200, 'welcome', true]);
  const narrow = outbound({ allow: ['127.0.0.2/32'] });
  await expect(narrow.request(`http://127.0.0.1:${port}/`, get)).rejects.toMatchObject(notAllowed);
});

test('our own ports stay closed, and metadata services too, even when their network is allowed', async () => {
  const port = await serve((_, response) => response.end());
  const out = outbound({ allow: ['127.0.0.0/8', '0.0.0.0/0', '::/0'], closedPorts: () => [port] });
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '127.9.9.9']) {
    await expect(out.request(`http://${host}:${port}/`, get)).rejects.toMatchObject(notAllowed);
  }
  await expect(out.check('http://169.254.169.254/latest')).rejects.toMatchObject(notAllowed);
  await expect(out.check('http://[fd00:ec2::254]/')).rejects.toMatchObject(notAllowed);
});

test('a redirect is an answer and is not followed', async () => {
  let hits = 0;
  const canary = await serve((_, response) => {
    hits++;
    response.end();
  });
  const port = await serve((_, response) =>
    response.writeHead(307, { location: `http://127.0.0.1:${canary}/` }).end(),
  );
  const out = outbound({ allow: ['127.0.0.1'] });
  const answer = await out.request(`http://127.0.0.1:${port}/`, { ...get, method: 'POST', body: '{}' });
  expect([answer.status, hits]).toEqual([307, 0]);
});

test('at most 64 kB of an endless answer are read', async () => {
  let sent = 0;
  const port = await serve((_, response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(16_384))) sent += 16_384;
    };
    response.on('drain', more);
    more();
  });
  const answer = await outbound({ allow: ['127.0.0.1'] }).request(`http://127.0.0.1:${port}/`, get);
  expect([answer.status, answer.body.length, answer.complete]).toEqual([200, 65_536, false]);
  expect(sent).toBeLessThan(20_000_000);
});

test('the deadline covers silence, and a body that trickles ends with the status it had', async () => {
  const silent = await serveRaw(() => undefined);
  const trickle = await serve((_, response) => {
    response.writeHead(200);
    response.write('x');
  });
  const out = outbound({ allow: ['127.0.0.1'] });
  await expect(out.request(`http://127.0.0.1:${silent}/`, { timeoutMs: 200 })).rejects.toThrow(
    'within 0.2 s',
  );
  const answer = await out.request(`http://127.0.0.1:${trickle}/`, { timeoutMs: 200 });
  expect([answer.status, answer.complete]).toEqual([200, false]);
});

test('each way of failing has a sentence of its own', async () => {
  const garbage = await serveRaw((socket) => socket.end('SSH-2.0-OpenSSH\r\n\r\n'));
  const hangUp = await serveRaw((socket) => socket.once('data', () => socket.destroy()));
  const out = outbound({ allow: ['127.0.0.1'] });
  const failure = (port: number, scheme = 'http') =>
    out.request(`${scheme}://127.0.0.1:${port}/`, get).catch((error: Error) => error.message);
  expect(await failure(garbage)).toBe('The answer was not HTTP.');
  expect(await failure(hangUp)).toBe('The connection broke off before an answer came.');
  expect(await failure(1)).toBe('The connection was refused.');
  expect(await failure(garbage, 'https')).toMatch(/^The TLS connection failed/);
});

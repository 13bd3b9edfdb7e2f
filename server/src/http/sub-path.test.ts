import { createServer, request as openRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestDoor } from '../../test/door.ts';

let door: TestDoor;
let proxy: Server;
let base: string;

/** A proxy that shows the server below `/wa/` and tells it nothing of that; elsewhere it has only its own 404. */
beforeAll(async () => {
  door = await TestDoor.open({ PUBLIC_URL: 'https://example.com/wa/' });
  const address = await door.app.listen({ port: 0, host: '127.0.0.1' });
  proxy = createServer((request, answer) => {
    const path = /^\/wa(\/.*)$/.exec(request.url ?? '')?.[1];
    if (path === undefined) return void answer.writeHead(404).end('outside');
    const onward = openRequest(`${address}${path}`, { method: request.method, headers: request.headers });
    onward.on('response', (got) => {
      answer.writeHead(got.statusCode ?? 0, got.headers);
      got.pipe(answer);
    });
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/wa/`;
});
afterAll(async () => {
  proxy?.closeAllConnections();
  proxy?.close();
  await door?.close();
});

test.each([
  ['', 'api/docs'],
  ['api/docs', 'api/docs'],
  ['api/docs/', 'api/docs/'],
  ['api/docs?lang=en', 'api/docs'],
  ['api/docs/?lang=en', 'api/docs/'],
  ['api/docs/static/index.html', 'api/docs/'],
])('below a path of a proxy the page is found at %s, with everything it loads', async (path, final) => {
  const page = await fetch(`${base}${path}`);
  expect([page.status, page.url]).toEqual([200, `${base}${final}`]);
  const links = [...(await page.text()).matchAll(/(?:href|src)="([^"]+)"/g)].map(([, link = '']) => link);
  expect(links.length).toBeGreaterThan(5);
  for (const link of links) {
    const loaded = await fetch(new URL(link, page.url), { method: 'HEAD' });
    expect([loaded.status, loaded.url], link).toEqual([
      200,
      expect.stringContaining(`${base}api/docs/static/`),
    ]);
  }
});

async function documentAt(address: string) {
  return (await (await fetch(address)).json()) as { servers: [{ url: string }]; paths: object };
}

test('what the page tries out goes through the proxy, wherever that shows the server', async () => {
  const address = `${base}api/docs/json`;
  const { servers, paths } = await documentAt(address);
  expect(Object.keys(paths)).toContain('/api/v1/health');
  const server = new URL(servers[0].url, address).href.replace(/\/$/, '');
  expect((await fetch(`${server}/api/v1/health`)).status).toBe(200);
});

test('the document names PUBLIC_URL as its server, else the place it was read from', async () => {
  const { servers: named } = await documentAt(`${base}api/docs-json`);
  expect(named).toEqual([{ url: 'https://example.com/wa' }]);
  const plain = await door.node();
  const { servers } = (await plain.inject('/api/docs-json')).json();
  expect(new URL(servers[0].url, `${base}api/docs-json`).href).toBe(base);
  await plain.close();
});

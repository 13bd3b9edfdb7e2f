import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createOutbound } from '../../../platform/outbound/outbound.ts';
import { linkIn } from './find-link.ts';
import { createPreviews } from './previews.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function page(listener: RequestListener, allow = ['127.0.0.1/32']) {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const outbound = createOutbound({ allow, closedPorts: () => [] });
  closing.push(
    () => server.closeAllConnections(),
    () => server.close(),
    outbound.close,
  );
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/bread`;
  return { url, previews: createPreviews({ outbound }), asked: () => asked };
}
const html =
  (text: string, type = 'text/html; charset=utf-8'): RequestListener =>
  (_, response) =>
    response.writeHead(200, { 'content-type': type }).end(text);

test.each([
  ['Look: https://example.com/bread.', 'https://example.com/bread'],
  ['(see https://example.com/bread)', 'https://example.com/bread'],
  ['https://en.wikipedia.org/wiki/Rye_(grain), please', 'https://en.wikipedia.org/wiki/Rye_(grain)'],
  ['“https://example.com/a?b=c&d=[1]”!', 'https://example.com/a?b=c&d=[1]'],
  ['看 https://example.com/麦。', 'https://example.com/麦'],
  ['HTTPS://EXAMPLE.COM', 'HTTPS://EXAMPLE.COM'],
  ['http://', undefined],
  ['mailto:a@example.com ftp://example.com example.com', undefined],
  ['https://....', undefined],
])('the link in %s', (text, link) => {
  expect(linkIn(text)).toBe(link);
});

test('a page is shown by what it calls itself, and asked once for many messages', async () => {
  const head =
    '<title>Plain &amp; simple</title><meta property="og:title" content="Rye\n bread"><meta name="description" content="Baked today">';
  const { url, previews, asked } = await page(
    html(`<html><head>${head}</head><body><title>no</title></body>`),
  );
  const texts = Array.from({ length: 20 }, (_, n) => `Number ${n}: ${url}.`);
  const found = await Promise.all(texts.map((text) => previews.of(text)));
  expect(new Set(found.map((one) => JSON.stringify(one)))).toEqual(
    new Set([JSON.stringify({ url, title: 'Rye bread', description: 'Baked today' })]),
  );
  expect(asked()).toBe(1);
});

test.each([
  ['fails', ((_, response) => response.writeHead(500).end('<title>x</title>')) satisfies RequestListener],
  ['is no page', html('<title>x</title>', 'application/pdf')],
  ['says nothing', html('<p>hello</p>')],
  ['breaks off', ((_, response) => response.destroy()) satisfies RequestListener],
])('a page that %s means no preview', async (_, listener) => {
  const { url, previews } = await page(listener);
  expect(await previews.of(url)).toBeUndefined();
});

test('a page that hangs or never ends is let go', async () => {
  const hanging = await page(() => undefined);
  const endless = await page((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    const timer = setInterval(() => response.write('<meta name="x" content="y">'.repeat(2_000)), 1);
    response.on('close', () => clearInterval(timer));
  });
  const begunMs = performance.now();
  expect(await hanging.previews.of(hanging.url)).toBeUndefined();
  expect(await endless.previews.of(endless.url)).toBeUndefined();
  expect(performance.now() - begunMs).toBeLessThan(10_000);
});

test('a private address is never asked', async () => {
  const { url, previews, asked } = await page(html('<title>secret</title>'), []);
  expect([await previews.of(url), asked()]).toEqual([undefined, 0]);
});

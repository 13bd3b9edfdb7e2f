import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/database.ts';
import type { App } from '../platform/feature.ts';
import { openDoor } from './testing.ts';

let house: TestDatabase;
let app: App;
const parent = mkdtempSync(join(tmpdir(), 'mwa-web-'));
const folder = join(parent, 'dist');
let isBeingBuilt = false;

beforeAll(async () => {
  house = await testDatabase();
  writeFileSync(join(parent, 'secret.js'), 'not yours');
  app = await openDoor(house, [], { dashboard: { folder, isBeingBuilt: () => isBeingBuilt } });
  await app.ready();
});
afterAll(async () => {
  await app?.close();
  await house?.drop();
  rmSync(parent, { recursive: true });
});

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });

test('until it is built, the first page is the reference', async () => {
  expect((await get('/')).headers.location).toBe('api/docs');
  expect((await get('/inbox')).statusCode).toBe(404);
});

test('while it is being built its addresses answer a page that asks again', async () => {
  isBeingBuilt = true;
  for (const path of ['/', '/inbox']) {
    const page = await get(path);
    expect([page.statusCode, page.headers['retry-after']], path).toEqual([503, '1']);
    expect(page.body).toContain('http-equiv="refresh"');
  }
  expect((await get('/assets/main-1a2b.js')).statusCode).toBe(404);
  expect((await get('/api/v1/nothing')).json().error.code).toBe('ROUTE_NOT_FOUND');
  isBeingBuilt = false;
});

test('once built, every address without a dot is the page, and the server keeps its own', async () => {
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'assets', 'main-1a2b.js'), 'start()');
  writeFileSync(join(folder, 'assets', 'main-1a2b.js.br'), 'compressed');
  writeFileSync(join(folder, 'index.html'), '<!doctype html>one');
  for (const path of ['/', '/inbox', '/profiles/0199d6a2?tab=queue', '/sandbox', '/apis']) {
    const page = await get(path);
    expect([page.statusCode, page.body], path).toEqual([200, '<!doctype html>one']);
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
    });
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    expect(page.headers['x-content-type-options']).toBe('nosniff');
  }
  for (const path of ['/api', '/api/nothing', '/api/v1/nothing', '/socket.io/x', '/ws', '/metrics/x']) {
    const answer = await get(path);
    expect([answer.statusCode, answer.json().error.code], path).toEqual([404, 'ROUTE_NOT_FOUND']);
  }
  expect((await get('/sandbox/api/x')).statusCode).toBe(401);
  expect((await get('/api/docs')).statusCode).toBe(200);
  expect((await app.inject({ method: 'POST', url: '/inbox' })).statusCode).toBe(404);
});

test('files are kept for ever by their hash, and sent compressed to whoever takes that', async () => {
  const plain = await get('/assets/main-1a2b.js');
  expect(plain.body).toBe('start()');
  expect(plain.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'accept-encoding',
  });
  const small = await get('/assets/main-1a2b.js', { 'accept-encoding': 'gzip, br' });
  expect([small.body, small.headers['content-encoding']]).toEqual(['compressed', 'br']);
  expect((await get('/assets/main-1a2b.js', { 'accept-encoding': 'br;q=0' })).body).toBe('start()');
  const head = await app.inject({ method: 'HEAD', url: '/assets/main-1a2b.js' });
  expect([head.statusCode, head.body, head.headers['content-length']]).toEqual([200, '', '7']);
});

test('a page that has not changed is not sent again, and one that was built anew is', async () => {
  const { etag = '' } = (await get('/')).headers;
  expect((await get('/', { 'if-none-match': String(etag) })).statusCode).toBe(304);
  writeFileSync(join(folder, 'assets', 'other-3c4d.js'), 'two()');
  writeFileSync(join(folder, 'index.html'), '<!doctype html>number two');
  expect((await get('/', { 'if-none-match': String(etag) })).body).toBe('<!doctype html>number two');
  expect((await get('/assets/other-3c4d.js')).body).toBe('two()');
});

test('no path leads out of the folder', async () => {
  for (const path of [
    '/../secret.js',
    '/%2e%2e/secret.js',
    '/assets/..%2f..%2fsecret.js',
    '/..%5csecret.js',
    '/%00.js',
    '/%.js',
  ]) {
    const answer = await get(path);
    expect([answer.statusCode >= 400, answer.body.includes('not yours')], path).toEqual([true, false]);
  }
});

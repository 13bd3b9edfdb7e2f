import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/database.ts';
import type { App } from '../platform/feature.ts';
import { asOwner, openDoor, things } from './testing.ts';

let house: TestDatabase;
let app: App;
beforeAll(async () => {
  house = await testDatabase();
  app = await openDoor(house, [things]);
});
afterAll(async () => {
  await app?.close();
  await house?.drop();
});

const v1 = '/api/v1';
const get = (path: string, headers: Record<string, string> = {}) =>
  app.inject({ method: 'GET', url: `${v1}${path}`, headers });
const post = (path: string, payload: string | Buffer | object, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: `${v1}${path}`,
    payload,
    headers: { 'content-type': 'application/json', ...headers },
  });
const uuid = '11111111-7b1c-7e52-9a51-0f6b0d2f3c11';

describe('answers of success', () => {
  test('are enveloped once and hold only what the schema names', async () => {
    const answer = await post('/things', { name: 'a', organizationId: 'mine' }, asOwner);
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toEqual({
      success: true,
      data: { id: 'x', name: 'a' },
      meta: { timestamp: expect.stringMatching(/^\d{4}-.*Z$/), ignored: ['organizationId'] },
    });
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(Number(answer.headers['content-length'])).toBe(Buffer.byteLength(answer.payload));
  });

  test.each([
    ['the header', asOwner, { 'x-response-format': 'raw' }, {}, true],
    ['the key', { 'x-api-key': 'raw-key' }, {}, {}, true],
    ['the header over the key', { 'x-api-key': 'raw-key' }, { 'x-response-format': 'envelope' }, {}, false],
    ['the server', asOwner, {}, { RESPONSE_FORMAT: 'raw' }, true],
    ['nobody', asOwner, { 'x-response-format': 'yaml' }, {}, false],
  ])('are raw when %s says so', async (_who, who, asked, env, raw) => {
    const door = await openDoor(house, [things], { env });
    const answer = await door.inject({ url: `${v1}/things/${uuid}`, headers: { ...who, ...asked } });
    const body = { id: uuid, name: 'found' };
    expect(raw ? answer.json() : answer.json().data).toEqual(body);
    await door.close();
  });

  test('HEAD answers like GET, without the body', async () => {
    const [head, full] = [await app.inject({ method: 'HEAD', url: `${v1}/things` }), await get('/things')];
    expect(head.statusCode).toBe(200);
    expect(head.payload).toBe('');
    expect(head.headers['content-length']).toBe(full.headers['content-length']);
  });
});

describe('refusals', () => {
  const big = JSON.stringify({ name: 'x'.repeat(1_100_000) });
  test.each<[string, () => ReturnType<typeof get>, number, string]>([
    ['no credentials, before anything is read', () => post('/things', '{broken'), 401, 'UNAUTHENTICATED'],
    ['a bad token', () => post('/things', {}, { authorization: 'Bearer x' }), 401, 'INVALID_TOKEN'],
    ['a bad key', () => post('/things', {}, { 'x-api-key': 'x' }), 401, 'INVALID_API_KEY'],
    ['a key in the address', () => get(`/things/${uuid}?api_key=raw-key`), 401, 'UNAUTHENTICATED'],
    [
      'too few permissions, before validation',
      () => post('/things', {}, { authorization: 'Bearer reader' }),
      403,
      'PERMISSION_DENIED',
    ],
    ['an invalid body', () => post('/things', {}, asOwner), 400, 'VALIDATION_ERROR'],
    ['a malformed id', () => get('/things/not-a-uuid', asOwner), 404, 'PROFILE_NOT_FOUND'],
    [
      'an id in a spelling of its own',
      () => get(`/things/urn:uuid:${uuid}`, asOwner),
      404,
      'PROFILE_NOT_FOUND',
    ],
    ['an unknown id', () => get(`/things/0${uuid.slice(1)}`, asOwner), 404, 'PROFILE_NOT_FOUND'],
    ['an unknown address', () => get('/nothing'), 404, 'ROUTE_NOT_FOUND'],
    [
      'another method',
      () => app.inject({ method: 'PATCH', url: `${v1}/things/${uuid}` }),
      405,
      'METHOD_NOT_ALLOWED',
    ],
    ['TRACE', () => app.inject({ method: 'TRACE' as 'GET', url: `${v1}/things` }), 405, 'METHOD_NOT_ALLOWED'],
    ['broken JSON', () => post('/echo', '{"name":'), 400, 'MALFORMED_JSON'],
    [
      'another content type',
      () => post('/echo', 'name=a', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'JSON called text',
      () => post('/echo', '{"name":"a"}', { 'content-type': 'text/plain' }),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'UTF-16',
      () =>
        post('/echo', Buffer.from('{"name":"a"}', 'utf16le'), {
          'content-type': 'application/json; charset=utf-16',
        }),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'a compressed body',
      () => post('/echo', '{"name":"a"}', { 'content-encoding': 'gzip' }),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'bytes that are not UTF-8',
      () => post('/echo', Buffer.from('7b226e616d65223a22ff227d', 'hex')),
      400,
      'MALFORMED_JSON',
    ],
    ['a body that is too large', () => post('/echo', big), 413, 'BODY_TOO_LARGE'],
    ['a broken escape in the address', () => get('/things/%ff', asOwner), 404, 'ROUTE_NOT_FOUND'],
    ['NUL in the query', () => get('/things?limit=%00'), 400, 'VALIDATION_ERROR'],
    ['a database that is away', () => get('/away'), 503, 'UNAVAILABLE'],
  ])('%s', async (_what, ask, status, code) => {
    const answer = await ask();
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toEqual({
      success: false,
      statusCode: status,
      message: expect.stringMatching(/./),
      error: {
        code,
        message: answer.json().message,
        docs: `/api/docs/errors#${code}`,
        ...(answer.json().error.details && { details: expect.any(Array) }),
      },
      requestId: answer.headers['x-request-id'],
    });
  });

  test('405 says which methods there are', async () => {
    const answer = await app.inject({ method: 'DELETE', url: `${v1}/things` });
    expect(answer.headers.allow).toBe('GET, HEAD, POST');
  });

  test('an unexpected error tells the client nothing of its inside', async () => {
    const answer = await get('/crash');
    expect(answer.statusCode).toBe(500);
    expect(answer.payload).not.toContain('secret');
    expect(answer.json().error).toEqual({
      code: 'INTERNAL_ERROR',
      message: 'Internal server error',
      docs: '/api/docs/errors#INTERNAL_ERROR',
    });
  });

  test('fifty different wrong keys from one address are enough; a right one still opens', async () => {
    const door = await openDoor(house, [things]);
    const attempt = (key: string) =>
      door.inject({ url: `${v1}/things/${uuid}`, headers: { 'x-api-key': key } });
    for (let index = 0; index < 60; index++) expect((await attempt('always the same')).statusCode).toBe(401);
    const statuses = [];
    for (let index = 0; index < 60; index++) statuses.push((await attempt(`guess ${index}`)).statusCode);
    expect(statuses.indexOf(429)).toBe(49);
    expect((await attempt('raw-key')).statusCode).toBe(200);
    await door.close();
  });
});

describe('validation', () => {
  test('names every problem with its place', async () => {
    const answer = await post('/echo', { count: '5', loud: 'false', kind: 'x', note: 7, target: 5 });
    expect(answer.json().error.details).toEqual([
      { path: '/name', problem: 'is required' },
      { path: '/count', problem: 'must be integer' },
      { path: '/loud', problem: 'must be boolean' },
      { path: '/kind', problem: 'must be one of big, small' },
      { path: '/note', problem: 'must be string or null' },
      { path: '/target', problem: 'must be string or array' },
    ]);
    const branch = await post('/echo', { name: 'a', target: 'x' });
    expect(branch.json().error.details).toEqual([
      { path: '/target', problem: 'must NOT have fewer than 2 characters' },
    ]);
  });

  test('is the same when schemas are compiled by the first request', async () => {
    const lazy = await openDoor(house, [things], { strict: false });
    for (let round = 0; round < 2; round++) {
      const refused = await lazy.inject({ method: 'POST', url: `${v1}/echo`, payload: { count: '5' } });
      expect(refused.json().error.details).toHaveLength(2);
      const accepted = await lazy.inject({ method: 'POST', url: `${v1}/echo`, payload: { name: 'a' } });
      expect(accepted.statusCode).toBe(200);
      expect((await lazy.inject(`${v1}/things?limit=7`)).json().data).toEqual([7, 0]);
    }
    await lazy.close();
  });

  test('reads numbers in a query and clamps them, but refuses words', async () => {
    expect((await get('/things?limit=1e9&offset=-3')).json().data).toEqual([200, 0]);
    expect((await get('/things?limit=0')).json().data).toEqual([1, 0]);
    expect((await get('/things')).json().data).toEqual([50, 0]);
    expect((await get('/things?limit=many')).json().error.details[0].path).toBe('/limit');
  });

  test('a hundred thousand wrong items are refused with an answer of bounded size', async () => {
    const answer = await post('/echo', { name: 'a', target: Array(100_000).fill(1) });
    expect(answer.statusCode).toBe(400);
    expect(answer.payload.length).toBeLessThan(30_000);
  });
});

describe('bodies', () => {
  test.each([
    ['JSON without a body', { 'content-type': 'application/json' }],
    ['a form without a body', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['nothing at all', {}],
  ])('%s is an empty object', async (_what, headers) => {
    const answer = await app.inject({ method: 'POST', url: `${v1}/poke`, headers });
    expect(answer.json().data).toEqual({});
  });

  test('text comes back byte for byte', async () => {
    const name = '‮𝒳 👩‍👩‍👧 é ﷽ \u2028 "\\\n';
    expect((await post('/echo', { name })).json().data.name).toBe(name);
  });

  test.each([
    ['NUL', '{"name":"a\\u0000b"}', '/name'],
    ['NUL deep inside', '{"name":"a","metadata":{"x":[1,{"y":"\\u0000"}]}}', '/metadata/x/1/y'],
    ['half a surrogate pair', '{"name":"\\ud800"}', '/name'],
    ['a number beyond any double', '{"name":"a","metadata":{"x":1e999}}', '/metadata/x'],
  ])('%s is refused with its place', async (_what, body, path) => {
    const answer = await post('/echo', body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ path }] });
  });

  test('nesting of 100,000 levels is refused before it is parsed; brackets in text are no nesting', async () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const bomb = `{"name":"a","metadata":${open.repeat(100_000)}1${close.repeat(100_000)}}`;
      expect((await post('/echo', bomb)).json().error.code).toBe('VALIDATION_ERROR');
    }
    const name = `\\"${'['.repeat(500)}`;
    expect((await post('/echo', { name })).json().data.name).toBe(name);
  });

  test('prototype keys are dropped and pollute nothing', async () => {
    const body =
      '{"name":"a","__proto__":{"polluted":1},"metadata":{"\\u005f_proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"kept":{"constructor":"a builder"}}}';
    const { data } = (await post('/echo', body)).json();
    expect(data).toEqual({ name: 'a', metadata: { kept: { constructor: 'a builder' } } });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('headers', () => {
  test('every answer carries a request id and the security headers, and names no software', async () => {
    for (const answer of [await get('/things'), await get('/nothing'), await get('/crash')]) {
      expect(answer.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'x-request-id': expect.stringMatching(/^[\w-]{36}$/),
      });
      expect(answer.headers['x-powered-by']).toBeUndefined();
      expect(answer.headers['strict-transport-security']).toBeUndefined();
    }
  });

  test("a caller's request id is kept when it is harmless", async () => {
    expect((await get('/things', { 'x-request-id': 'job-7' })).headers['x-request-id']).toBe('job-7');
    expect((await get('/things', { 'x-request-id': 'a b"<' })).headers['x-request-id']).not.toContain('<');
  });

  test('a foreign origin gets no CORS header, a listed one does', async () => {
    const ask = (origin: string) =>
      app.inject({
        method: 'OPTIONS',
        url: `${v1}/things`,
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    expect((await ask('https://evil.test')).headers['access-control-allow-origin']).toBeUndefined();
    expect((await ask('http://localhost:3001')).headers['access-control-allow-origin']).toBe(
      'http://localhost:3001',
    );
  });

  test('forwarded headers count from trusted proxies only', async () => {
    const trusting = await openDoor(house, [things], { env: { TRUSTED_PROXIES: '10.0.0.0/8' } });
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.9' };
    const secure = (door: App, remoteAddress: string) =>
      door
        .inject({ url: `${v1}/things`, headers, remoteAddress })
        .then((answer) => 'strict-transport-security' in answer.headers);
    expect(await secure(trusting, '10.1.2.3')).toBe(true);
    expect(await secure(trusting, '192.0.2.1')).toBe(false);
    expect(await secure(app, '10.1.2.3')).toBe(false);
    await trusting.close();
  });

  test('the limit is per caller, says when to come back, and spares nobody else', async () => {
    const door = await openDoor(house, [things], { env: { REQUESTS_PER_MINUTE: '3' } });
    const ask = (headers: Record<string, string>) => door.inject({ url: `${v1}/things/${uuid}`, headers });
    for (const left of ['2', '1', '0']) {
      const { statusCode, headers } = await ask(asOwner);
      expect([statusCode, headers['ratelimit-limit'], headers['ratelimit-remaining']]).toEqual([
        200,
        '3',
        left,
      ]);
      expect(headers['x-ratelimit-remaining']).toBe(left);
    }
    const refused = await ask(asOwner);
    expect(refused.json().error.code).toBe('RATE_LIMITED');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask({ authorization: 'Bearer reader' })).statusCode).toBe(200);
    await door.close();
  });
});

test('an address that goes on with refused credentials is refused itself, and no other is', async () => {
  const door = await openDoor(house, [things], { env: { REQUESTS_PER_MINUTE: '5' } });
  const ask = (bearer: string, remoteAddress: string) =>
    door.inject({
      url: `${v1}/things/${uuid}`,
      headers: { authorization: `Bearer ${bearer}` },
      remoteAddress,
    });
  const statuses = [];
  for (let index = 0; index < 7; index++) {
    statuses.push((await ask('expired', `2001:db8:1:2::${index}`)).statusCode);
  }
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
  expect((await ask('expired', '2001:db8:1:3::1')).statusCode).toBe(401);
  expect((await ask('owner', '2001:db8:1:2::1')).statusCode).toBe(200);
  await door.close();
});

describe('declarations', () => {
  test('a route without access stops the boot with a sentence', async () => {
    const feature = { name: 'open', routes: (api: App) => void api.get('/open', async () => ({})) };
    await expect(openDoor(house, [feature])).rejects.toThrow('GET /api/v1/open declares no access');
  });

  test('an answer the route did not declare is an error in tests and only logged otherwise', async () => {
    expect((await get('/undeclared')).json().message).toContain('must declare WEBHOOK_NOT_FOUND');
    expect((await get('/surprise')).statusCode).toBe(500);
    const lenient = await openDoor(house, [things], { strict: false });
    expect((await lenient.inject(`${v1}/undeclared`)).statusCode).toBe(404);
    expect((await lenient.inject(`${v1}/surprise`)).statusCode).toBe(202);
    await lenient.close();
  });
});

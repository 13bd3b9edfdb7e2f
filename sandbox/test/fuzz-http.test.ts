import { afterAll, beforeAll, expect, test } from 'vitest';
import { ANNA, type Api, all, ask, filled, openApi, type Route, spoilBodies } from './http-rig.ts';
import type { TestSandbox } from './kit.ts';
import { samplesOf } from './schema-samples.ts';

const NASTY_TEXT = [
  '',
  '%00',
  '%',
  '..%2f..%2f',
  '%F0%9F%A5%90',
  '9'.repeat(300),
  'x'.repeat(5000),
  '-1',
  'NaN',
  '[]',
  '1e9',
  '__proto__',
];
let api: Api;
let kit: TestSandbox;
let routes: Route[];

beforeAll(async () => {
  api = await openApi();
  ({ kit, routes } = api);
});
afterAll(() => kit?.close());

test('whatever value stands anywhere in a body, the answer is a result or a reasoned refusal', async () => {
  const codes = await spoilBodies(api, 0.06);
  expect(codes.length).toBeGreaterThan(1000);
  expect(codes.filter((code) => code >= 400).length).toBeGreaterThan(500);
  expect(kit.problems).toEqual([]);
});

test('bodies that are no JSON, of another type, or too large are refused', async () => {
  const deeds = routes
    .filter(({ body }) => body)
    .flatMap(({ method, path }) => {
      const to = filled(path);
      return [
        ...['', '{', '[]', 'null', '"text"', '1e999', '{"a":', '\ufeff{}', '{"number":1,"number":2}'].map(
          (body) => () => ask(kit, method, to, body),
        ),
        () => ask(kit, method, to, 'a=b', 'application/x-www-form-urlencoded'),
        () => ask(kit, method, to, '--x--', 'multipart/form-data; boundary=x'),
        () => ask(kit, method, to, '{}', 'application/json; charset=utf-16'),
        () => ask(kit, method, to, '{}', 'nonsense'),
      ];
    });
  await all(deeds);
  const large = `{"number":"${'9'.repeat(5 * 1024 * 1024)}"}`;
  expect(await ask(kit, 'POST', '/api/phones', large)).toBe(413);
  expect(kit.problems).toEqual([]);
});

test('whatever is in a path or a query, the answer is a result or a refusal with a reason', async () => {
  const deeds = routes.flatMap(({ method, path, query, body }) => {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
    const sent = body && JSON.stringify(samplesOf(body)[0]);
    return [
      ...named.flatMap((name) =>
        NASTY_TEXT.map((value) => () => ask(kit, method, filled(path, { [name]: value || '%20' }), sent)),
      ),
      ...query.flatMap((name) => [
        ...NASTY_TEXT.map((value) => () => ask(kit, method, `${filled(path)}?${name}=${value}`, sent)),
        () => ask(kit, method, `${filled(path)}?${name}=1&${name}=2`, sent),
        () => ask(kit, method, `${filled(path)}?${name}[a]=1`, sent),
      ]),
    ];
  });
  await all(deeds);
  expect(kit.problems).toEqual([]);
});

test('the network works on: a client is linked, and messages arrive', async () => {
  expect((await kit.get('/api/health')).status).toBe(200);
  await kit.ask('DELETE', '/api/faults');
  await kit.ask('PUT', '/api/strictness', {
    level: 'strict',
    requireLid: false,
    messagesPerMinute: null,
    minVersion: null,
  });
  await kit.ask('PUT', '/api/phones/628740000002', { online: true });
  // Among all that was asked for, the phone was installed anew and its companions were unlinked.
  const again = await kit.linked(ANNA);
  await again.say('628740000002', 'still here');
  expect((await kit.seen('628740000002', ANNA)).some(({ text }) => text === 'still here')).toBe(true);
});

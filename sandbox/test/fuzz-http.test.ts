import { afterAll, beforeAll, expect, test } from 'vitest';
import { chanceFrom } from '../src/chance.ts';
import { TestSandbox } from './kit.ts';
import { pathsIn, type Schema, samplesOf, withValue } from './schema-samples.ts';

interface Operation {
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}
interface Route {
  method: string;
  path: string;
  query: string[];
  body: Schema | undefined;
}

const ANNA = '628740000001';
/** Routes that do what they say to everybody's data. */
const LEFT_ALONE = new Set(['POST /api/reset']);
const NASTY: unknown[] = [
  ...[
    null,
    true,
    '',
    ' ',
    '\0',
    '🥐\ud800',
    '__proto__',
    'constructor',
    '../../etc/passwd',
    "'; DROP TABLE inbox; --",
  ],
  ...[0, -1, 1.5, 1e308, 2 ** 53, -(2 ** 31)],
  ...[
    'x'.repeat(70_000),
    '9'.repeat(400),
    '628740000009@g.us',
    'status@broadcast',
    '1@newsletter',
    '@',
    ':@lid',
  ],
  ...[[], [[[[[]]]]], {}, { constructor: { prototype: 1 } }, JSON.parse('{"__proto__": {"admin": true}}')],
  ...[Array.from({ length: 3000 }, () => ANNA), JSON.parse('['.repeat(500) + ']'.repeat(500))],
];
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
const chance = chanceFrom(74);
let kit: TestSandbox;

let routes: Route[];

beforeAll(async () => {
  kit = await TestSandbox.start();
  await kit.linked(ANNA);
  const { body } = await kit.get<{ paths: Record<string, Record<string, Operation>> }>('/api/docs/json');
  routes = Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]): Route => {
      const query = parameters.filter((each) => each.in === 'query').map((each) => each.name);
      const content = Object.values(requestBody?.content ?? {})[0];
      return { method: method.toUpperCase(), path, query, body: content?.schema };
    }),
  );
});
afterAll(() => kit.close());

/** A path with everything in it filled in, so that it leads somewhere. */
function filled(path: string, values: Record<string, string> = {}): string {
  const usual: Record<string, string> = {
    number: ANNA,
    other: '628740000002',
    device: '1',
    id: 'NONE',
    kind: 'image',
  };
  return path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? usual[name] ?? 'none');
}

/** Asks, and holds the answer to what every answer of the API keeps. */
async function ask(method: string, path: string, body?: string, type = 'application/json'): Promise<number> {
  const response = await fetch(`${kit.url}${path}`, {
    method,
    ...(body !== undefined && { body, headers: { 'content-type': type } }),
  });
  const text = await response.text();
  const said = `${method} ${path.slice(0, 200)} ${body?.slice(0, 300) ?? ''} -> ${response.status} ${text.slice(0, 300)}`;
  expect([500, 502, 503], said).not.toContain(response.status);
  if (response.status >= 400) {
    const { error } = JSON.parse(text) as { error?: { code: string; message: string } };
    expect(String(error?.code), said).toMatch(/^[A-Z][A-Z_]+$/);
    expect(error?.message.length, said).toBeGreaterThan(5);
  }
  return response.status;
}

async function all(deeds: (() => Promise<number>)[]): Promise<number[]> {
  const codes: number[] = [];
  for (let at = 0; at < deeds.length; at += 8)
    codes.push(...(await Promise.all(deeds.slice(at, at + 8).map((deed) => deed()))));
  return codes;
}

test('whatever value stands anywhere in a body, the answer is a result or a reasoned refusal', async () => {
  const deeds: (() => Promise<number>)[] = [];
  for (const { method, path, body } of routes) {
    if (!body || LEFT_ALONE.has(`${method} ${path}`)) continue;
    for (const sample of samplesOf(body)) {
      for (const place of pathsIn(sample)) {
        const some = NASTY.filter(() => chance() < 0.35);
        for (const value of [undefined, ...some]) {
          const spoiled = JSON.stringify(withValue(sample, place, value)) ?? '';
          deeds.push(() => ask(method, filled(path), spoiled));
        }
      }
    }
  }
  expect(deeds.length).toBeGreaterThan(1000);
  const codes = await all(deeds);
  expect(codes.filter((code) => code >= 400).length).toBeGreaterThan(500);
  expect(kit.problems).toEqual([]);
});

test('bodies that are no JSON, of another type, or too large are refused', async () => {
  const deeds = routes
    .filter(({ method, path, body }) => body && !LEFT_ALONE.has(`${method} ${path}`))
    .flatMap(({ method, path }) => {
      const to = filled(path);
      return [
        ...['', '{', '[]', 'null', '"text"', '1e999', '{"a":', '\ufeff{}', '{"number":1,"number":2}'].map(
          (body) => () => ask(method, to, body),
        ),
        () => ask(method, to, 'a=b', 'application/x-www-form-urlencoded'),
        () => ask(method, to, '--x--', 'multipart/form-data; boundary=x'),
        () => ask(method, to, '{}', 'application/json; charset=utf-16'),
        () => ask(method, to, '{}', 'nonsense'),
      ];
    });
  await all(deeds);
  const large = `{"number":"${'9'.repeat(5 * 1024 * 1024)}"}`;
  expect(await ask('POST', '/api/phones', large)).toBe(413);
  expect(kit.problems).toEqual([]);
});

test('whatever is in a path or a query, the answer is a result or a refusal with a reason', async () => {
  const deeds = routes
    .filter(({ method, path }) => !LEFT_ALONE.has(`${method} ${path}`))
    .flatMap(({ method, path, query, body }) => {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
      const sent = body && JSON.stringify(samplesOf(body)[0]);
      return [
        ...named.flatMap((name) =>
          NASTY_TEXT.map((value) => () => ask(method, filled(path, { [name]: value || '%20' }), sent)),
        ),
        ...query.flatMap((name) => [
          ...NASTY_TEXT.map((value) => () => ask(method, `${filled(path)}?${name}=${value}`, sent)),
          () => ask(method, `${filled(path)}?${name}=1&${name}=2`, sent),
          () => ask(method, `${filled(path)}?${name}[a]=1`, sent),
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

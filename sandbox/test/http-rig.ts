import { expect } from 'vitest';
import { chanceFrom } from '../src/chance.ts';
import { TestSandbox } from './kit.ts';
import { pathsIn, type Schema, samplesOf, withValue } from './schema-samples.ts';

interface Operation {
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}
export interface Route {
  method: string;
  path: string;
  query: string[];
  body: Schema | undefined;
}

export const ANNA = '628740000001';
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
/** The JSON API of a network, as its own documentation describes it. */
export interface Api {
  readonly kit: TestSandbox;
  readonly routes: Route[];
}

export async function openApi(): Promise<Api> {
  const kit = await TestSandbox.start();
  await kit.linked(ANNA);
  const { body } = await kit.get<{ paths: Record<string, Record<string, Operation>> }>('/api/docs/json');
  const routes = Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]): Route => {
      const query = parameters.filter((each) => each.in === 'query').map((each) => each.name);
      const content = Object.values(requestBody?.content ?? {})[0];
      return { method: method.toUpperCase(), path, query, body: content?.schema };
    }),
  );
  return { kit, routes: routes.filter(({ method, path }) => !LEFT_ALONE.has(`${method} ${path}`)) };
}

/** A path with everything in it filled in, so that it leads somewhere. */
export function filled(path: string, values: Record<string, string> = {}): string {
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
export async function ask(
  kit: TestSandbox,
  method: string,
  path: string,
  body?: string,
  type = 'application/json',
): Promise<number> {
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

export async function all(deeds: (() => Promise<number>)[]): Promise<number[]> {
  const codes: number[] = [];
  for (let at = 0; at < deeds.length; at += 8)
    codes.push(...(await Promise.all(deeds.slice(at, at + 8).map((deed) => deed()))));
  return codes;
}

/**
 * Asks with every place of every body taken out, and spoiled by this share of the nasty values, by one at least; gives
 * the status of each answer.
 */
export async function spoilBodies({ kit, routes }: Api, share: number): Promise<number[]> {
  const chance = chanceFrom(74);
  const deeds: (() => Promise<number>)[] = [];
  for (const { method, path, body } of routes) {
    for (const sample of body ? samplesOf(body) : []) {
      for (const place of pathsIn(sample)) {
        const one = NASTY[Math.floor(chance() * NASTY.length)];
        const values = NASTY.filter((value) => value === one || chance() < share);
        for (const value of [undefined, ...values]) {
          const spoiled = JSON.stringify(withValue(sample, place, value)) ?? '';
          deeds.push(() => ask(kit, method, filled(path), spoiled));
        }
      }
    }
  }
  return all(deeds);
}

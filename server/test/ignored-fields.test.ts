import { afterAll, beforeAll, expect, test } from 'vitest';
import { ignoredFields } from '../src/http/ignored-fields.ts';
import { documentedRoutes } from './documented.ts';
import { type Owner, TestDoor } from './door.ts';

let door: TestDoor;
let owner: Owner;
beforeAll(async () => {
  door = await TestDoor.open();
  owner = await door.register();
});
afterAll(() => door?.close());

const create = (payload: object, headers: Record<string, string> = {}) =>
  door.ask('POST', '/workspaces', { headers: { ...owner.bearer, ...headers }, payload });

test('fields that do nothing are named in meta.ignored and in X-Ignored-Fields', async () => {
  const { status, body, headers } = await create({ name: 'Branch', descripton: 'x', colour: 1 });
  expect(status).toBe(201);
  expect(body.meta.ignored).toEqual(['descripton', 'colour']);
  expect(headers['x-ignored-fields']).toBe('descripton, colour');
  const plain = await create({ name: 'Other branch', settings: { anything: { goes: 1 } } });
  expect(plain.body.meta).toEqual({ timestamp: expect.any(String) });
  expect(plain.headers).not.toHaveProperty('x-ignored-fields');
});

test('a raw answer and a refusal name ignored fields in the header', async () => {
  const raw = await create({ name: 'Third branch', Slug: 'third' }, { 'x-response-format': 'raw' });
  expect([raw.status, raw.headers['x-ignored-fields']]).toEqual([201, 'Slug']);
  const refused = await create({ nmae: 'Fourth' });
  expect([refused.status, refused.headers['x-ignored-fields']]).toEqual([400, 'nmae']);
});

test('on a route that takes no body every field is named', async () => {
  const { status, body } = await door.ask('POST', '/auth/logout', {
    headers: (await door.register()).bearer,
    payload: { everywhere: true },
  });
  expect([status, body.meta.ignored]).toEqual([200, ['everywhere']]);
});

test('however many and however strange ignored names are, the header stays short and plain', async () => {
  const strange = { 'ü, "\r\nset-cookie: a=b': 1, ['x'.repeat(5_000)]: 1, ['𝔵'.repeat(200)]: 1 };
  const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`field${index}`, 1]));
  const { status, body, headers } = await create({ name: 'Fifth branch', ...strange, ...many });
  expect(status).toBe(201);
  expect(body.meta.ignored).toHaveLength(21);
  expect(body.meta.ignored.at(-1)).toBe('…');
  const header = String(headers['x-ignored-fields']);
  expect(header).toMatch(/^%C3%BC%2C%20%22%0D%0Aset-cookie%3A%20a%3Db, x{64}%E2%80%A6, [\x21-\x7e ]*\.\.\.$/);
  expect(header.length).toBeLessThan(1_010);
});

test('nested fields are named by their path, those of list items once', () => {
  const text = { type: 'string' };
  const schema = {
    type: 'object',
    properties: {
      a: { type: 'object', properties: { b: text } },
      list: { type: 'array', items: { type: 'object', properties: { id: text } } },
      free: { type: 'object', patternProperties: { '^.*$': {} } },
      open: { type: 'object', properties: {}, additionalProperties: true },
      any: {},
      either: {
        anyOf: [
          { type: 'object', properties: { kind: { const: 'text' }, body: text } },
          { type: 'object', properties: { kind: { const: 'image' }, url: text } },
          { type: 'null' },
        ],
      },
    },
  };
  const body = {
    a: { b: 'x', c: { d: 1 } },
    list: [{ id: '1', nmae: 'x' }, { nmae: 'y' }],
    free: { x: 1 },
    open: { y: 1 },
    any: { z: { z: 1 } },
    either: { kind: 'text', url: 'x', body: 'y' },
  };
  expect(ignoredFields(schema, body)).toEqual(['a.c', 'list[].nmae', 'either.url']);
  expect(ignoredFields(schema, null)).toEqual([]);
  expect(ignoredFields({ properties: {} }, { __proto__x: 1, toString: 1 })).toEqual([
    '__proto__x',
    'toString',
  ]);
});

/** An invitation is of nobody yet who could be inactive. */
const onlyLater: Record<string, string[]> = { '/api/v1/organizations/members/{id}': ['isActive'] };

test('what an update takes the creation takes, on every route there is', () => {
  const routes = documentedRoutes();
  const missing = routes
    .filter(({ method, fields }) => ['PUT', 'PATCH'].includes(method) && fields.length > 0)
    .flatMap(({ address, fields }) => {
      const parent = address.replace(/\/\{[^}]+\}$/, '');
      const creation = routes.find((route) => route.method === 'POST' && route.address === parent);
      if (!creation || creation.fields.length === 0 || parent === address) return [];
      const known = [...creation.fields, ...(onlyLater[address] ?? [])];
      return fields.filter((field) => !known.includes(field)).map((field) => `${address} ${field}`);
    });
  expect(missing).toEqual([]);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestDoor } from '../../../test/door.ts';
import { exampleOf } from '../../http/example.ts';
import { openapiDocument } from '../../http/reference.ts';
import type { Operation } from '../../http/reference-operation.ts';
import { failures } from '../../platform/failures.ts';

interface Documented extends Operation {
  summary?: string;
  tags?: string[];
}
let door: TestDoor;
let document: {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Documented>>;
  components: {
    securitySchemes: object;
    schemas: Record<string, object>;
    examples: Record<string, { value: object }>;
  };
};
let operations: [string, Documented][];

beforeAll(async () => {
  door = await TestDoor.open();
  document = (await openapiDocument(door.app)) as unknown as typeof document;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]): [string, Documented] => [`${method} ${path}`, one]),
  );
});
afterAll(() => door?.close());

test('the document is OpenAPI 3.1 and is served as a page and as JSON', async () => {
  expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'MultiWA', version: '9.8.7' } });
  expect(Object.keys(document.components.securitySchemes)).toEqual(['bearer', 'api-key']);
  const json = await door.app.inject('/api/docs-json');
  expect(json.json().paths).toEqual(JSON.parse(JSON.stringify(document.paths)));
  const front = await door.app.inject('/');
  expect(front.headers.location).toBe('api/docs');
  const page = await door.app.inject('/api/docs');
  expect(page.statusCode).toBe(200);
  expect(page.headers['content-type']).toContain('text/html');
});

test('the page finds its document without an envelope, also where there is no https', async () => {
  const { paths } = (await door.app.inject('/api/docs/json')).json();
  expect(Object.keys(paths)).toEqual(Object.keys(document.paths));
  const page = await door.app.inject('/api/docs/');
  expect(page.headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
});

test('only routes of the API are documented, each with a tag, a summary and its answers', () => {
  expect(operations.length).toBeGreaterThan(20);
  for (const [name, { tags, summary, responses = {} }] of operations) {
    expect(name).toMatch(/^\w+ \/api\/v1\//);
    expect(tags, name).toHaveLength(1);
    expect(summary, name).toMatch(/^[A-Z].*\.$/);
    expect(
      Object.keys(responses).some((status) => status.startsWith('2')),
      name,
    ).toBe(true);
    expect(Object.keys(responses), name).toEqual(expect.arrayContaining(['429', '500', '503']));
  }
});

test('every body and JSON answer has an example: answers the envelope, errors the error body', () => {
  for (const [name, { requestBody, responses = {} }] of operations) {
    for (const media of Object.values(requestBody?.content ?? {})) {
      expect(media.example, name).toBeTypeOf('object');
    }
    for (const [status, response] of Object.entries(responses)) {
      expect(response.description, name).not.toBe('');
      // A file has a type of its own and no envelope.
      if (response.content && !response.content['application/json']) continue;
      const { schema, example, examples } = response.content?.['application/json'] ?? {};
      if (status.startsWith('2')) {
        expect(example, name).toMatchObject({ success: true, meta: { timestamp: expect.any(String) } });
        expect(Object.keys(schema?.properties ?? {}), name).toEqual(
          expect.arrayContaining(['success', 'data', 'meta']),
        );
      } else if (schema?.$ref) {
        expect(schema.$ref).toBe('#/components/schemas/Error');
        for (const code of Object.keys(examples ?? {})) {
          expect(document.components.examples[code]?.value, name).toMatchObject({
            success: false,
            statusCode: Number(status),
            error: { code },
          });
        }
      }
    }
  }
});

test('public routes ask for no credentials, the others say which count', () => {
  expect(document.paths['/api/v1/auth/login']?.post?.security).toBeUndefined();
  expect(document.paths['/api/v1/auth/me']?.get?.security).toEqual([{ bearer: [] }]);
  expect(document.paths['/api/v1/accounts']?.get?.security).toEqual([{ bearer: [] }, { 'api-key': [] }]);
  expect(document.paths['/api/v1/accounts']?.post?.description).toContain('workspace:update');
});

test('two failures of one status are both documented', () => {
  const { 401: refused } = document.paths['/api/v1/auth/refresh']?.post?.responses ?? {};
  expect(refused?.description).toContain('INVALID_REFRESH_TOKEN');
  expect(refused?.description).toContain('REFRESH_TOKEN_REUSED');
});

test('every failure code has its place on the page of error codes', async () => {
  const page = await door.app.inject('/api/docs/errors');
  for (const code of Object.keys(failures)) expect(page.payload).toContain(`id="${code}"`);
  const list = await door.app.inject({ url: '/api/docs/errors', headers: { accept: 'application/json' } });
  expect(list.json()).toHaveLength(Object.keys(failures).length);
});

test('an example fits the shape of its schema', () => {
  expect(
    exampleOf({
      type: 'object',
      properties: {
        id: { type: 'string', format: 'uuid' },
        kind: { enum: ['big', 'small'] },
        list: { type: 'array', items: { type: ['integer', 'null'] } },
        either: { anyOf: [{ type: 'boolean' }, { type: 'null' }] },
        given: { type: 'string', examples: ['mine'] },
      },
    }),
  ).toEqual({
    id: expect.stringMatching(/^[\w-]{36}$/),
    kind: 'big',
    list: [0],
    either: true,
    given: 'mine',
  });
});

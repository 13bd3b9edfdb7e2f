import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { operationIdOf } from './operation-id.ts';
import { showComponents } from './reference-components.ts';

type Fields = Record<string, unknown>;
const document = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8'));
const operations = (Object.values(document.paths) as Fields[]).flatMap((one) => Object.values(one)) as {
  operationId?: string;
  parameters?: { name: string; required?: boolean; schema?: Fields }[];
}[];

/** Every object of a part of the document. */
function* nodes(part: unknown): Generator<Fields> {
  if (typeof part !== 'object' || part === null) return;
  if (!Array.isArray(part)) yield part as Fields;
  for (const [key, value] of Object.entries(part)) if (key !== 'example') yield* nodes(value);
}

describe('what generated clients are made of', () => {
  test('each operation has a name of its own, made of its method and path', () => {
    const names = operations.map(({ operationId }) => operationId);
    expect(names).not.toContain(undefined);
    expect(new Set(names).size).toBe(names.length);
    expect(document.paths['/api/v1/profiles/{id}/pairing-code'].post.operationId).toBe(
      'postProfilePairingCode',
    );
    expect(operationIdOf('GET', '/api/v1/media/{id}/{variant}/{token}')).toBe('getMediaByIdVariantToken');
    expect(operationIdOf('delete', '/api/v1/autoreply/quick-replies/{id}')).toBe(
      'deleteAutoreplyQuickReplyById',
    );
  });

  test('a parameter with a default may be left out', () => {
    const demanded = operations.flatMap(({ operationId, parameters = [] }) =>
      parameters
        .filter(({ required, schema }) => required && schema && 'default' in schema)
        .map(() => operationId),
    );
    expect(demanded).toEqual([]);
  });

  test('things with a name are described once, and every reference leads somewhere', () => {
    const { schemas } = document.components;
    for (const name of [
      'Message',
      'Conversation',
      'Profile',
      'Webhook',
      'TextContent',
      'MessageReceivedData',
    ]) {
      expect(schemas).toHaveProperty(name);
    }
    const repeated = [...nodes({ paths: document.paths, webhooks: document.webhooks })]
      .map(({ title }) => title)
      .filter((title) => typeof title === 'string' && title in schemas);
    expect(repeated).toEqual([]);
    for (const { $ref } of nodes(document)) {
      if (typeof $ref !== 'string') continue;
      const [, , kind = '', name = ''] = $ref.split('/');
      expect(document.components[kind], $ref).toHaveProperty([name]);
    }
  });

  test('what an event says is found by its name, for those too that only sockets hear', () => {
    const { properties } = document.components.schemas.EventData;
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(document.webhooks)));
    expect(properties['chat.presence']).toEqual({ $ref: '#/components/schemas/ChatPresenceData' });
  });
});

test('a thing that may be null is a reference or null, with words of its own', () => {
  const thing = { title: 'Thing', type: 'object', properties: { title: { type: 'string' } } };
  const answers = { one: thing, none: { ...thing, type: ['object', 'null'], description: 'The last one.' } };
  const shown = { paths: { '/x': { properties: answers } } };
  expect(showComponents(shown)).toEqual({ Thing: thing });
  const $ref = '#/components/schemas/Thing';
  expect(shown.paths['/x'].properties).toEqual({
    one: { $ref },
    none: { anyOf: [{ $ref }, { type: 'null' }], description: 'The last one.' },
  });
});

test('two different things of one name are refused with a sentence', () => {
  const things = [
    { title: 'Thing', type: 'object' },
    { title: 'Thing', type: 'object', properties: { id: { type: 'string' } } },
  ];
  expect(() => showComponents({ paths: { things } })).toThrow('Two schemas have the title Thing');
});

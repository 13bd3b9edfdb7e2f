import { type CatalogueEntry, catalogueOf } from '../platform/events/catalogue.ts';
import type { EventDefinition } from '../platform/events/define.ts';
import { example as common } from '../platform/events/example.ts';
import type { JsonSchema } from './example.ts';

/** The `webhooks` of the OpenAPI document: an entry for each event that webhooks carry. */
export function webhooksOf(definitions: readonly EventDefinition[]): Record<string, object> {
  const entries = catalogueOf(definitions).filter(({ isPassing }) => !isPassing);
  return Object.fromEntries(entries.map((entry) => [entry.name, { post: operationOf(entry) }]));
}

/** A component with what each event says, by its name; those too that only sockets and streams hear. */
export function eventData(definitions: readonly EventDefinition[]): JsonSchema {
  const properties = catalogueOf(definitions).map((entry) => [entry.name, dataOf(entry)] as const);
  return {
    type: 'object',
    description: 'What each event says, by its name.',
    properties: Object.fromEntries(properties),
    required: properties.map(([name]) => name),
  };
}

/** `message.received` says `MessageReceivedData`. */
function dataOf({ name, schema }: CatalogueEntry): JsonSchema {
  const words = name.split(/[._]/).map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  return { ...schema, title: `${words.join('')}Data` } as JsonSchema;
}

function operationOf(entry: CatalogueEntry) {
  const { name, what, permission, example } = entry;
  return {
    operationId: name,
    tags: ['Webhook events'],
    summary: name,
    description: `${what}\n\nPermission: \`${permission}\`.`,
    'x-access': permission,
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['id', 'event', 'sequence', 'timestamp', 'profileId', 'data'],
            properties: {
              id: { type: 'string', format: 'uuid', description: 'The same however often it is delivered.' },
              event: { const: name },
              sequence: { type: 'integer', description: 'It only grows.' },
              timestamp: { type: 'string', format: 'date-time' },
              profileId: { type: ['string', 'null'] },
              data: dataOf(entry),
            },
          },
          example: {
            ...{ id: '0199d6a2-0718-7293-8a4b-5c6d7e8f9001', event: name, sequence: 42 },
            timestamp: common.timestamp,
            profileId: typeof example.profileId === 'string' ? example.profileId : null,
            data: example,
          },
        },
      },
    },
    responses: { '2XX': { description: 'It has arrived. Any other answer is followed by another attempt.' } },
  };
}

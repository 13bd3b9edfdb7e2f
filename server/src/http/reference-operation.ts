import type { RouteOptions } from 'fastify';
import { type FailureCode, failures } from '../platform/failures.ts';
import { exampleOf, type JsonSchema } from './example.ts';
import { errorSchema } from './fails-with.ts';

interface Media {
  schema?: JsonSchema;
  example?: unknown;
  examples?: unknown;
}
interface Response {
  description: string;
  content?: Record<string, Media>;
}
export interface Operation {
  /** What generated clients call it. */
  operationId?: string;
  security?: Record<string, string[]>[];
  description?: string;
  requestBody?: { content: Record<string, Media>; required?: boolean };
  parameters?: { name?: string; in?: string; required?: boolean; schema?: JsonSchema }[];
  /** Who may call: the word the route declares. */
  'x-access'?: string;
  responses?: Record<string, Response>;
}
export interface OpenApiDocument {
  paths?: Record<string, Record<string, Operation>>;
  webhooks?: Record<string, object>;
  components?: { schemas?: Record<string, JsonSchema>; examples?: Record<string, { value: unknown }> };
}

const moment = '2026-02-05T10:00:00.000Z';

/** Adds to an operation what the door does for its route: the envelope, examples, security and error answers. */
export function documentOperation(operation: Operation, route: RouteOptions): void {
  const { access = 'public', envelope, failures: own = [], idempotent } = route.config ?? {};
  operation['x-access'] = access;
  if (access !== 'public') {
    operation.security = access === 'person' ? [{ bearer: [] }] : [{ bearer: [] }, { 'api-key': [] }];
    if (access !== 'person' && access !== 'signed-in') {
      operation.description = [operation.description, `Permission: \`${access}\`.`]
        .filter(Boolean)
        .join('\n\n');
    }
  }
  if (idempotent) {
    const others = (operation.parameters ?? []).filter(
      ({ name }) => name?.toLowerCase() !== 'idempotency-key',
    );
    operation.parameters = [...others, idempotencyKey];
  }
  for (const parameter of operation.parameters ?? []) {
    // TypeBox fills them in before it looks for what is missing.
    if (parameter.in !== 'path' && parameter.schema?.default !== undefined) parameter.required = false;
  }
  for (const media of Object.values(operation.requestBody?.content ?? {})) {
    addExample(media);
    // No body is read as an empty one.
    if (operation.requestBody && media.schema && needsNothing(media.schema))
      operation.requestBody.required = false;
  }
  for (const response of Object.values(operation.responses ?? {})) {
    const media = response.content?.['application/json'];
    if (!media?.schema) continue;
    addExample(media);
    if (envelope !== 'never') wrap(media, envelope === 'beside', operation.requestBody !== undefined);
    if (response.description === 'Default Response') response.description = 'Success';
  }
  operation.responses = { ...operation.responses, ...errorResponses([...own, ...doorCodesOf(route)]) };
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[ -~]+$' },
  description:
    'A repeated request of the same caller with the same key and body gets the first answer and has no second effect. ' +
    'Any printable ASCII characters, spaces too.',
};

function needsNothing({ type, required = [], anyOf, oneOf, allOf }: JsonSchema): boolean {
  return type === 'object' && required.length === 0 && !anyOf && !oneOf && !allOf;
}

function addExample(media: Media): void {
  if (media.schema && media.example === undefined && media.examples === undefined) {
    media.example = exampleOf(media.schema);
  }
}

const ignored: JsonSchema = {
  type: 'array',
  items: { type: 'string' },
  description: 'Fields of the body that do nothing here: unknown or misspelt. Absent when there are none.',
};

function wrap(media: Media, beside: boolean, hasBody: boolean): void {
  const { schema = {}, example } = media;
  const fields = beside ? schema.properties : undefined;
  media.schema = {
    type: 'object',
    properties: {
      success: { type: 'boolean', const: true },
      data: schema,
      meta: {
        type: 'object',
        properties: { timestamp: { type: 'string', format: 'date-time' }, ...(hasBody && { ignored }) },
        required: ['timestamp'],
      },
      ...fields,
    },
    required: ['success', 'data', 'meta'],
  };
  media.example = {
    success: true,
    data: example,
    meta: { timestamp: moment },
    ...(beside ? (example as object) : {}),
  };
}

/** What the door may answer on this route before or instead of its handler. */
function doorCodesOf({ config, schema }: RouteOptions): FailureCode[] {
  const codes: FailureCode[] = ['RATE_LIMITED', 'INTERNAL_ERROR', 'UNAVAILABLE'];
  if (schema?.body || schema?.querystring) codes.push('VALIDATION_ERROR');
  if (schema?.body) codes.push('MALFORMED_JSON', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE');
  const access = config?.access ?? 'public';
  if (access !== 'public') {
    codes.push('UNAUTHENTICATED', 'INVALID_TOKEN', 'SESSION_REVOKED');
    if (access !== 'person') codes.push('INVALID_API_KEY', 'API_KEY_EXPIRED');
    if (access !== 'signed-in') codes.push('PERMISSION_DENIED');
  }
  if (config?.idempotent) codes.push('IDEMPOTENCY_IN_PROGRESS', 'IDEMPOTENCY_KEY_REUSED');
  return codes;
}

/** Examples are named once in the components, or two hundred routes would repeat each of them. */
function errorResponses(codes: readonly FailureCode[]): Record<string, Response> {
  const byStatus = Map.groupBy(new Set(codes), (code) => failures[code].status);
  const responses = [...byStatus].map(([status, some]): [string, Response] => {
    const description = some.map((code) => `\`${code}\`: ${failures[code].says}`).join('\n\n');
    const schema: JsonSchema = { $ref: '#/components/schemas/Error' };
    const examples = Object.fromEntries(
      some.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
    );
    return [String(status), { description, content: { 'application/json': { schema, examples } } }];
  });
  return Object.fromEntries(responses);
}

/** The shared schema and the examples behind every error answer. */
export function errorComponents(): { schema: JsonSchema; examples: Record<string, { value: unknown }> } {
  const codes = Object.keys(failures) as FailureCode[];
  const { examples, description, ...schema } = structuredClone(errorSchema(codes)) as JsonSchema;
  return {
    schema: { ...schema, description: 'The one error body, in both response formats.' },
    examples: Object.fromEntries(codes.map((code) => [code, { value: exampleOf(errorSchema([code])) }])),
  };
}

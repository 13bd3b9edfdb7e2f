import Type from 'typebox';
import type { TestDatabase } from '../../test/database.ts';
import type { Actor, Authenticator } from '../platform/actor.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config/config.ts';
import { Failure } from '../platform/failures.ts';
import type { App, Feature } from '../platform/feature.ts';
import { type Log, silentLog } from '../platform/log.ts';
import { createHttp, type HttpOptions } from './create-http.ts';
import { failsWith } from './fails-with.ts';
import { createIdempotency } from './idempotency.ts';
import { PageQuery, page } from './list.ts';
import { byId } from './path-id.ts';
import { Nullable } from './schema.ts';

const organizationId = '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11';
const otherOrganizationId = '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c12';
const person = { kind: 'user', role: 'owner', sessionId: 's1' } as const;

const actors: Record<string, Actor> = {
  owner: { ...person, userId: 'u1', organizationId, permissions: new Set(['message:send', 'profile:read']) },
  reader: { ...person, userId: 'u2', organizationId, permissions: new Set(['profile:read']) },
  colleague: { ...person, userId: 'u4', organizationId, permissions: new Set(['message:send']) },
  stranger: {
    ...person,
    userId: 'u3',
    organizationId: otherOrganizationId,
    permissions: new Set(['message:send']),
  },
  'raw-key': {
    kind: 'api-key',
    userId: 'u1',
    organizationId,
    role: 'owner',
    permissions: new Set(['profile:read', 'message:send']),
    apiKeyId: 'k1',
    responseFormat: 'raw',
  },
};

/** Knows five callers by name; everyone else is refused as the real one would. */
const authenticator: Authenticator = {
  async authenticate({ bearer, apiKey }) {
    const actor = actors[bearer ?? apiKey ?? ''];
    if (actor) return actor;
    throw new Failure(apiKey ? 'INVALID_API_KEY' : bearer ? 'INVALID_TOKEN' : 'UNAUTHENTICATED');
  },
};

export const asOwner = { authorization: 'Bearer owner' };
export const asStranger = { authorization: 'Bearer stranger' };
export const asColleague = { authorization: 'Bearer colleague' };
/** A key of the owner's; it asks for raw answers. */
export const asKey = { 'x-api-key': 'raw-key', 'x-response-format': 'envelope' };

const Thing = Type.Object({ id: Type.String(), name: Type.String() }, { title: 'Thing' });
const NewThing = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    count: Type.Optional(Type.Integer()),
    loud: Type.Optional(Type.Boolean()),
    kind: Type.Optional(Type.Enum(['big', 'small'] as const)),
    note: Type.Optional(Nullable(Type.String({ maxLength: 5 }))),
    target: Type.Optional(Type.Union([Type.String({ minLength: 2 }), Type.Array(Type.String())])),
    metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { title: 'NewThing', examples: [{ name: 'one' }] },
);

/** Routes that show each promise of the door. */
export const things: Feature = {
  name: 'things',
  routes(app) {
    const tags = ['Things'];
    app.post(
      '/things',
      { config: { access: 'message:send' }, schema: { tags, body: NewThing, response: { 201: Thing } } },
      async (request, reply) =>
        reply.code(201).send({ ...request.body, id: 'x', secret: 'kept' } as { id: string; name: string }),
    );
    app.post(
      '/echo',
      { config: { access: 'public' }, schema: { tags, body: NewThing, response: { 200: Type.Unknown() } } },
      async (request) => request.body,
    );
    app.post(
      '/poke',
      {
        config: { access: 'public' },
        schema: { tags, body: Type.Partial(NewThing), response: { 200: Type.Unknown() } },
      },
      async (request) => request.body,
    );
    app.get(
      '/things/:id',
      {
        config: { access: 'profile:read' },
        schema: {
          tags,
          params: byId('PROFILE_NOT_FOUND'),
          response: { 200: Thing, ...failsWith('PROFILE_NOT_FOUND') },
        },
      },
      async (request) => {
        if (request.params.id.startsWith('0')) throw new Failure('PROFILE_NOT_FOUND');
        return { id: request.params.id, name: 'found' };
      },
    );
    app.get(
      '/things',
      {
        config: { access: 'public' },
        schema: { tags, querystring: PageQuery, response: { 200: Type.Array(Type.Integer()) } },
      },
      async (request) => Object.values(page(request.query)),
    );
    failingRoutes(app);
  },
};

function failingRoutes(app: App): void {
  const tags = ['Things'];
  const failing = (path: string, make: () => Error) =>
    app.get(
      path,
      { config: { access: 'public' }, schema: { tags, response: { 200: Type.Unknown() } } },
      async () => {
        throw make();
      },
    );
  failing('/crash', () => new TypeError('the inner secret'));
  failing('/away', () =>
    Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' }),
  );
  failing('/undeclared', () => new Failure('WEBHOOK_NOT_FOUND'));
  app.get(
    '/surprise',
    { config: { access: 'public' }, schema: { tags, response: { 200: Type.Unknown() } } },
    async (_request, reply) => (reply as { code(status: number): typeof reply }).code(202).send({}),
  );
}

/** The door alone, with a stand-in for authentication and the given routes. */
export function openDoor(
  { database }: TestDatabase,
  features: Feature[],
  {
    env = {},
    log = silentLog,
    ...more
  }: { env?: Record<string, string>; log?: Log } & Partial<HttpOptions> = {},
): Promise<App> {
  const { db } = database;
  return createHttp({
    config: readConfig(env, '/tmp'),
    log,
    clock: systemClock,
    db,
    authenticator,
    idempotency: createIdempotency({ db, clock: systemClock }),
    features,
    version: '0.0.0',
    strict: true,
    ...more,
  });
}

export { organizationId, otherOrganizationId };

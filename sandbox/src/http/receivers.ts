import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Network } from '../network.ts';
import { RequestFailure } from './failures.ts';
import * as schemas from './schemas.ts';

interface Received {
  readonly id: number;
  readonly at: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly signature: 'right' | 'wrong' | 'absent' | 'unknown';
  readonly answered: number;
}
interface Receiver {
  secret: string | undefined;
  answer: number;
  count: number;
  readonly received: Received[];
}

const RECEIVERS_MAX = 50;
/** Of one receiver; the oldest are forgotten. */
const RECEIVED_MAX = 100;
const BODY_BYTES_MAX = 256 * 1024;

const Name = Type.Object({ name: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }) });
const Change = Type.Object(
  {
    secret: Type.Optional(Type.String({ maxLength: 500, description: 'What the webhook is signed with.' })),
    answer: Type.Optional(
      Type.Integer({ minimum: 200, maximum: 599, description: 'The status it answers; 200 unless said.' }),
    ),
  },
  { examples: [{ secret: 'whsec_…', answer: 200 }] },
);
const State = Type.Object({
  name: Type.String(),
  hasSecret: Type.Boolean(),
  answer: Type.Integer(),
  count: Type.Integer({ description: 'How many came in all.' }),
  received: Type.Array(
    Type.Object({
      id: Type.Integer(),
      at: Type.String(),
      headers: Type.Record(Type.String(), Type.String()),
      body: Type.String(),
      signature: Type.Enum(['right', 'wrong', 'absent', 'unknown'], {
        description: '`unknown`: nobody told this receiver the secret.',
      }),
      answered: Type.Integer(),
    }),
    { description: 'The newest first, 100 at most.' },
  ),
});

/** A network that is forgotten takes its receivers along. */
const kept = new WeakMap<Network, Map<string, Receiver>>();

/** Somewhere for webhooks to go: keeps what was posted to it, and whether it was signed as Standard Webhooks says. */
export function receiverRoutes(network: () => Network): FastifyPluginAsyncTypebox {
  const all = () => {
    const known = kept.get(network()) ?? new Map<string, Receiver>();
    kept.set(network(), known);
    return known;
  };
  const receiver = (name: string): Receiver => {
    const known = all().get(name) ?? { secret: undefined, answer: 200, count: 0, received: [] };
    if (!all().has(name) && all().size >= RECEIVERS_MAX)
      throw new RequestFailure(409, 'TOO_MANY_RECEIVERS', `There are ${RECEIVERS_MAX} receivers already.`);
    all().set(name, known);
    return known;
  };
  const describe = (name: string, { secret, answer, count, received }: Receiver) => ({
    ...{ name, hasSecret: secret !== undefined, answer, count },
    received: received.toReversed(),
  });
  return async (app) => {
    const tags = ['Receivers'];
    const url = '/api/receivers/:name';
    app.put(
      url,
      {
        schema: {
          tags,
          summary: 'Make a receiver of webhooks, or change what it answers.',
          params: Name,
          body: Change,
          response: { 200: State, ...schemas.refusals, 409: schemas.Failure },
        },
      },
      async ({ params: { name }, body }) => {
        const known = receiver(name);
        if (body.secret !== undefined) known.secret = body.secret;
        if (body.answer !== undefined) known.answer = body.answer;
        return describe(name, known);
      },
    );
    app.get(
      url,
      {
        schema: {
          tags,
          summary: 'What a receiver has got.',
          params: Name,
          response: { 200: State, ...schemas.refusals },
        },
      },
      async ({ params: { name } }) => {
        const known = all().get(name);
        if (!known) throw new RequestFailure(404, 'RECEIVER_NOT_FOUND', `There is no receiver "${name}".`);
        return describe(name, known);
      },
    );
    app.delete(
      url,
      {
        schema: {
          tags,
          summary: 'Forget a receiver and what it has got.',
          params: Name,
          response: { 200: schemas.Empty, ...schemas.refusals },
        },
      },
      async ({ params: { name } }) => {
        all().delete(name);
        return {};
      },
    );
    await app.register(async (raw) => {
      raw.removeAllContentTypeParsers();
      raw.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
      raw.post(
        url,
        { schema: { hide: true, params: Name }, bodyLimit: BODY_BYTES_MAX },
        async (request, reply) => {
          const { name } = request.params as { name: string };
          const known = receiver(name);
          const body = typeof request.body === 'string' ? request.body : '';
          known.count += 1;
          known.received.push({
            ...{ id: known.count, at: new Date().toISOString(), body, answered: known.answer },
            headers: textsOf(request),
            signature: judge(request, body, known.secret),
          });
          if (known.received.length > RECEIVED_MAX) known.received.shift();
          return reply.code(known.answer).send({ received: known.count });
        },
      );
    });
  };
}

function textsOf({ headers }: FastifyRequest): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** By the text of Standard Webhooks 1.0, in this network's own words: the server's code is not asked. */
function judge({ headers }: FastifyRequest, body: string, secret: string | undefined): Received['signature'] {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': given } = headers;
  if (given === undefined) return 'absent';
  if (secret === undefined) return 'unknown';
  const key = secret.startsWith('whsec_')
    ? Buffer.from(secret.slice('whsec_'.length), 'base64')
    : Buffer.from(secret, 'utf8');
  const expected = createHmac('sha256', key)
    .update(`${String(id)}.${String(at)}.${body}`)
    .digest();
  const isRight = String(given)
    .split(' ')
    .map((one) => Buffer.from(one.replace(/^v1,/, ''), 'base64'))
    .some((one) => one.length === expected.length && timingSafeEqual(one, expected));
  return isRight ? 'right' : 'wrong';
}

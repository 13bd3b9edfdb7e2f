import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { FINDINGS, type FindingName, findingKind } from '../findings/catalogue.ts';
import type { Strictness } from '../findings/strictness.ts';
import { versionParts } from '../findings/version.ts';
import type { Network } from '../network.ts';
import { RequestFailure } from './failures.ts';
import { LedgerPage, LedgerQuery, refusals } from './schemas.ts';
import { numberIn } from './who.ts';

const Kind = Type.Object({
  name: Type.String(),
  what: Type.String(),
  right: Type.String(),
  refusal: Type.Union([Type.Object({ code: Type.Integer(), text: Type.String() }), Type.Null()], {
    description: 'What it is answered with; null: it is noted and let pass.',
  }),
  always: Type.Boolean({ description: 'Refused by a lenient network, too.' }),
});
const fields = {
  level: Type.Enum(['strict', 'lenient'], {
    description: '`strict` refuses as the catalogue says; `lenient` notes and lets pass what can pass.',
  }),
  requireLid: Type.Boolean({ description: 'People must be addressed by LID.' }),
  messagesPerMinute: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], {
    description: 'So many messages of an account in a minute; more are refused with 429. Null: no limit.',
  }),
  minVersion: Type.Union([Type.String(), Type.Null()], {
    description:
      'Oldest version that may log in, such as `2.3000.1015901307`; older ones get 405. Null: any.',
  }),
  deviceGraceSeconds: Type.Integer({
    minimum: 0,
    maximum: 3600,
    description: 'So long after a device came or went, messages may leave it out or be encrypted for it.',
  }),
};
const Current = Type.Object(fields);
const Change = Type.Partial(Type.Object(fields), { examples: [{ level: 'lenient', requireLid: true }] });

/** What clients did wrong, and how strict the network is about it. */
export function findingRoutes(network: () => Network): FastifyPluginAsyncTypebox {
  return async (app) => {
    const tags = ['Findings'];
    app.get(
      '/api/findings',
      {
        schema: {
          tags,
          summary: 'Deviations of clients, oldest first; `type` is the name of the finding.',
          querystring: Type.Omit(LedgerQuery, ['kind']),
          response: { 200: LedgerPage, ...refusals },
        },
      },
      async ({ query }) => {
        const number = query.number === undefined ? undefined : numberIn(query.number);
        const entries = network().ledger.read({ ...query, number, kind: 'finding' });
        return { entries, cursor: entries.at(-1)?.seq ?? query.after ?? 0 };
      },
    );
    app.get(
      '/api/findings/catalogue',
      {
        schema: {
          tags,
          summary: 'Everything the network looks at.',
          response: { 200: Type.Array(Kind) },
        },
      },
      async () =>
        (Object.keys(FINDINGS) as FindingName[]).map((name) => {
          const { what, right, refusal, always } = findingKind(name);
          return { name, what, right, refusal: refusal ?? null, always: always === true };
        }),
    );
    app.get(
      '/api/strictness',
      { schema: { tags, summary: 'How strict the network is.', response: { 200: Current } } },
      async () => network().checks.strictness.now,
    );
    app.put(
      '/api/strictness',
      {
        schema: {
          tags,
          summary: 'Make the network stricter or more lenient; what is left out stays as it is.',
          body: Change,
          response: { 200: Current, ...refusals },
        },
      },
      async ({ body }) => {
        if (typeof body.minVersion === 'string' && !versionParts(body.minVersion)) {
          const message = `"${body.minVersion}" is no version: three numbers with dots, such as 2.3000.1015901307.`;
          throw new RequestFailure(400, 'VALIDATION_ERROR', message);
        }
        return network().checks.strictness.change(body as Partial<Strictness>);
      },
    );
  };
}

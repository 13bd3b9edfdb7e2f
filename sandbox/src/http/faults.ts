import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { parseNumber } from '../accounts/number.ts';
import type { Fault, FaultOrder } from '../faults/faults.ts';
import type { FaultKind } from '../faults/kind.ts';
import { FAULTS } from '../faults/kinds.ts';
import { problemsIn } from '../faults/order.ts';
import type { Network } from '../network.ts';
import { RequestFailure } from './failures.ts';
import * as schemas from './schemas.ts';
import { notANumber, numberIn, phoneIn } from './who.ts';

function describe({ left, ...fault }: Fault) {
  return { ...fault, left: Number.isFinite(left) ? Math.max(left, 0) : null };
}

/** The order that a body asks for; refuses one that could not strike, with all that is wrong. */
function orderFrom(network: Network, body: FaultOrder): FaultOrder {
  const problems = problemsIn(body);
  if (body.number !== undefined && !parseNumber(body.number)) problems.push(notANumber(body.number));
  if (problems.length > 0) throw new RequestFailure(400, 'VALIDATION_ERROR', problems.join(' '));
  return { ...body, ...(body.number !== undefined && { number: phoneIn(network, body.number).number }) };
}

/** Faults by name, and the ledger of everything that passed. */
export function faultAndLedgerRoutes(network: () => Network): FastifyPluginAsyncTypebox {
  return async (app) => {
    const tags = ['Faults'];
    app.post(
      '/api/faults',
      {
        schema: {
          tags,
          summary: 'Put a fault in force.',
          body: schemas.NewFault,
          response: { 200: schemas.Fault, ...schemas.refusals },
        },
      },
      async ({ body }) => describe(network().faults.add(orderFrom(network(), body as FaultOrder))),
    );
    app.get(
      '/api/faults',
      {
        schema: {
          tags,
          summary: 'Faults in force, with how often each has struck.',
          response: { 200: Type.Array(schemas.Fault) },
        },
      },
      async () => network().faults.all().map(describe),
    );
    app.get(
      '/api/faults/catalogue',
      {
        schema: {
          tags,
          summary: 'Everything that can go wrong here.',
          response: { 200: Type.Array(schemas.FaultKind) },
        },
      },
      async () =>
        Object.entries<FaultKind>(FAULTS).map(([name, { what, stage, times, code = null }]) => ({
          ...{ name, what, stage, code },
          times: Number.isFinite(times) ? times : null,
        })),
    );
    app.delete(
      '/api/faults/:id',
      {
        schema: {
          tags,
          summary: 'End a fault.',
          params: schemas.FaultParam,
          response: { 200: schemas.Empty, ...schemas.refusals },
        },
      },
      async ({ params }) => {
        if (!network().faults.clear(params.id))
          throw new RequestFailure(404, 'FAULT_NOT_FOUND', 'There is no such fault.');
        return {};
      },
    );
    app.delete(
      '/api/faults',
      { schema: { tags, summary: 'End all faults.', response: { 200: schemas.Empty } } },
      async () => {
        network().faults.clearAll();
        return {};
      },
    );
    app.get(
      '/api/ledger',
      {
        schema: {
          tags: ['Ledger'],
          summary: 'Every stanza and every fate of a message, oldest first.',
          querystring: schemas.LedgerQuery,
          response: { 200: schemas.LedgerPage, ...schemas.refusals },
        },
      },
      async ({ query }) => {
        const number = query.number === undefined ? undefined : numberIn(query.number);
        const entries = network().ledger.read({ ...query, number });
        return { entries, cursor: entries.at(-1)?.seq ?? query.after ?? 0 };
      },
    );
  };
}

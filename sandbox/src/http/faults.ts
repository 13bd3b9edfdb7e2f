import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Fault, FaultOrder } from '../faults/faults.ts';
import type { FaultStage } from '../faults/kind.ts';
import { type FaultName, kindOf } from '../faults/kinds.ts';
import type { Network } from '../network.ts';
import { RequestFailure } from './failures.ts';
import * as schemas from './schemas.ts';
import { numberIn } from './who.ts';

function describe({ left, ...fault }: Fault) {
  return { ...fault, left: Number.isFinite(left) ? Math.max(left, 0) : null };
}

/** What faults of a stage can't be narrowed to, and why. */
const TOO_EARLY = 'strikes before a client says who it is';
const NO_STANZA = 'does not wait for a stanza';
const CANNOT: Partial<Record<FaultStage, [string, (keyof FaultOrder)[]]>> = {
  connect: [TOO_EARLY, ['number', 'device', 'stanza', 'xmlns', 'child']],
  hello: [TOO_EARLY, ['number', 'device', 'stanza', 'xmlns', 'child']],
  login: [NO_STANZA, ['stanza', 'xmlns', 'child']],
  account: [NO_STANZA, ['stanza', 'xmlns', 'child']],
  state: [NO_STANZA, ['stanza', 'xmlns', 'child', 'probability']],
  upload: [NO_STANZA, ['device', 'stanza', 'xmlns', 'child']],
  download: ['strikes whoever fetches a file', ['number', 'device', 'stanza', 'xmlns', 'child']],
};

/** What only some faults know. */
const ONLY_FOR: Partial<Record<keyof FaultOrder, FaultName[]>> = {
  direction: ['half-open', 'bandwidth'],
  bytesPerSecond: ['bandwidth'],
  attribute: ['strip-attribute'],
};

function problemIn(order: FaultOrder): string | undefined {
  const [why, cannot] = CANNOT[kindOf(order.name).stage] ?? ['', []];
  const narrowed = cannot.find((field) => order[field] !== undefined);
  if (narrowed) return `"${order.name}" ${why}, so it can't be narrowed by ${narrowed}.`;
  for (const [field, names] of Object.entries(ONLY_FOR) as [keyof FaultOrder, FaultName[]][]) {
    if (order[field] !== undefined && !names.includes(order.name))
      return `"${order.name}" has no ${field}; only ${names.join(' and ')} has.`;
  }
  return order.name === 'strip-attribute' && order.attribute === undefined
    ? '"strip-attribute" needs to know which attribute.'
    : undefined;
}

function orderFrom(body: FaultOrder): FaultOrder {
  const problem = problemIn(body);
  if (problem) throw new RequestFailure(400, 'VALIDATION_ERROR', problem);
  return { ...body, ...(body.number !== undefined && { number: numberIn(body.number) }) };
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
      async ({ body }) => describe(network().faults.add(orderFrom(body as FaultOrder))),
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

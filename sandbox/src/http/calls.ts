import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { CallRefused } from '../calls/calls.ts';
import type { Network } from '../network.ts';
import { PhoneOffline } from '../phone/phones.ts';
import * as schemas from './calls-schemas.ts';
import { RequestFailure } from './failures.ts';
import { NumberParam, refusals } from './schemas.ts';
import { phoneIn } from './who.ts';

/** Calls that people make and answer on their phones. */
export function callRoutes(network: () => Network): FastifyPluginAsyncTypebox {
  return async (app) => {
    const tags = ['Calls'];
    app.post(
      '/api/phones/:number/calls',
      {
        schema: {
          tags,
          summary: 'The person calls somebody.',
          params: NumberParam,
          body: schemas.NewCall,
          response: { 200: schemas.Call, ...refusals },
        },
      },
      async ({ params: { number }, body: { to, video = false, group, ringSeconds } }) => {
        const account = phoneIn(network(), number);
        const callee = phoneIn(network(), to);
        if (!account.online) throw new PhoneOffline();
        if (callee === account)
          throw new RequestFailure(400, 'VALIDATION_ERROR', 'Nobody can call their own number.');
        const ringMs = ringSeconds === undefined ? undefined : ringSeconds * 1000;
        return network().people.calls.start({ account, device: 0 }, callee, { video, group, ringMs });
      },
    );
    app.get(
      '/api/phones/:number/calls',
      {
        schema: {
          tags,
          summary: 'Calls from and to this person, oldest first, and the call links they made.',
          params: NumberParam,
          response: { 200: schemas.CallList, ...refusals },
        },
      },
      async ({ params: { number } }) => {
        const account = phoneIn(network(), number);
        const { log } = network().people.calls;
        const calls = log.of(account.number);
        const mayKnow = calls.filter((call) => call.offered || call.caller === account.number);
        return { calls: mayKnow, links: log.links(account.number) };
      },
    );
    app.post(
      '/api/phones/:number/calls/:id',
      {
        schema: {
          tags,
          summary: 'The person answers, declines or ends a call on the phone.',
          params: schemas.CallParam,
          body: schemas.CallAct,
          response: { 200: schemas.Call, ...refusals },
        },
      },
      async ({ params: { number, id }, body: { action } }) => {
        const account = phoneIn(network(), number);
        if (!account.online) throw new PhoneOffline();
        try {
          return network().people.calls.act({ account, device: 0 }, id, action);
        } catch (error) {
          if (!(error instanceof CallRefused)) throw error;
          throw new RequestFailure(error.code === 'CALL_NOT_FOUND' ? 404 : 409, error.code, error.message);
        }
      },
    );
  };
}

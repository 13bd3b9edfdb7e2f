import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Network } from '../network.ts';
import { reinstall } from '../phone/reinstall.ts';
import { describePhone } from './phones.ts';
import * as shared from './schemas.ts';
import { phoneIn } from './who.ts';

const Reinstall = Type.Object(
  {
    keepMessages: Type.Optional(
      Type.Boolean({ description: 'Whether messages come back, as from a backup. Default: true.' }),
    ),
  },
  { examples: [{ keepMessages: true }] },
);

/** The person gets a new phone, or installs WhatsApp again on the old one. */
export function reinstallRoutes(network: () => Network): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/api/phones/:number/reinstall',
      {
        schema: {
          tags: ['Phones'],
          summary: 'Install the phone anew: new identity key, companions unlinked, contacts told.',
          params: shared.NumberParam,
          body: Reinstall,
          response: { 200: shared.Phone, ...shared.refusals },
        },
      },
      async ({ params, body }) => {
        const account = phoneIn(network(), params.number);
        await reinstall(network(), account, body.keepMessages ?? true);
        return describePhone(network(), account);
      },
    );
  };
}

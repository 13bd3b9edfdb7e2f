import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { Network } from '../network.ts';
import { MessageParam } from './message-schemas.ts';
import * as schemas from './schemas.ts';
import { phoneIn } from './who.ts';

const answers = {
  200: {
    description: 'The decrypted file.',
    content: { '*/*': { schema: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }) } },
  },
  ...schemas.refusals,
  410: schemas.Failure,
};

/** Files of messages as people see them. */
export function messageFileRoutes(network: () => Network): FastifyPluginAsyncTypebox {
  return async (app) => {
    const tags = ['Messages'];
    app.get(
      '/api/phones/:number/messages/:id/media',
      {
        schema: {
          tags,
          summary:
            'The file of a message, fetched and decrypted by the phone; a view-once file until it is opened.',
          params: MessageParam,
          response: answers,
        },
      },
      async ({ params: { number, id } }, reply) =>
        give(reply, await network().phones.file(phoneIn(network(), number), id)),
    );
    app.post(
      '/api/phones/:number/messages/:id/open',
      {
        schema: {
          tags,
          summary:
            'The person plays a voice message, or looks at a view-once file, which is gone after this.',
          params: MessageParam,
          response: { 200: schemas.Empty, ...schemas.refusals },
        },
      },
      async ({ params: { number, id } }) => {
        await network().phones.play(phoneIn(network(), number), id);
        return {};
      },
    );
  };
}

type File = Awaited<ReturnType<Network['phones']['file']>>;

function give(reply: FastifyReply, { bytes, mimetype, fileName }: File): FastifyReply {
  const isPlainType = /^[\w.+-]+\/[\w.+-]+(; ?[\w-]+=[\w.+-]+)*$/.test(mimetype);
  const name = fileName === undefined ? '' : `; filename*=UTF-8''${encodeURIComponent(fileName)}`;
  return reply
    .header('content-disposition', `attachment${name}`)
    .header('x-content-type-options', 'nosniff')
    .type(isPlainType ? mimetype : 'application/octet-stream')
    .send(bytes);
}

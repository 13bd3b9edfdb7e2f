import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Network } from '../network.ts';
import { RequestFailure } from './failures.ts';
import * as schemas from './schemas.ts';
import { chatIn, phoneIn, targetIn } from './who.ts';

/** What people write and read on their phones. */
export function messageRoutes(network: () => Network): FastifyPluginAsyncTypebox {
  return async (app) => {
    const tags = ['Messages'];
    const params = schemas.NumberParam;
    app.post(
      '/api/phones/:number/messages',
      {
        schema: {
          tags,
          summary: 'The person sends a message.',
          params,
          body: schemas.NewMessage,
          response: { 200: schemas.SentMessage, ...schemas.refusals },
        },
      },
      async ({ params: { number }, body }) => {
        if (body.type !== 'text')
          throw new RequestFailure(
            501,
            'NOT_IMPLEMENTED',
            `Phones can't send "${body.type}" yet; send "text".`,
          );
        if (body.text === undefined)
          throw new RequestFailure(400, 'VALIDATION_ERROR', 'A text message needs "text".');
        const account = phoneIn(network(), number);
        const to = targetIn(network(), account, body.to, body.audience);
        return { id: await network().phones.send(account, to, { conversation: body.text }) };
      },
    );
    app.get(
      '/api/phones/:number/messages',
      {
        schema: {
          tags,
          summary: 'What the person sees, in order.',
          params,
          querystring: schemas.MessagesQuery,
          response: { 200: Type.Array(schemas.Message), ...schemas.refusals },
        },
      },
      async ({ params: { number }, query }) => {
        const chat = query.chat === undefined ? undefined : chatIn(network(), query.chat);
        return network().phones.look(phoneIn(network(), number), chat, query.after, query.limit);
      },
    );
    app.post(
      '/api/phones/:number/read',
      {
        schema: {
          tags,
          summary: 'The person opens a chat: read receipts go out.',
          params,
          body: schemas.Chat,
          response: { 200: schemas.ReadAnswer, ...schemas.refusals },
        },
      },
      async ({ params: { number }, body }) => {
        const account = phoneIn(network(), number);
        return { read: await network().phones.openChat(account, chatIn(network(), body.chat)) };
      },
    );
  };
}

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Account } from '../accounts/account.ts';
import type { Network } from '../network.ts';
import type { NewMessage } from '../phone/contents/new-message.ts';
import { Message } from './content-schemas.ts';
import { RequestFailure } from './failures.ts';
import * as messages from './message-schemas.ts';
import * as schemas from './schemas.ts';
import { chatIn, numberIn, phoneIn, targetIn } from './who.ts';

/** A file of 64 MB in base64, and what surrounds it. */
const BODY_BYTES_MAX = 88 * 1024 * 1024;

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
          summary: 'The person sends a message, or does something to an earlier one.',
          params,
          body: messages.NewMessage,
          response: { 200: messages.SentMessage, ...schemas.refusals, 413: schemas.Failure },
        },
        bodyLimit: BODY_BYTES_MAX,
        preValidation: async ({ body }) => refuseUnknownType(body),
      },
      async ({ params: { number }, body: { to, audience, ...content } }) => {
        const account = phoneIn(network(), number);
        const target = targetIn(network(), account, to, audience);
        const message = { ...content, ...mentionsIn(content) };
        return { id: await network().phones.write(account, target, message) };
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
          response: { 200: Type.Array(Message), ...schemas.refusals },
        },
      },
      async ({ params: { number }, query }) => {
        const { chat: asked, after, limit } = query;
        const chat = asked === undefined ? undefined : chatIn(network(), asked);
        const account = phoneIn(network(), number);
        const seen = await network().phones.look(account, chat, after, limit);
        if (after !== undefined && !isPlace(network(), account, after))
          throw new RequestFailure(404, 'MESSAGE_NOT_FOUND', 'There is no message to read on from: "after".');
        return seen;
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

/** Whether a phone can show what comes after this: a `seq`, or a message it has. */
function isPlace({ phones }: Network, { number }: Account, after: string): boolean {
  return /^\d{1,15}$/.test(after) || phones.inbox.message(number, after) !== undefined;
}

/** Says which kinds there are, which the check of the body itself can't. */
function refuseUnknownType(body: unknown): void {
  const { type } = (body ?? {}) as { type?: unknown };
  if (type === undefined || messages.TYPES.includes(String(type))) return;
  const known = messages.TYPES.join(', ');
  throw new RequestFailure(
    400,
    'VALIDATION_ERROR',
    `There is no message of type "${type}"; known: ${known}.`,
  );
}

/** Mentioned people by their digits; anything that is no number is refused. */
function mentionsIn(content: NewMessage): { mentions?: string[] } {
  if (!('mentions' in content) || !content.mentions) return {};
  return { mentions: content.mentions.map(numberIn) };
}

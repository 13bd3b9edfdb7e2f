import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { Success } from '../../http/schema.ts';
import type { App } from '../../platform/feature.ts';
import * as wire from './acts.schema.ts';
import type { Cancelling } from './cancelling.ts';
import { DeedAnswer } from './deeds/deeds.schema.ts';
import type { MarkRead } from './mark-read.ts';
import { SendAnswer } from './messages.schema.ts';
import { originOf } from './origin.ts';
import { PreferHeader, waitOf } from './prefer.ts';
import type { Removing } from './removing.ts';
import type { SendFrom } from './send-from.ts';
import type { Typing } from './typing.ts';

const tags = ['Messages'];
const sends = { access: 'message:send', idempotent: 'in-transaction' } as const;
const params = Type.Object({
  id: Type.String({ maxLength: 128, description: 'Our id or the WhatsApp id of the message.' }),
});

/** What is done with messages beside sending new ones. */
export function actRoutes(
  app: App,
  desk: {
    sendFrom: SendFrom;
    cancelling: Cancelling;
    removing: Removing;
    markRead: MarkRead;
    typing: Typing;
  },
): void {
  app.post(
    '/messages/reply',
    {
      config: sends,
      schema: {
        tags,
        summary: 'Answer a message in its chat.',
        headers: PreferHeader,
        body: wire.ReplyBody,
        response: {
          201: SendAnswer,
          ...failsWith('PROFILE_NOT_FOUND', 'MESSAGE_NOT_FOUND', 'SENDING_POLICY'),
        },
      },
    },
    async ({ actor, body, headers, idempotency }, reply) => {
      reply.status(201);
      const how = { waitSeconds: waitOf(headers.prefer), claim: idempotency };
      return desk.sendFrom.reply(actor, { ...body, origin: originOf(actor) }, how);
    },
  );

  app.post(
    '/messages/forward',
    {
      config: sends,
      schema: {
        tags,
        summary: 'Pass a message on to another chat.',
        description: 'Phones show it as forwarded. This goes beyond the specification.',
        headers: PreferHeader,
        body: wire.ForwardBody,
        response: {
          201: SendAnswer,
          ...failsWith(
            'INVALID_RECIPIENT',
            'PROFILE_NOT_FOUND',
            'MESSAGE_NOT_FOUND',
            'MESSAGE_REVOKED',
            'MESSAGE_NOT_FORWARDABLE',
            'SENDING_POLICY',
          ),
        },
      },
    },
    async ({ actor, body, headers, idempotency }, reply) => {
      reply.status(201);
      const how = { waitSeconds: waitOf(headers.prefer), claim: idempotency };
      return desk.sendFrom.forward(actor, { ...body, origin: originOf(actor) }, how);
    },
  );

  app.post(
    '/messages/:id/retry',
    {
      config: sends,
      schema: {
        tags,
        summary: 'Send a message that failed, expired or was cancelled once more, as a new one.',
        description: '`retryOf` of the new message names the old one. This goes beyond the specification.',
        params,
        headers: PreferHeader,
        body: wire.RetryBody,
        response: {
          201: SendAnswer,
          ...failsWith('MESSAGE_NOT_FOUND', 'MESSAGE_NOT_FAILED', 'MESSAGE_REVOKED', 'SENDING_POLICY'),
        },
      },
    },
    async ({ actor, params, body, headers, idempotency }, reply) => {
      reply.status(201);
      const how = { waitSeconds: waitOf(headers.prefer), claim: idempotency };
      return desk.sendFrom.retry(actor, params.id, { ...body, origin: originOf(actor) }, how);
    },
  );

  app.post(
    '/messages/:id/cancel',
    {
      config: sends,
      schema: {
        tags,
        summary: 'Take a message that waits out of the queue.',
        description:
          'Nobody is sent it; it stays on record as `cancelled`. This goes beyond the specification.',
        params,
        response: { 200: DeedAnswer, ...failsWith('MESSAGE_NOT_FOUND', 'MESSAGE_NOT_WAITING') },
      },
    },
    async ({ actor, params, idempotency }) => desk.cancelling.cancel(actor, params.id, idempotency),
  );

  app.delete(
    '/messages/:id',
    {
      config: { access: 'message:delete' },
      schema: {
        tags,
        summary: 'Delete a message from the records here.',
        description: 'On phones it stays: `POST /messages/delete-for-everyone` takes it back there.',
        params,
        response: { 200: Success, ...failsWith('MESSAGE_NOT_FOUND') },
      },
    },
    async ({ actor, params }) => {
      await desk.removing.remove(actor, params.id);
      return { success: true };
    },
  );

  app.post(
    '/messages/mark-read',
    {
      config: { access: 'message:send' },
      schema: {
        tags,
        summary: 'Mark messages, or a whole chat, as read.',
        description: 'Here at once, and for the people who wrote as soon as the profile is connected.',
        body: wire.MarkReadBody,
        response: {
          201: wire.MarkReadAnswer,
          ...failsWith(
            'INVALID_RECIPIENT',
            'PROFILE_NOT_FOUND',
            'CONVERSATION_NOT_FOUND',
            'MESSAGE_NOT_FOUND',
          ),
        },
      },
    },
    async ({ actor, body }, reply) => {
      reply.status(201);
      return desk.markRead.ofChat(actor, body);
    },
  );

  app.post(
    '/messages/typing',
    {
      config: { access: 'message:send' },
      schema: {
        tags,
        summary: 'Show in a chat that the profile types or records.',
        description: 'It ends by itself after `duration`, or when another state is shown.',
        body: wire.TypingBody,
        response: {
          201: wire.TypingAnswer,
          ...failsWith('INVALID_RECIPIENT', 'PROFILE_NOT_FOUND', 'PROFILE_NOT_CONNECTED'),
        },
      },
    },
    async ({ actor, body }, reply) => {
      reply.status(201);
      return desk.typing.show(actor, body);
    },
  );
}

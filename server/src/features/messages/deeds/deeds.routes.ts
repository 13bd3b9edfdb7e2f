import Type from 'typebox';
import { failsWith } from '../../../http/fails-with.ts';
import { given } from '../../../http/schema.ts';
import type { App } from '../../../platform/feature.ts';
import { originOf } from '../origin.ts';
import { PreferHeader, waitOf } from '../prefer.ts';
import * as wire from './deeds.schema.ts';
import type { DeedDesk } from './desk.ts';

const tags = ['Messages'];
const config = { access: 'message:send', idempotent: 'in-transaction' } as const;
const reference = ({ clientReference }: { clientReference?: string | null }) => ({ clientReference });

/** What is done to messages: reactions, edits, taking back. */
export function deedRoutes(app: App, desk: DeedDesk): void {
  app.post(
    '/messages/reaction',
    {
      config,
      schema: {
        tags,
        summary: 'React to a message, or take the reaction back.',
        description:
          'It is kept before the answer goes out, and sent once the message itself is at WhatsApp. When WhatsApp has it, it ' +
          'stands with the message and `message.reaction` tells of it; `message.change_failed` says why it never will.',
        headers: PreferHeader,
        body: wire.ReactionBody,
        response: {
          201: wire.DeedAnswer,
          ...failsWith(
            'INVALID_RECIPIENT',
            'NOT_GROUP_MEMBER',
            'PROFILE_NOT_FOUND',
            'MESSAGE_NOT_FOUND',
            'MESSAGE_REVOKED',
            'MESSAGE_NOT_SENT',
          ),
        },
      },
    },
    async ({ actor, body, headers, idempotency }, reply) => {
      reply.status(201);
      const how = { waitSeconds: waitOf(headers.prefer), claim: idempotency };
      return desk.react(actor, { ...body, ...reference(body), origin: originOf(actor) }, how);
    },
  );

  app.post(
    '/messages/delete-for-everyone',
    {
      config,
      schema: {
        tags,
        summary: 'Take a message back from everybody.',
        description:
          'A message of the profile, or as an admin one of others in a group. One that still waits is cancelled instead.',
        headers: PreferHeader,
        body: wire.DeleteForEveryoneBody,
        response: {
          201: wire.DeedAnswer,
          ...failsWith(
            'INVALID_RECIPIENT',
            'NOT_YOUR_MESSAGE',
            'NOT_GROUP_MEMBER',
            'PROFILE_NOT_FOUND',
            'MESSAGE_NOT_FOUND',
            'MESSAGE_REVOKED',
            'MESSAGE_NOT_SENT',
          ),
        },
      },
    },
    async ({ actor, body, headers, idempotency }, reply) => {
      reply.status(201);
      const how = { waitSeconds: waitOf(headers.prefer), claim: idempotency };
      const order = { ...body, chatId: given(body.chatId), ...reference(body), origin: originOf(actor) };
      return desk.takeBack(actor, order, how);
    },
  );

  app.patch(
    '/messages/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Edit a text of ours, or the caption of a file.',
        description:
          'Within 15 minutes, as on phones. The message shows what it says now once WhatsApp has the edit; `originalContent` ' +
          'keeps what it said first. This goes beyond the specification.',
        params: Type.Object({ id: wire.messageId }),
        headers: PreferHeader,
        body: wire.EditBody,
        response: {
          200: wire.DeedAnswer,
          ...failsWith(
            'VALIDATION_ERROR',
            'INVALID_RECIPIENT',
            'NOT_YOUR_MESSAGE',
            'NOT_GROUP_MEMBER',
            'MESSAGE_NOT_FOUND',
            'MESSAGE_REVOKED',
            'MESSAGE_NOT_SENT',
            'MESSAGE_NOT_EDITABLE',
            'EDIT_TOO_LATE',
          ),
        },
      },
    },
    async ({ actor, params, body, headers, idempotency }) => {
      const how = { waitSeconds: waitOf(headers.prefer), claim: idempotency };
      const order = { messageId: params.id, ...body, ...reference(body), origin: originOf(actor) };
      return desk.edit(actor, order, how);
    },
  );
}

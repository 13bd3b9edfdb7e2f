import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { pathId } from '../../http/path-id.ts';
import { page } from '../../http/schema.ts';
import type { App } from '../../platform/feature.ts';
import { ConversationMessagesQuery } from '../conversations/index.ts';
import type { createAccept } from './accept.ts';
import * as wire from './messages.schema.ts';
import type { MessageService } from './messages.service.ts';

const tags = ['Messages'];

const PreferHeader = Type.Object({
  prefer: Type.Optional(
    Type.String({
      description: '`wait=N` holds the answer up to N seconds (at most 30) until WhatsApp has the message.',
    }),
  ),
});

/** `/messages`: sending and reading. */
export function messageRoutes(
  app: App,
  { accept, service }: { accept: ReturnType<typeof createAccept>; service: MessageService },
): void {
  app.post(
    '/messages/text',
    {
      config: { access: 'message:send', idempotent: 'in-transaction' },
      schema: {
        tags,
        summary: 'Send a text.',
        description:
          'The message is kept before the answer goes out, and is sent as soon as the profile is connected. ' +
          'Watch its way by webhook, by socket or with `GET /messages/:id`. ' +
          'Fields of other kinds of messages (`url`, `caption`, `latitude` …) are refused: a text can’t carry them.',
        headers: PreferHeader,
        body: wire.SendText,
        response: {
          201: wire.SendAnswer,
          ...failsWith('INVALID_RECIPIENT', 'PROFILE_NOT_FOUND', 'MESSAGE_NOT_FOUND'),
        },
      },
    },
    async (request, reply) => {
      reply.status(201);
      const waitSeconds = waitOf(request.headers.prefer);
      return accept.sendText(request.actor, request.body, { waitSeconds, claim: request.idempotency });
    },
  );

  app.get(
    '/messages/profile/:profileId',
    {
      config: { access: 'message:read' },
      schema: {
        tags,
        summary: 'List messages of a profile, newest first.',
        params: Type.Object({ profileId: pathId('PROFILE_NOT_FOUND') }),
        querystring: wire.ProfileMessagesQuery,
        response: {
          200: Type.Array(wire.Message),
          ...failsWith('PROFILE_NOT_FOUND', 'MESSAGE_NOT_FOUND'),
        },
      },
    },
    async ({ actor, params, query }) =>
      service.ofProfile(actor, params.profileId, { ...query, ...page(query) }),
  );

  app.get(
    '/messages/conversation/:conversationId',
    {
      config: { access: 'message:read' },
      schema: {
        tags,
        summary: 'List messages of a conversation; each page runs from old to new.',
        params: Type.Object({ conversationId: pathId('CONVERSATION_NOT_FOUND') }),
        querystring: ConversationMessagesQuery,
        response: {
          200: wire.MessagePage,
          ...failsWith('CONVERSATION_NOT_FOUND', 'MESSAGE_NOT_FOUND'),
        },
      },
    },
    async ({ actor, params, query }) =>
      service.ofConversation(actor, params.conversationId, { ...query, limit: page(query).limit }),
  );

  app.get(
    '/messages/:id',
    {
      config: { access: 'message:read' },
      schema: {
        tags,
        summary: 'Get a message by our id or its WhatsApp id.',
        params: Type.Object({ id: Type.String({ maxLength: 128 }) }),
        response: { 200: wire.Message, ...failsWith('MESSAGE_NOT_FOUND') },
      },
    },
    async ({ actor, params }) => service.get(actor, params.id),
  );
}

const waitSecondsMax = 30;

/** Seconds of `Prefer: wait=N` (RFC 7240); 0 when it is absent or not understood, as the RFC asks. */
export function waitOf(prefer: string | undefined): number {
  const seconds = Number(/(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})"?/i.exec(prefer ?? '')?.[1] ?? 0);
  return Math.min(seconds, waitSecondsMax);
}

import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { page } from '../../http/list.ts';
import { pathId } from '../../http/path-id.ts';
import type { App } from '../../platform/feature.ts';
import * as wire from './messages.schema.ts';
import type { MessageService } from './messages.service.ts';

const tags = ['Messages'];

/** `/messages`: reading. */
export function messageRoutes(app: App, service: MessageService): void {
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
        description:
          'The newest, those `before` or `after` a message, or those `around` one; of the three one counts, in this order.',
        params: Type.Object({ conversationId: pathId('CONVERSATION_NOT_FOUND') }),
        querystring: wire.ConversationPageQuery,
        response: {
          200: wire.MessagePage,
          ...failsWith('CONVERSATION_NOT_FOUND', 'MESSAGE_NOT_FOUND'),
        },
      },
    },
    async ({ actor, params, query }) =>
      service.pageOf(actor, params.conversationId, { ...query, limit: page(query).limit }),
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

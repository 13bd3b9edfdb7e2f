import { failsWith } from '../../http/fails-with.ts';
import { page } from '../../http/list.ts';
import { byId } from '../../http/path-id.ts';
import { Success } from '../../http/schema.ts';
import type { App } from '../../platform/feature.ts';
import * as wire from './conversations.schema.ts';
import type { ConversationService } from './conversations.service.ts';

const tags = ['Conversations'];
const params = byId('CONVERSATION_NOT_FOUND');
const missing = failsWith('CONVERSATION_NOT_FOUND');

/** `/conversations`: the chats of the organisation's profiles. */
export function conversationRoutes(app: App, service: ConversationService): void {
  app.get(
    '/conversations',
    {
      config: { access: 'message:read' },
      schema: {
        tags,
        summary: 'List conversations, the one with the newest message first.',
        querystring: wire.ConversationsQuery,
        response: { 200: wire.ConversationList, ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, query }) => {
      const { profileId, type, archived, ...part } = query;
      return service.list(actor, { profileId, type, archived }, part);
    },
  );

  app.get(
    '/conversations/:id',
    {
      config: { access: 'message:read' },
      schema: {
        tags,
        summary: 'Get a conversation with its latest messages and its contact.',
        params,
        querystring: wire.ConversationQuery,
        response: { 200: wire.ConversationDetail, ...missing },
      },
    },
    async ({ actor, params: { id }, query }) => {
      const { limit } = page(query.messageLimit === undefined ? {} : { limit: query.messageLimit });
      return service.get(actor, id, limit);
    },
  );

  app.get(
    '/conversations/:id/messages',
    {
      config: { access: 'message:read' },
      schema: {
        tags,
        summary: 'List messages of a conversation; each page runs from old to new.',
        params,
        querystring: wire.ConversationMessagesQuery,
        response: {
          200: wire.ConversationMessages,
          ...failsWith('CONVERSATION_NOT_FOUND', 'MESSAGE_NOT_FOUND'),
        },
      },
    },
    async ({ actor, params: { id }, query }) =>
      service.messages(actor, id, {
        limit: page(query).limit,
        ...(query.before && { before: query.before }),
      }),
  );

  app.put(
    '/conversations/:id/read',
    {
      config: { access: 'message:send' },
      schema: {
        tags,
        summary: 'Mark a conversation as read, here and for the people who wrote.',
        params,
        response: { 200: Success, ...missing },
      },
    },
    async ({ actor, params: { id } }) => {
      await service.read(actor, id);
      return { success: true };
    },
  );
}

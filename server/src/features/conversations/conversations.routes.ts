import { failsWith } from '../../http/fails-with.ts';
import { page } from '../../http/list.ts';
import { byId } from '../../http/path-id.ts';
import { given } from '../../http/schema.ts';
import { Failure } from '../../platform/failures.ts';
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
        summary: 'List conversations: pinned ones first, then the one with the newest message.',
        querystring: wire.ConversationsQuery,
        response: { 200: wire.ConversationList, ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, query }) => {
      const { limit, offset, cursor, pinnedFirst = true, search, profileId, ...filter } = query;
      const part = {
        ...{ pinnedFirst, cursor },
        ...(limit !== undefined && { limit }),
        ...(offset !== undefined && { offset }),
      };
      const asked = { ...filter, profileIds: profilesIn(profileId), search: given(search?.trim()) };
      return service.list(actor, asked, part);
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

  app.get(
    '/conversations/unread-count',
    {
      config: { access: 'message:read' },
      schema: {
        tags: ['Compatibility'],
        summary: 'How many messages nobody has read.',
        querystring: wire.OfProfilesQuery,
        response: { 200: wire.UnreadCount, ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, query }) => service.unreadCount(actor, profilesIn(query.profileId)),
  );

  app.get(
    '/conversations/counts',
    {
      config: { access: 'message:read' },
      schema: {
        tags,
        summary: 'How much there is to do: unread, mine, unassigned, and by label.',
        description: 'This goes beyond the specification.',
        querystring: wire.OfProfilesQuery,
        response: { 200: wire.ConversationCounts, ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, query }) => service.counts(actor, profilesIn(query.profileId)),
  );
}

/** The profiles that a query names, each once; undefined: every one. @throws Failure VALIDATION_ERROR for too many */
function profilesIn(named: string | readonly string[] | undefined): string[] | undefined {
  const words = [named ?? []].flat().flatMap((text) => text.split(','));
  const ids = new Set(words.map((word) => word.trim().toLowerCase()).filter((word) => word !== ''));
  if (ids.size === 0 || (ids.size === 1 && ids.has('all'))) return undefined;
  if (ids.size <= wire.profilesMax) return [...ids];
  const details = [{ path: '/profileId', problem: `must be at most ${wire.profilesMax} profiles` }];
  throw new Failure('VALIDATION_ERROR', { details });
}

import Type from 'typebox';
import { failsWith } from '../../../http/fails-with.ts';
import { pathId } from '../../../http/path-id.ts';
import type { App } from '../../../platform/feature.ts';
import * as wire from '../messages.schema.ts';
import type { AskForFile } from './ask-for-file.ts';
import type { LoadOlder } from './load-older.ts';

const config = { access: 'message:read' } as const;

const Older = Type.Object({
  synced: Type.Integer({ description: 'How many older messages the phone told.' }),
  engineReady: Type.Boolean({ description: 'Whether the profile is connected.' }),
  answered: Type.Boolean({ description: 'Whether the phone answered in time; it may be off.' }),
  messages: Type.Array(wire.Message),
  hasMore: Type.Boolean(),
});

/** What the phone is asked for when somebody wants to see it: older messages, and files of the past. */
export function historyRoutes(app: App, desk: { older: LoadOlder; files: AskForFile }): void {
  app.get(
    '/messages/conversation/:conversationId/load-older',
    {
      config,
      schema: {
        tags: ['Compatibility'],
        summary: 'Ask the phone for messages of a chat that are older than those here.',
        description: 'Waits some seconds for the answer. What comes later is stored all the same.',
        params: Type.Object({ conversationId: pathId('CONVERSATION_NOT_FOUND') }),
        querystring: Type.Object({
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
        }),
        response: { 200: Older, ...failsWith('CONVERSATION_NOT_FOUND') },
      },
    },
    async ({ actor, params, query }) => desk.older.load(actor, params.conversationId, query.limit ?? 100),
  );

  app.post(
    '/messages/:id/media',
    {
      config,
      schema: {
        tags: ['Messages'],
        summary: 'Fetch the file of a message that is not here yet.',
        description:
          'Files of the history stay at WhatsApp until they are asked for; one that could not be had is tried again. `message.media` tells the outcome. This goes beyond the specification.',
        params: Type.Object({ id: Type.String({ maxLength: 128 }) }),
        response: { 200: wire.Message, ...failsWith('MESSAGE_NOT_FOUND', 'MEDIA_NOT_FOUND') },
      },
    },
    async ({ actor, params }) => desk.files.fetchAgain(actor, params.id),
  );

  app.get(
    '/messages/:id/media',
    {
      config: { ...config, envelope: 'never' },
      schema: {
        tags: ['Messages'],
        summary: 'Get the file of a message.',
        description:
          'Leads to a link that needs no login for a while. A file that came just now is still being fetched: 409 with ' +
          '`Retry-After`. `mediaPath` of `message.received` is this address. This goes beyond the specification.',
        params: Type.Object({ id: Type.String({ maxLength: 128 }) }),
        response: {
          302: Type.Null({ description: '`Location` is the link.' }),
          ...failsWith('MESSAGE_NOT_FOUND', 'MEDIA_NOT_FOUND', 'MEDIA_NOT_READY', 'MEDIA_UNAVAILABLE'),
        },
      },
    },
    async ({ actor, params }, reply) => reply.redirect(await desk.files.linkTo(actor, params.id)) as never,
  );
}

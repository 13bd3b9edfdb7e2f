import Type from 'typebox';
import { failsWith } from '../../../http/fails-with.ts';
import { page } from '../../../http/list.ts';
import { byId } from '../../../http/path-id.ts';
import type { App } from '../../../platform/feature.ts';
import { askFails } from '../tasks/ai.routes.ts';
import * as wire from './reply.schema.ts';
import type { ReplyService } from './reply.service.ts';

const tags = ['AI'];

/** Answers to customers: how profiles are answered for, and what was come up with. */
export function replyRoutes(app: App, replies: ReplyService): void {
  app.post(
    '/ai/auto-reply',
    {
      config: { access: 'ai:use', idempotent: true },
      schema: {
        tags,
        summary: 'Suggest an answer to what a customer said.',
        description:
          'With `profileId` it is made of the profile’s knowledge, within its scope: each number, date, price, link and address ' +
          'in it stands in a cited source, in the conversation or in the profile’s facts. Without support the model is not ' +
          'asked. Nothing is sent.',
        body: wire.AutoReplyBody,
        response: {
          200: wire.AutoReply,
          ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND', 'CONVERSATION_NOT_FOUND', ...askFails),
        },
      },
    },
    async ({ actor, body }) => replies.autoReply(actor, body),
  );
  app.get(
    '/profiles/:id/ai',
    {
      config: { access: 'profile:read' },
      schema: {
        tags,
        summary: 'How the language model answers for a profile.',
        params: byId('PROFILE_NOT_FOUND'),
        response: { 200: wire.ReplySettingsShown, ...failsWith('PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, params }) => present(await replies.settings(actor, params.id)),
  );
  app.put(
    '/profiles/:id/ai',
    {
      config: { access: 'profile:update' },
      schema: {
        tags,
        summary: 'Set how the language model answers for a profile.',
        description:
          'Off unless set. The texts of its customers then go to the provider of the organization.',
        params: byId('PROFILE_NOT_FOUND'),
        body: wire.ReplySettingsBody,
        response: {
          200: wire.ReplySettingsShown,
          ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND', 'PERMISSION_DENIED'),
        },
      },
    },
    async ({ actor, params, body }) => present(await replies.set(actor, params.id, body)),
  );
  app.get(
    '/conversations/:id/suggestions',
    {
      config: { access: 'message:read' },
      schema: {
        tags,
        summary: 'What the language model came up with in a conversation, newest first.',
        params: byId('CONVERSATION_NOT_FOUND'),
        querystring: wire.SuggestionsQuery,
        response: { 200: Type.Array(wire.Suggestion), ...failsWith('CONVERSATION_NOT_FOUND') },
      },
    },
    async ({ actor, params, query }) => replies.suggestions(actor, params.id, page(query).limit),
  );
}

const present = (settings: Awaited<ReturnType<ReplyService['settings']>>) => ({
  ...settings,
  handoffWords: [...settings.handoffWords],
});

import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { byId, pathId } from '../../http/path-id.ts';
import { Success } from '../../http/schema.ts';
import type { App } from '../../platform/feature.ts';
import { Automation } from '../automation/index.ts';
import * as wire from './autoreply.schema.ts';
import type { QuickReplies } from './quick-replies.ts';
import type { ReplyHooks } from './reply-hooks.ts';
import type { ReplyRules } from './rules.service.ts';

const tags = ['Auto-reply'];
const params = byId('AUTOMATION_NOT_FOUND');
const read = { access: 'automation:read' } as const;
const update = { access: 'automation:update' } as const;
const mayNot = ['VALIDATION_ERROR', 'PERMISSION_DENIED'] as const;
const profile = Type.Object({ profileId: pathId('PROFILE_NOT_FOUND') });

/** `/autoreply`: automatic replies by keyword. */
export function replyRuleRoutes(app: App, rules: ReplyRules): void {
  app.post(
    '/autoreply',
    {
      config: { access: 'automation:create' },
      schema: {
        tags,
        summary: 'Answer a keyword automatically.',
        description:
          'It is an automation, too, and is looked at before all others. Whoever makes one needs `message:send`.',
        body: wire.CreateAutoreply,
        response: { 201: Automation, ...failsWith(...mayNot, 'PROFILE_NOT_FOUND', 'AUTOMATIONS_FULL') },
      },
    },
    async ({ actor, body }, reply) => reply.status(201).send(await rules.create(actor, body)),
  );
  app.get(
    '/autoreply',
    {
      config: read,
      schema: {
        tags,
        summary: 'Automatic replies of a profile, newest first; 500 at most.',
        querystring: wire.OfProfile,
        response: { 200: Type.Array(Automation), ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, query }) => rules.list(actor, query.profileId),
  );
  app.get(
    '/autoreply/:id',
    {
      config: read,
      schema: {
        tags,
        summary: 'One automatic reply.',
        params,
        response: { 200: Automation, ...failsWith('AUTOMATION_NOT_FOUND') },
      },
    },
    async ({ actor, params }) => rules.get(actor, params.id),
  );
  app.put(
    '/autoreply/:id',
    {
      config: update,
      schema: {
        tags,
        summary: 'Change an automatic reply; what is absent stays.',
        params,
        body: wire.UpdateAutoreply,
        response: {
          200: Automation,
          ...failsWith(...mayNot, 'AUTOMATION_NOT_FOUND', 'AUTOMATION_CHANGED', 'AUTOMATIONS_FULL'),
        },
      },
    },
    async ({ actor, params, body }) => rules.update(actor, params.id, body),
  );
  app.delete(
    '/autoreply/:id',
    {
      config: { access: 'automation:delete' },
      schema: {
        tags,
        summary: 'Delete an automatic reply.',
        params,
        response: { 200: Success, ...failsWith('AUTOMATION_NOT_FOUND') },
      },
    },
    async ({ actor, params }) => rules.remove(actor, params.id),
  );
  app.put(
    '/autoreply/:id/toggle',
    {
      config: update,
      schema: {
        tags,
        summary: 'Switch an automatic reply on or off, whichever it is not.',
        params,
        response: { 200: Automation, ...failsWith(...mayNot, 'AUTOMATION_NOT_FOUND', 'AUTOMATION_CHANGED') },
      },
    },
    async ({ actor, params }) => rules.toggle(actor, params.id),
  );
}

/** `/autoreply/quick-replies`: texts that people keep ready. */
export function quickReplyRoutes(app: App, quickReplies: QuickReplies): void {
  const config = { access: 'message:send' } as const;
  const ofReply = byId('QUICK_REPLY_NOT_FOUND');
  app.post(
    '/autoreply/quick-replies',
    {
      config,
      schema: {
        tags,
        summary: 'Keep a text ready under a shortcut.',
        description:
          'Where a profile and the whole organization have one with the same shortcut, the profile’s is used.',
        body: wire.CreateQuickReply,
        response: {
          201: wire.QuickReply,
          ...failsWith(
            ...mayNot,
            ...(['PROFILE_NOT_FOUND', 'MEDIA_NOT_FOUND', 'SHORTCUT_TAKEN', 'QUICK_REPLIES_FULL'] as const),
          ),
        },
      },
    },
    async ({ actor, body }, reply) => reply.status(201).send(await quickReplies.create(actor, body)),
  );
  app.get(
    '/autoreply/quick-replies',
    {
      config,
      schema: {
        tags,
        summary: 'Texts kept ready for a profile or for all, in the order they were made; 2,000 at most.',
        querystring: wire.QuickReplyQuery,
        response: { 200: Type.Array(wire.QuickReply), ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, query }) => quickReplies.list(actor, query),
  );
  app.put(
    '/autoreply/quick-replies/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Change a text kept ready; what is absent stays.',
        params: ofReply,
        body: wire.UpdateQuickReply,
        response: {
          200: wire.QuickReply,
          ...failsWith('VALIDATION_ERROR', 'QUICK_REPLY_NOT_FOUND', 'SHORTCUT_TAKEN', 'MEDIA_NOT_FOUND'),
        },
      },
    },
    async ({ actor, params, body }) => quickReplies.update(actor, params.id, body),
  );
  app.post(
    '/autoreply/quick-replies/:id/preview',
    {
      config,
      schema: {
        tags,
        summary: 'What would be sent in a conversation, its variables filled in? Nothing is.',
        params: ofReply,
        body: wire.PreviewQuickReply,
        response: {
          200: wire.QuickReplyPreview,
          ...failsWith('VALIDATION_ERROR', 'QUICK_REPLY_NOT_FOUND', 'CONVERSATION_NOT_FOUND'),
        },
      },
    },
    async ({ actor, params, body }) => quickReplies.preview(actor, params.id, body),
  );
  app.delete(
    '/autoreply/quick-replies/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Delete a text kept ready.',
        params: ofReply,
        response: { 200: Success, ...failsWith('QUICK_REPLY_NOT_FOUND') },
      },
    },
    async ({ actor, params }) => quickReplies.remove(actor, params.id),
  );
}

/** `/autoreply/webhook-reply` and `/autoreply/ai-hook`: what is asked where no rule answers. */
export function replyHookRoutes(app: App, hooks: ReplyHooks): void {
  app.post(
    '/autoreply/webhook-reply',
    {
      config: { access: 'webhook:manage' },
      schema: {
        tags,
        summary: 'Have another program asked for an answer where no rule has one.',
        description:
          'It is posted `{event, profileId, message}`, signed like webhooks (`X-MultiWA-Signature`, and as Standard Webhooks), and ' +
          'has 10 seconds. With 2xx and JSON it may answer `reply`, `replies`, `tags` and `handoff`. After a crash it is asked ' +
          'again with the same `Idempotency-Key`. The secret is shown when it was just made.',
        body: wire.SetWebhookReply,
        response: {
          200: wire.WebhookReply,
          ...failsWith(...mayNot, 'PROFILE_NOT_FOUND', 'TARGET_NOT_ALLOWED'),
        },
      },
    },
    async ({ actor, body }) => hooks.setWebhook(actor, body),
  );
  app.get(
    '/autoreply/webhook-reply/:profileId',
    {
      config: read,
      schema: {
        tags,
        summary: 'Which program is asked for an answer.',
        params: profile,
        response: { 200: wire.WebhookReply, ...failsWith('PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, params }) => hooks.webhook(actor, params.profileId),
  );
  app.post(
    '/autoreply/ai-hook',
    {
      config: { access: 'webhook:manage' },
      schema: {
        tags,
        summary: 'Have a language model, or a program of your own, answer where no rule does.',
        description:
          '`custom` is posted `{message, context}` with the fields of `config.body` at `config.endpoint`; the first of `reply`, ' +
          '`response` and `text` in its answer is sent. `openai` asks the language model, as `PUT /profiles/{id}/ai` says. What is ' +
          'configured is encrypted and never shown.',
        body: wire.SetAiHook,
        response: {
          200: wire.AiHookSet,
          ...failsWith(...mayNot, 'PROFILE_NOT_FOUND', 'TARGET_NOT_ALLOWED', 'AI_PROVIDER_UNSUPPORTED'),
        },
      },
    },
    async ({ actor, body }) => hooks.setAi(actor, body),
  );
  app.get(
    '/autoreply/ai-hook/:profileId',
    {
      config: read,
      schema: {
        tags,
        summary: 'Whether a language model answers.',
        params: profile,
        response: { 200: wire.AiHook, ...failsWith('PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, params }) => hooks.ai(actor, params.profileId),
  );
}

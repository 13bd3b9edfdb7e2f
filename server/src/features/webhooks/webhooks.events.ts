import Type from 'typebox';
import { Nullable } from '../../http/schema.ts';
import { defineEvent } from '../../platform/events/define.ts';
import { example } from '../../platform/events/example.ts';

const webhookId = '0199d6a2-f607-7182-9384-a5b6c7d8e9fa';

export const webhookDisabled = defineEvent({
  name: 'webhook.disabled',
  what: 'A webhook was switched off because its address refused everything for too long, or said it is gone.',
  permission: 'webhook:manage',
  example: {
    webhookId,
    profileId: example.profileId,
    url: 'https://example.com/hook',
    reason: 'The address answered 410: it is gone for good.',
  },
  body: Type.Object({
    webhookId: Type.String(),
    profileId: Nullable(Type.String()),
    url: Type.String(),
    reason: Type.String(),
  }),
  notice: ({ body }) => ({
    kind: 'system',
    title: 'A webhook was switched off',
    body: `${body.url}: ${body.reason}`,
    metadata: { webhookId: body.webhookId, profileId: body.profileId },
  }),
});

export const webhookChanged = defineEvent({
  name: 'webhook.changed',
  what: 'A webhook was made, changed or deleted. Not delivered to webhooks.',
  permission: 'webhook:manage',
  example: { webhookId },
  body: Type.Object({ webhookId: Type.String() }),
  isPublic: false,
});

export const webhookActivity = defineEvent({
  name: 'webhook.activity',
  what:
    'What a webhook delivered in the last second, and how the newest attempt ended. It is about this moment: sockets and ' +
    'streams hear it, webhooks and `GET /events` do not, and it has no sequence (0).',
  permission: 'webhook:manage',
  example: { webhookId, delivered: 12, failed: 0, statusCode: 200, error: null, durationMs: 42 },
  body: Type.Object({
    webhookId: Type.String(),
    delivered: Type.Integer(),
    failed: Type.Integer(),
    statusCode: Nullable(Type.Integer()),
    error: Nullable(Type.String()),
    durationMs: Type.Integer(),
  }),
  isPassing: true,
});

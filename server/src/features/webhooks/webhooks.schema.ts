import Type, { type Static } from 'typebox';
import { cursorOf, limitOf } from '../../http/list.ts';
import { Absentable, JsonObject, Nullable, Timestamp, Uuid } from '../../http/schema.ts';
import { kindNames } from '../messages/index.ts';

const Pattern = Type.String({ minLength: 1, maxLength: 100 });
const patterns = {
  maxItems: 200,
  description: 'Event names, `*` for all, or prefixes such as `message.*`.',
  examples: [['message.received', 'message.*']],
};
const Patterns = Type.Array(Pattern, patterns);
const Url = Type.String({ maxLength: 2048, examples: ['https://example.com/hook'] });
const Headers = Type.Record(Type.String(), Type.String(), {
  description:
    'Sent with every delivery. Ours cannot be replaced. Values are answered masked; a masked value sent back stays as it is.',
  examples: [{ authorization: 'Bearer 1234' }],
});
const origins = ['api', 'user', 'phone', 'schedule', 'hook', 'automation', 'ai', 'broadcast'];
const Origins = Type.Array(Type.Enum(origins), { maxItems: 50 });
const filters = {
  direction: Type.Enum(['incoming', 'outgoing'] as const),
  chatKinds: Type.Array(Type.Enum(['user', 'group', 'broadcast', 'newsletter', 'status']), { maxItems: 10 }),
  kinds: Type.Array(Type.Enum(kindNames), { maxItems: 100, description: 'Kinds of messages.' }),
  chats: Type.Array(Type.String({ maxLength: 100 }), {
    maxItems: 1000,
    description: 'Phone numbers and chat ids, written as for sending.',
  }),
  origins: { ...Origins, description: 'Who or what sent a message of ours.' } as typeof Origins,
  exceptOrigins: { ...Origins, description: 'Left out: `broadcast` for campaigns.' } as typeof Origins,
};
const aboutFilters =
  'Which messages and chats it hears of. Every filter must fit; an event that does not say what one asks for passes it.';
const filtersExample = { direction: 'incoming', chatKinds: ['user'], chats: ['+62 812-3456-789'] };
const Filters = Type.Object(
  {
    direction: Absentable(filters.direction),
    chatKinds: Absentable(filters.chatKinds),
    kinds: Absentable(filters.kinds),
    chats: Absentable(filters.chats),
    origins: Absentable(filters.origins),
    exceptOrigins: Absentable(filters.exceptOrigins),
  },
  { description: aboutFilters, examples: [filtersExample] },
);
const Batch = Type.Object(
  { max: Type.Integer({ minimum: 1, maximum: 100 }) },
  {
    description:
      'Every request has a list of the events that wait at this moment, one at least and so many at most. Null: one event.',
    examples: [{ max: 50 }],
  },
);
const Ordered = Type.Boolean({
  description:
    'Events of one conversation are delivered one after the other, each when the one before has arrived or was given up.',
});
const Secret = Type.String({
  maxLength: 256,
  description: '16 characters at least; made by the server when absent.',
  examples: ['3f8a1c0e5b7d9f2a4c6e8b0d1f3a5c7e'],
});

const row = {
  id: Uuid,
  profileId: Nullable(Type.String({ description: 'Null: every profile of the organisation.' })),
  url: Url,
  events: Patterns,
  headers: Headers,
  filters: Nullable(Type.Partial(Type.Object(filters), { description: aboutFilters })),
  batch: Nullable(Batch),
  ordered: Ordered,
  enabled: Type.Boolean(),
  isActive: Type.Boolean({ description: 'The same as `enabled`, for older clients.' }),
  disabledReason: Nullable(Type.String()),
  failingSince: Nullable(Timestamp),
  previousSecretUntil: Nullable(Timestamp),
  createdAt: Timestamp,
  updatedAt: Timestamp,
};
const shownSecret = Type.String({ description: 'Masked.', examples: ['********5c7e'] });
const ProfileOfWebhook = Nullable(Type.Object({ id: Type.String(), displayName: Type.String() }));

export const Webhook = Type.Object({ ...row, secret: shownSecret }, { title: 'Webhook' });
export const WebhookItem = Type.Object(
  { ...row, secret: shownSecret, profile: ProfileOfWebhook },
  { title: 'WebhookItem' },
);
export const WebhookWithSecret = Type.Object(
  {
    ...row,
    secret: Type.String({ description: 'In clear, this once. Keys `X-MultiWA-Signature`.' }),
    signingSecret: Type.String({ description: 'The same secret as Standard Webhooks libraries take it.' }),
  },
  { title: 'WebhookWithSecret' },
);

export const CreateWebhook = Type.Object(
  {
    url: Url,
    events: Type.Array(Pattern, { ...patterns, minItems: 1 }),
    profileId: Absentable(Type.String({ description: 'Absent: every profile of the organisation.' })),
    headers: Absentable(Headers),
    filters: Absentable(Filters),
    batch: Absentable(Batch),
    ordered: Absentable(Ordered),
    secret: Absentable(Secret),
    enabled: Absentable(Type.Boolean()),
    isActive: Absentable(Type.Boolean()),
  },
  { title: 'CreateWebhook', examples: [{ url: 'https://example.com/hook', events: ['message.*'] }] },
);
export const UpdateWebhook = Type.Object(
  {
    url: Absentable(Url),
    events: Absentable(Patterns),
    headers: Absentable(Headers),
    filters: Absentable(Filters),
    batch: Absentable(Batch),
    ordered: Absentable(Ordered),
    enabled: Absentable(Type.Boolean()),
    isActive: Absentable(Type.Boolean()),
    secret: Absentable(Secret),
  },
  { title: 'UpdateWebhook', examples: [{ enabled: false }] },
);
export const RotateSecret = Type.Object(
  {
    secret: Absentable(Secret),
    overlapSeconds: Absentable(
      Type.Integer({
        minimum: 0,
        maximum: 604_800,
        description: 'How long the old secret signs beside the new one; 24 hours unless said.',
      }),
    ),
  },
  { title: 'RotateSecret', examples: [{}] },
);
export const TestResult = Type.Object(
  {
    success: Type.Boolean(),
    message: Type.String({ examples: ['The address answered HTTP 200.'] }),
    statusCode: Type.Optional(Type.Integer({ examples: [200] })),
    durationMs: Type.Integer({ examples: [42] }),
    responseTime: Type.Integer({ description: 'The same as `durationMs`, for older clients.' }),
  },
  { title: 'WebhookTestResult' },
);

export const deliveryStatuses = ['pending', 'delivered', 'failed'] as const;
const delivery = {
  id: Uuid,
  webhookId: Uuid,
  eventId: Uuid,
  event: Type.String({ examples: ['message.received'] }),
  sequence: Nullable(Type.Integer()),
  status: Type.Enum([...deliveryStatuses]),
  attempts: Type.Integer(),
  statusCode: Nullable(Type.Integer()),
  error: Nullable(Type.String()),
  dueAt: Nullable(Timestamp),
  createdAt: Timestamp,
  finishedAt: Nullable(Timestamp),
};
export const Delivery = Type.Object(delivery, { title: 'WebhookDelivery' });
export const DeliveryDetail = Type.Object(
  {
    ...delivery,
    payload: JsonObject,
    history: Type.Array(
      Type.Object({
        attempt: Type.Integer(),
        success: Type.Boolean(),
        statusCode: Nullable(Type.Integer()),
        error: Nullable(Type.String()),
        response: Nullable(Type.String({ description: 'The beginning of the answer, 2 kB at most.' })),
        answerHeaders: Nullable(
          Type.Record(Type.String(), Type.String(), { description: 'Of an answer that was no success.' }),
        ),
        durationMs: Type.Integer(),
        createdAt: Timestamp,
      }),
    ),
  },
  { title: 'WebhookDeliveryDetail' },
);
export const DeliveryPage = Type.Object(
  { deliveries: Type.Array(Delivery), nextCursor: Nullable(Type.String()), hasMore: Type.Boolean() },
  { title: 'WebhookDeliveryPage' },
);
export const DeliveryQuery = Type.Object({
  status: Type.Optional(Type.Enum([...deliveryStatuses])),
  event: Type.Optional(
    Type.String({
      maxLength: 2000,
      description: 'Only these events, separated by commas: names, or prefixes such as `message.*`.',
    }),
  ),
  statusCode: Type.Optional(
    Type.Integer({ minimum: 100, maximum: 599, description: 'What the last attempt was answered.' }),
  ),
  messageId: Type.Optional(Type.String({ maxLength: 100, description: 'Only events about this message.' })),
  from: Type.Optional({ ...Timestamp, description: 'Made at this moment or later.' } as typeof Timestamp),
  until: Type.Optional({ ...Timestamp, description: 'Made at this moment or before.' } as typeof Timestamp),
  limit: limitOf(),
  cursor: cursorOf('`nextCursor`'),
});
export const WebhookStats = Type.Object(
  {
    webhookId: Uuid,
    since: Timestamp,
    enabled: Type.Boolean(),
    failingSince: Nullable(Timestamp),
    pending: Type.Integer({ description: 'Deliveries that have still to be made.' }),
    oldestPendingAt: Nullable(Timestamp),
    attempts: Type.Integer({ description: 'Since then; of more than 100,000 the newest count.' }),
    succeeded: Type.Integer(),
    failed: Type.Integer(),
    successRate: Nullable(Type.Number({ minimum: 0, maximum: 1 })),
    p50Ms: Nullable(Type.Integer()),
    p95Ms: Nullable(Type.Integer()),
    answers: Type.Array(
      Type.Object({
        statusCode: Nullable(Type.Integer({ description: 'Null where no answer came.' })),
        count: Type.Integer(),
      }),
    ),
  },
  { title: 'WebhookStats' },
);
const LogRow = Type.Object(
  {
    id: Uuid,
    webhookId: Uuid,
    deliveryId: Uuid,
    eventId: Uuid,
    event: Type.String(),
    payload: JsonObject,
    attempt: Type.Integer(),
    statusCode: Nullable(Type.Integer()),
    success: Type.Boolean(),
    response: Nullable(Type.String()),
    answerHeaders: Nullable(Type.Record(Type.String(), Type.String())),
    error: Nullable(Type.String()),
    durationMs: Type.Integer(),
    createdAt: Timestamp,
  },
  { title: 'WebhookLogRow' },
);
export const LogPage = Type.Object(
  {
    data: Type.Array(LogRow),
    logs: Type.Array(LogRow),
    total: Type.Integer(),
    limit: Type.Integer(),
    offset: Type.Integer(),
  },
  { title: 'WebhookLogPage' },
);

export type CreateWebhookBody = Static<typeof CreateWebhook>;
export type UpdateWebhookBody = Static<typeof UpdateWebhook>;
export type RotateSecretBody = Static<typeof RotateSecret>;
export type DeliveryQueryValues = Static<typeof DeliveryQuery>;

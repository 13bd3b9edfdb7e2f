import Type, { type Static } from 'typebox';
import { CursorQuery } from '../../../http/list.ts';
import { Absentable, Nullable, Timestamp, Uuid } from '../../../http/schema.ts';

const profileId = '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11';
const types = ['text', 'image', 'video', 'audio', 'document'] as const;

export const messagesMax = 100;

export const SendBulk = Type.Object(
  {
    profileId: Type.String({ minLength: 1 }),
    batchId: Absentable(
      Type.String({
        maxLength: 100,
        pattern: '^[A-Za-z0-9._:-]*$',
        description: 'Your name for it, once per profile; absent: one is made.',
      }),
    ),
    messages: Type.Array(
      Type.Object({
        chatId: Type.String({ minLength: 1, maxLength: 128 }),
        type: Type.Enum([...types]),
        content: Type.Record(Type.String(), Type.Unknown(), {
          description: 'The fields of `POST /messages/<type>`; `text` of a file is its caption.',
        }),
        variables: Absentable(
          Type.Record(Type.String({ maxLength: 64 }), Type.String({ maxLength: 4096 }), {
            description: 'Fill in `{name}` and `{{name}}`; what is known of the contact does, too.',
          }),
        ),
      }),
      { minItems: 1, maxItems: messagesMax },
    ),
    options: Absentable(
      Type.Object({
        delayBetweenMessages: Type.Optional(
          Type.Integer({ minimum: 1000, maximum: 60_000, description: 'Milliseconds; 3000 by default.' }),
        ),
        randomizeDelay: Type.Optional(
          Type.Boolean({ description: 'Up to two seconds more each time; true by default.' }),
        ),
        stopOnError: Type.Optional(Type.Boolean({ description: 'The first failure ends the batch.' })),
      }),
    ),
  },
  {
    title: 'SendBulk',
    examples: [
      {
        profileId,
        messages: [
          {
            ...{ chatId: '628123456789@c.us', type: 'text', content: { text: 'Hello {name}!' } },
            variables: { name: 'John' },
          },
          {
            ...{ chatId: '628987654321@c.us', type: 'text', content: { text: 'Hello {name}!' } },
            variables: { name: 'Jane' },
          },
        ],
        options: { delayBetweenMessages: 5000, randomizeDelay: true },
      },
    ],
  },
);
export type BulkRequest = Static<typeof SendBulk>;

const batchStatuses = ['queued', 'processing', 'completed', 'failed', 'cancelled'] as const;
const batchId = Type.String({ examples: ['batch_0199d6a2-7b1'] });

export const Accepted = Type.Object(
  {
    batchId,
    status: Type.Enum([...batchStatuses], { examples: ['processing'] }),
    totalMessages: Type.Integer({ examples: [2] }),
    estimatedCompletionTime: Timestamp,
    statusUrl: Type.String({ examples: ['/api/v1/bulk/batch/batch_0199d6a2-7b1'] }),
  },
  { title: 'BulkAccepted' },
);

const batch = {
  id: Uuid,
  batchId,
  profileId: Type.String({ examples: [profileId] }),
  status: Type.Enum([...batchStatuses]),
  progress: Type.Object({
    total: Type.Integer(),
    sent: Type.Integer(),
    delivered: Type.Integer(),
    read: Type.Integer(),
    failed: Type.Integer(),
    pending: Type.Integer(),
    cancelled: Type.Integer(),
  }),
  createdAt: Timestamp,
  startedAt: Nullable(Timestamp),
  completedAt: Nullable(Timestamp),
  estimatedCompletionTime: Timestamp,
};

export const Batch = Type.Object(batch, { title: 'BulkBatch' });

export const BatchWithResults = Type.Object(
  {
    ...batch,
    results: Type.Array(
      Type.Object({
        chatId: Type.String({ description: 'As it was written.', examples: ['628123456789@c.us'] }),
        status: Type.Enum(['sent', 'failed', 'cancelled']),
        messageId: Type.Optional(Type.String({ description: 'WhatsApp’s id of the message.' })),
        delivery: Type.Optional(Type.Enum(['sent', 'delivered', 'read'])),
        error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
      }),
      { description: 'Of the messages that are decided, in their order.' },
    ),
  },
  { title: 'BulkBatchWithResults' },
);

export const BatchesQuery = Type.Object({
  ...CursorQuery.properties,
  profileId: Type.Optional(Type.String()),
});
export const BatchQuery = Type.Object({ profileId: Type.Optional(Type.String()) });
export const BatchParams = Type.Object({
  batchId: Type.String({ maxLength: 200, examples: ['batch_0199d6a2-7b1'] }),
});

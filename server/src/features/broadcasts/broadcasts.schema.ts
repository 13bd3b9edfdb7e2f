import Type, { type Static } from 'typebox';
import { CursorQuery, PageQuery } from '../../http/list.ts';
import { Absentable, Nullable, Timestamp, Uuid } from '../../http/schema.ts';
import { sendableTypes } from '../messages/index.ts';
import { CampaignPolicy } from '../sending-policy/index.ts';
import { levelNames } from './count/levels.ts';

export const statuses = ['draft', 'scheduled', 'running', 'paused', 'completed', 'failed'] as const;
const audiences = ['tags', 'contacts', 'phones', 'all', 'segment'] as const;
const categories = ['marketing', 'utility', 'authentication', 'service', 'other'] as const;
const profileId = '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11';

export const defaults = {
  ...{ delayMin: 3000, delayMax: 10_000, batchSize: 50, batchPause: 30_000 },
  ...{ retryFailed: true, retryAttempts: 3, category: 'marketing' as const },
};

const name = Type.String({ minLength: 1, maxLength: 200, examples: ['Spring bread'] });

const message = Type.Union(
  [Type.String({ minLength: 1, maxLength: 65_536 }), Type.Record(Type.String(), Type.Unknown())],
  {
    description:
      `What everybody is sent: a text, or \`type\` (${sendableTypes.map((one) => `\`${one}\``).join(', ')}) with the fields ` +
      'of `POST /messages/<type>`; of a file `text` is its caption. `{name}` and `{{name}}` are filled in with what is known of ' +
      'each: `name`, `phone` and `metadata.*` of the contact.',
    examples: [{ type: 'text', text: 'Good morning {{name|there}}, the oven is warm.' }],
  },
);

const recipients = Type.Object(
  {
    type: Type.Enum([...audiences], {
      description:
        '`tags`: contacts with any of them. `contacts`: ids of contacts, numbers and chats, mixed. `segment`: the id of ' +
        'a segment. `all`: every contact of the profile. Each person is a recipient once.',
    }),
    value: Absentable(Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { maxItems: 10_000 })),
  },
  { examples: [{ type: 'tags', value: ['regulars'] }] },
);

const ms = (most: number, description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: most, description }));

const settings = Type.Object(
  {
    delayMin: ms(3_600_000, 'Between two messages, in milliseconds: at least, and at most `delayMax`.'),
    delayMax: ms(3_600_000, 'See `delayMin`.'),
    batchSize: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100_000, description: 'After so many messages it rests.' }),
    ),
    batchPause: ms(86_400_000, 'How long it rests, in milliseconds.'),
    retryFailed: Type.Optional(
      Type.Boolean({
        description:
          'Kept for clients that set it. The queue itself tries again what failed for a passing reason, under the same id; what ' +
          'WhatsApp refuses is never tried again.',
      }),
    ),
    retryAttempts: Type.Optional(Type.Integer({ minimum: 0, maximum: 10, description: 'As `retryFailed`.' })),
    category: Type.Optional(
      Type.Enum([...categories], { description: 'Who has opted out of marketing is sent none.' }),
    ),
    policy: Type.Optional(CampaignPolicy),
    weight: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100,
        description:
          'Its share among campaigns of the same profile: one of 3 gets three turns for each of one of 1.',
      }),
    ),
  },
  {
    description: `What is absent is as usual: ${JSON.stringify(defaults)}.`,
    examples: [{ delayMin: 3000, delayMax: 10_000, batchSize: 50 }],
  },
);
export type SettingsRequest = Static<typeof settings>;

export const CreateBroadcast = Type.Object(
  {
    profileId: Type.String({ minLength: 1 }),
    name,
    message,
    recipients,
    settings: Absentable(settings),
  },
  {
    title: 'CreateBroadcast',
    examples: [
      {
        ...{ profileId, name: 'Spring bread' },
        message: { type: 'text', text: 'Good morning {{name|there}}, the oven is warm.' },
        recipients: { type: 'tags', value: ['regulars'] },
        settings: { delayMin: 3000, delayMax: 10_000 },
      },
    ],
  },
);
export type CreateRequest = Static<typeof CreateBroadcast>;

export const UpdateBroadcast = Type.Object(
  {
    name: Type.Optional(name),
    message: Type.Optional(message),
    recipients: Type.Optional(recipients),
    settings: Type.Optional(settings),
  },
  { title: 'UpdateBroadcast', examples: [{ name: 'Summer bread' }] },
);
export type UpdateRequest = Static<typeof UpdateBroadcast>;

export const ScheduleBroadcast = Type.Object(
  {
    scheduledAt: Type.String({
      maxLength: 64,
      description: 'In ISO 8601 with an offset (`Z`, `+07:00`), or by the clocks of `timeZone`.',
    }),
    timeZone: Absentable(Type.String({ maxLength: 64, examples: ['Asia/Jakarta'] })),
  },
  { title: 'ScheduleBroadcast', examples: [{ scheduledAt: '2035-03-01T06:00:00Z' }] },
);

export const BroadcastsQuery = Type.Object({
  ...CursorQuery.properties,
  profileId: Type.Optional(Type.String()),
  status: Type.Optional(Type.Enum([...statuses])),
});

const Count = Type.Integer({ examples: [12] });
const statsFields = {
  total: Type.Integer({ description: 'Without those who were left out (`skipped`).', examples: [40] }),
  pending: Count,
  sent: Type.Integer({
    description: 'WhatsApp’s server has the message, or it got farther.',
    examples: [12],
  }),
  delivered: Count,
  read: Count,
  failed: Count,
  cancelled: Count,
  skipped: Count,
  successRate: Type.Integer({ description: 'Delivered, in percent of the total.', examples: [30] }),
  progress: Type.Integer({ description: 'Sent or failed, in percent of the total.', examples: [32] }),
};
export const Stats = Type.Object(statsFields, { title: 'BroadcastStats' });

export const Broadcast = Type.Object(
  {
    id: Uuid,
    profileId: Uuid,
    name,
    message: Type.Unknown({ description: 'As it was asked for.', examples: ['The oven is warm, {name}.'] }),
    recipients: Type.Object({
      type: Type.String({ examples: ['tags'] }),
      value: Type.Array(Type.String(), { description: 'Lists show the first hundred.' }),
      count: Type.Integer({ description: 'How many values there are.' }),
    }),
    settings: Type.Object({
      ...{ delayMin: Type.Integer(), delayMax: Type.Integer(), batchSize: Type.Integer() },
      ...{ batchPause: Type.Integer(), retryFailed: Type.Boolean(), retryAttempts: Type.Integer() },
      ...{ category: Type.String(), weight: Type.Integer(), policy: Type.Optional(CampaignPolicy) },
    }),
    status: Type.Enum([...statuses]),
    statusReason: Nullable(Type.String({ description: 'Why it failed, waits or was paused.' })),
    pauseCode: Nullable(Type.String({ description: 'Why it was paused by itself.' })),
    resumesAt: Nullable(Timestamp),
    stats: Stats,
    preparation: Nullable(
      Type.Object(
        { done: Type.Integer() },
        { description: 'While its recipients are still being gathered: how many there are so far.' },
      ),
    ),
    nextDueAt: Nullable(Timestamp),
    scheduledAt: Nullable(Timestamp),
    startedAt: Nullable(Timestamp),
    completedAt: Nullable(Timestamp),
    cancelledAt: Nullable(Timestamp),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  },
  { title: 'Broadcast' },
);

export const Started = Type.Object(
  { success: Type.Boolean(), message: Type.String(), recipientCount: Type.Optional(Type.Integer()) },
  {
    title: 'BroadcastStarted',
    examples: [{ success: true, message: 'Broadcast started', recipientCount: 40 }],
  },
);

export const StatsAnswer = Type.Object(
  {
    id: Uuid,
    name: Type.String(),
    status: Type.Enum([...statuses]),
    scheduledAt: Nullable(Timestamp),
    startedAt: Nullable(Timestamp),
    completedAt: Nullable(Timestamp),
    stats: Type.Object({
      ...statsFields,
      skippedFor: Type.Record(Type.String(), Type.Integer(), {
        description: 'Why people were left out, and how many for each reason.',
        examples: [{ BLOCKED: 2 }],
      }),
    }),
    duration: Nullable(Type.Integer({ description: 'Seconds from start to end.' })),
  },
  { title: 'BroadcastStatsAnswer' },
);

export const Preview = Type.Object(
  {
    recipients: Type.Integer({
      description: 'Who would be sent it, as far as is known now.',
      examples: [1204],
    }),
    leftOut: Type.Integer({
      description: 'Blocked, invalid or doubles of ours, among those that were looked at.',
    }),
    judged: Type.Integer({ description: 'How many of them were asked about.', examples: [1000] }),
    isSample: Type.Boolean({ description: 'There are more than were asked about.' }),
    verdicts: Type.Record(Type.String(), Type.Integer(), {
      description: '`SEND`, and why others would be left out or put off.',
      examples: [{ SEND: 990, OPTED_OUT: 10 }],
    }),
    samples: Type.Array(
      Type.Object({
        chatId: Type.String(),
        type: Type.String(),
        content: Type.Record(Type.String(), Type.Unknown()),
        unknown: Type.Array(Type.String(), {
          description: 'Variables that nobody knows; they stay as typed.',
        }),
      }),
      { description: 'The first twenty, as they would read.' },
    ),
    unknown: Type.Array(Type.String()),
    seconds: Type.Object(
      { min: Type.Integer(), max: Type.Integer() },
      {
        description:
          'How long it would take by its delays and rests, the pace and the daily limit of its profile.',
      },
    ),
  },
  { title: 'BroadcastPreview' },
);

const publicStates = ['pending', 'sent', 'delivered', 'read', 'failed', 'skipped', 'cancelled'] as const;
export type PublicState = (typeof publicStates)[number];

export const RecipientsQuery = Type.Object({
  ...PageQuery.properties,
  status: Type.Optional(Type.Enum([...publicStates])),
  cursor: Type.Optional(
    Type.String({
      maxLength: 32,
      description: 'Goes on behind the page before; `offset` does not count then.',
    }),
  ),
});

export const Recipient = Type.Object(
  {
    chatId: Type.String({ examples: ['628123456789@c.us'] }),
    phone: Nullable(Type.String({ examples: ['628123456789'] })),
    contactId: Nullable(Uuid),
    status: Type.Enum([...publicStates]),
    state: Type.Enum([...levelNames], {
      description: 'The finer word: `deferred` and `queued` are `pending` by their status.',
    }),
    messageId: Nullable(Uuid),
    code: Nullable(Type.String({ description: 'Why they were left out or put off, or why it failed.' })),
    error: Nullable(Type.String()),
    notBefore: Nullable(Timestamp),
    sentAt: Nullable(Timestamp),
    repliedAt: Nullable(Timestamp),
    updatedAt: Timestamp,
  },
  { title: 'BroadcastRecipient' },
);

export const RecipientsAnswer = Type.Object(
  {
    recipients: Type.Array(Recipient),
    total: Type.Integer({ examples: [40] }),
    limit: Type.Integer(),
    offset: Type.Integer(),
    cursor: Nullable(Type.String({ description: 'Where the next page begins; null: there is none.' })),
  },
  { title: 'BroadcastRecipients' },
);

import Type, { type Static } from 'typebox';
import { PageQuery } from '../../http/list.ts';
import { Absentable, Nullable, Timestamp, Uuid } from '../../http/schema.ts';
import { statsFields, statuses } from './broadcasts.schema.ts';
import { levelNames, publicStates } from './count/levels.ts';

const Share = Nullable(
  Type.Object(
    { rate: Type.Number(), low: Type.Number(), high: Type.Number() },
    { examples: [{ rate: 30, low: 19.1, high: 43.8 }] },
  ),
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
      failedFor: Type.Record(Type.String(), Type.Integer(), {
        description:
          'Why messages failed, and how many for each reason; empty once recipients are no longer kept one by one.',
        examples: [{ UPLOAD_FAILED: 1 }],
      }),
    }),
    variants: Type.Array(
      Type.Object({
        name: Type.String({ examples: ['A'] }),
        weight: Type.Integer(),
        ...statsFields,
        rates: Type.Object(
          { delivered: Share, read: Share, replied: Share, optedOut: Share },
          {
            description:
              'Of those that were sent, in percent, with the bounds between which the true rate lies 95 times of 100 (Wilson). ' +
              'Where bounds overlap there is no winner yet.',
          },
        ),
      }),
      { description: 'How each message does; empty when there is one only.' },
    ),
    eta: Nullable(Type.String()),
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
    leftOutFor: Type.Record(Type.String(), Type.Integer(), {
      description: 'Why, and how many for each reason.',
      examples: [{ INVALID_RECIPIENT: 3 }],
    }),
    judged: Type.Integer({ description: 'How many of them were asked about.', examples: [1000] }),
    isSample: Type.Boolean({ description: 'There are more than were asked about.' }),
    sendShare: {
      ...Share,
      description:
        'Of a sample: how many of those who were asked about would be sent it now, in percent, with the bounds between which the true ' +
        'share lies 95 times of 100 (Wilson).',
    },
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
          'How long it would take by its delays and rests, the pace and limits of its profile, and the hours in which it may send.',
      },
    ),
    endsBetween: Type.Array(Timestamp, {
      description: 'When it would be over if it began now: at the earliest, and at the latest.',
    }),
  },
  { title: 'BroadcastPreview' },
);

export const ExplainBroadcast = Type.Object(
  { to: Type.String({ minLength: 1, maxLength: 128, description: 'A number or a chat.' }) },
  { title: 'ExplainBroadcast', examples: [{ to: '628123456789' }] },
);

export const RecipientsQuery = Type.Object({
  ...PageQuery.properties,
  status: Type.Optional(Type.Enum([...publicStates])),
  code: Type.Optional(
    Type.String({ maxLength: 64, description: 'Who failed, was left out or put off for this reason.' }),
  ),
  replied: Type.Optional(Type.Boolean({ description: 'True: only who has answered.' })),
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
    variant: Nullable(Type.String({ description: 'Which message, where several are compared.' })),
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
    optedOut: Type.Boolean({ description: 'They opted out by a word after it.' }),
    updatedAt: Timestamp,
  },
  { title: 'BroadcastRecipient' },
);

export const Explanation = Type.Object(
  {
    chatId: Type.String({ examples: ['628123456789@c.us'] }),
    recipient: Nullable(Recipient),
    verdict: Type.Enum(['send', 'defer', 'skip', 'pause'] as const, {
      description: 'What would be done now: sent it, put off, left out, or the whole broadcast paused.',
    }),
    code: Nullable(Type.String({ examples: ['QUIET_HOURS'] })),
    until: Nullable(Timestamp),
    reason: Nullable(Type.String()),
    lane: Nullable(
      Type.String({
        description: '`service` for who wrote lately, `cold` for strangers.',
        examples: ['cold'],
      }),
    ),
  },
  { title: 'BroadcastExplanation' },
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

export const DuplicateBroadcast = Type.Object(
  {
    name: Absentable(Type.String({ maxLength: 200, examples: ['Autumn bread'] })),
    status: Type.Optional(
      Type.Array(Type.Enum([...publicStates]), {
        ...{ minItems: 1, maxItems: publicStates.length },
        description:
          'For whoever of this broadcast is so far and no farther when the copy is started, as `failed` to try those again. ' +
          'Absent: for whom this one is.',
      }),
    ),
    codes: Type.Optional(
      Type.Array(Type.String({ maxLength: 64 }), {
        ...{ minItems: 1, maxItems: 50 },
        description:
          'Of those the ones who are so for one of these reasons; `failed` unless `status` says other.',
      }),
    ),
  },
  { title: 'DuplicateBroadcast', examples: [{ name: 'Autumn bread' }] },
);
export type DuplicateRequest = Static<typeof DuplicateBroadcast>;

export const TestBroadcast = Type.Object(
  {
    to: Type.Array(Type.String({ minLength: 1, maxLength: 128 }), {
      ...{ minItems: 1, maxItems: 5, description: 'Numbers or chats; each is sent every variant.' },
    }),
  },
  { title: 'TestBroadcast', examples: [{ to: ['628123456789'] }] },
);
export type TestRequest = Static<typeof TestBroadcast>;

export const TestAnswer = Type.Object(
  {
    success: Type.Boolean({ examples: [true] }),
    messages: Type.Array(
      Type.Object({
        chatId: Type.String({ examples: ['628123456789@c.us'] }),
        variant: Nullable(Type.String()),
        messageId: Uuid,
      }),
    ),
  },
  { title: 'BroadcastTested' },
);

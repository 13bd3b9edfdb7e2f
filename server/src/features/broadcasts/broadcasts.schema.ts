import Type, { type Static } from 'typebox';
import { CursorQuery } from '../../http/list.ts';
import { Absentable, Nullable, Timestamp, Uuid } from '../../http/schema.ts';
import { sendableTypes } from '../messages/index.ts';
import { CampaignPolicy } from '../sending-policy/index.ts';
import { publicStates, replyHoursMax, replyHoursUsual } from './count/levels.ts';

export const statuses = ['draft', 'scheduled', 'running', 'paused', 'completed', 'failed'] as const;
const audiences = ['tags', 'contacts', 'phones', 'all', 'segment', 'upload', 'broadcast'] as const;
const categories = ['marketing', 'utility', 'authentication', 'service', 'other'] as const;
const profileId = '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11';

export const defaults = {
  ...{ delayMin: 3000, delayMax: 10_000, batchSize: 50, batchPause: 30_000 },
  ...{ retryFailed: true, retryAttempts: 3, category: 'marketing' as const },
  replyWindowHours: replyHoursUsual,
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

const templateId = Absentable(
  Type.String({ maxLength: 64, description: 'In place of `message`: the template as it is now.' }),
);

const recipients = Type.Object(
  {
    type: Type.Enum([...audiences], {
      description:
        '`tags`: contacts with any of them. `contacts`: ids of contacts, numbers and chats, mixed. `segment`: the id of ' +
        'a segment. `all`: every contact of the profile. `upload`: the id of an uploaded table, as large as files may be; its ' +
        'other columns are variables. `broadcast`: the id of another broadcast of the profile. Each person is a recipient once.',
    }),
    status: Type.Optional(
      Type.Array(Type.Enum([...publicStates]), {
        ...{ minItems: 1, maxItems: publicStates.length },
        description:
          'Of another broadcast: those whose message came so far and no farther; `failed` unless said.',
      }),
    ),
    codes: Type.Optional(
      Type.Array(Type.String({ maxLength: 64 }), {
        ...{ minItems: 1, maxItems: 50, examples: [['UPLOAD_FAILED']] },
        description: 'Of another broadcast: only those who are so for one of these reasons.',
      }),
    ),
    match: Type.Optional(
      Type.Enum(['any', 'all'] as const, {
        description: 'Of `tags`: who has any of them, or all; any unless said.',
      }),
    ),
    except: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 128 }), {
        maxItems: 100,
        description: 'Of `tags` and `all`: whoever has one of these tags is not sent it.',
      }),
    ),
    phoneColumn: Absentable(
      Type.String({
        maxLength: 200,
        description: 'Of an upload: the header of the numbers, where it is not a usual one such as `phone`.',
      }),
    ),
    value: Absentable(Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { maxItems: 10_000 })),
  },
  { examples: [{ type: 'tags', value: ['regulars'] }] },
);

const weight = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description }));

const variants = Absentable(
  Type.Array(
    Type.Object({
      name: Type.String({ minLength: 1, maxLength: 50, examples: ['B'] }),
      weight: weight('Its share among the variants; 1 unless said.'),
      message: Type.Optional(message),
      templateId,
    }),
    {
      ...{ minItems: 2, maxItems: 10 },
      description:
        'In place of `message`: several to be compared. Who is sent which is drawn by the weights and never changes; `GET ' +
        '/broadcast/:id/stats` says how each does.',
      examples: [
        [
          { name: 'A', message: 'The oven is warm, {name}.' },
          { name: 'B', message: 'Fresh bread until noon, {name}.' },
        ],
      ],
    },
  ),
);
export type VariantRequest = NonNullable<Static<typeof variants>>[number];

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
          'What failed before WhatsApp had any of it (its file could not be sent, it waited too long) is tried again, as the ' +
          'same message. What WhatsApp refuses is never tried again.',
      }),
    ),
    retryAttempts: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 10, description: 'How often, after 5 seconds and then longer.' }),
    ),
    replyWindowHours: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: replyHoursMax,
        description: 'Who writes within so many hours has answered the last campaign they were sent.',
      }),
    ),
    category: Type.Optional(
      Type.Enum([...categories], { description: 'Who has opted out of marketing is sent none.' }),
    ),
    policy: Type.Optional(CampaignPolicy),
    weight: weight(
      'Its share among campaigns of the same profile: one of 3 gets three turns for each of one of 1.',
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
    message: Type.Optional(message),
    templateId,
    variants,
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
    templateId,
    variants,
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

export const StartBroadcast = Type.Object(
  {
    first: Absentable(
      Type.Integer({
        ...{ minimum: 1, maximum: 1_000_000, examples: [20] },
        description:
          'Only so many are sent it now. Once each of those messages is decided it pauses by itself (`pauseCode` `FIRST_PART`) ' +
          'until it is started again.',
      }),
    ),
  },
  { title: 'StartBroadcast', examples: [{ first: 20 }] },
);

export const BroadcastsQuery = Type.Object({
  ...CursorQuery.properties,
  profileId: Type.Optional(Type.String()),
  status: Type.Optional(Type.Enum([...statuses])),
  templateId: Type.Optional(
    Type.String({ maxLength: 64, description: 'Those that were made of a template.' }),
  ),
});

const Count = Type.Integer({ examples: [12] });
export const statsFields = {
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
  replied: Type.Integer({ description: 'Who answered; see `settings.replyWindowHours`.', examples: [3] }),
  optedOut: Type.Integer({ description: 'Who opted out by a word after it.', examples: [1] }),
  successRate: Type.Integer({ description: 'Delivered, in percent of the total.', examples: [30] }),
  progress: Type.Integer({ description: 'Sent or failed, in percent of the total.', examples: [32] }),
};
export const Stats = Type.Object(statsFields, { title: 'BroadcastStats' });

export const Broadcast = Type.Object(
  {
    id: Uuid,
    profileId: Uuid,
    name,
    templateId: Nullable(Uuid),
    variants: Nullable(
      Type.Array(
        Type.Object({
          name: Type.String(),
          weight: Type.Integer(),
          message: Type.Unknown(),
          templateId: Nullable(Uuid),
          type: Type.String(),
        }),
        { description: 'The messages that are compared; `message` is the first.' },
      ),
    ),
    message: Type.Unknown({ description: 'As it was asked for.', examples: ['The oven is warm, {name}.'] }),
    recipients: Type.Object({
      type: Type.String({ examples: ['tags'] }),
      value: Type.Array(Type.String(), { description: 'Lists show the first hundred.' }),
      count: Type.Integer({ description: 'How many values there are.' }),
      status: Type.Optional(Type.Array(Type.String())),
      codes: Type.Optional(Type.Array(Type.String())),
      match: Type.Optional(Type.String()),
      except: Type.Optional(Type.Array(Type.String())),
      columns: Type.Optional(
        Type.Array(Type.String(), {
          description: 'Of an upload: its variables.',
          examples: [['name', 'order']],
        }),
      ),
    }),
    settings: Type.Object({
      ...{ delayMin: Type.Integer(), delayMax: Type.Integer(), batchSize: Type.Integer() },
      ...{ batchPause: Type.Integer(), retryFailed: Type.Boolean(), retryAttempts: Type.Integer() },
      ...{ category: Type.String(), weight: Type.Integer(), replyWindowHours: Type.Integer() },
      ...{ policy: Type.Optional(CampaignPolicy) },
    }),
    status: Type.Enum([...statuses]),
    statusReason: Nullable(Type.String({ description: 'Why it failed, waits or was paused.' })),
    pauseCode: Nullable(
      Type.String({ description: 'Why it was paused by itself.', examples: ['FIRST_PART'] }),
    ),
    pausesAfter: Nullable(
      Type.Integer({ description: 'After so many messages in all it pauses by itself; null: it does not.' }),
    ),
    resumesAt: Nullable(Timestamp),
    stats: Stats,
    preparation: Nullable(
      Type.Object(
        { done: Type.Integer(), total: Nullable(Type.Integer()) },
        {
          description: 'While its recipients are still being gathered: how many were read, and of how many.',
        },
      ),
    ),
    nextDueAt: Nullable(
      Type.String({
        format: 'date-time',
        description: 'When the next may leave; while it waits for a time, `statusReason` says for what.',
      }),
    ),
    scheduledAt: Nullable(Timestamp),
    startedAt: Nullable(Timestamp),
    completedAt: Nullable(Timestamp),
    cancelledAt: Nullable(Timestamp),
    eta: Nullable(
      Type.String({
        description:
          'About when it ends if it goes on as it has since it began; null unless it runs and has sent.',
      }),
    ),
    foldedAt: Nullable(
      Type.String({ description: 'Since when its recipients are no longer kept one by one, but counted.' }),
    ),
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

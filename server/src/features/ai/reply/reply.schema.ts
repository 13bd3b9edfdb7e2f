import Type, { type Static, type TSchema } from 'typebox';
import { limitOf } from '../../../http/list.ts';
import { Absentable, Nullable, Timestamp, Uuid } from '../../../http/schema.ts';
import { actions } from './checks.ts';

const optional = <Schema extends TSchema>(schema: Schema) => Type.Optional(Nullable(schema));
const Text = (maxLength: number, shown: string, description?: string) =>
  Type.String({ maxLength, examples: [shown], ...(description && { description }) });

const fields = {
  mode: Type.Enum(['off', 'suggest', 'send'], {
    description:
      '`suggest`: answers are told to colleagues (`ai.suggestion`). `send`: automations send them; needs a `scope`.',
    examples: ['suggest'],
  }),
  scope: Nullable(
    Text(
      4_000,
      'Questions about our bread, prices and opening hours.',
      'What it is to do, and nothing else.',
    ),
  ),
  tone: Nullable(Text(500, 'Friendly and brief.')),
  language: Text(35, 'customer', '`customer`: theirs. Else a tag, as in `id`.'),
  businessName: Nullable(Text(100, 'Bakery')),
  facts: Nullable(
    Text(
      4_000,
      'Open 07.00 to 17.00, closed on Monday.',
      'What is always true and may be said without a source.',
    ),
  ),
  handoffWords: Type.Array(Type.String({ minLength: 1, maxLength: 60 }), {
    maxItems: 200,
    examples: [['lawyer', 'refund']],
    description: 'Words that bring a person at once, beside those that always do.',
  }),
  turnsPerDay: Type.Integer({
    minimum: 1,
    maximum: 100,
    examples: [6],
    description: 'Answers in one chat and day; then a person.',
  }),
  minSupport: Type.Number({
    minimum: 0,
    maximum: 1,
    examples: [0.3],
    description: 'How much of a question knowledge must cover, or the model is not asked.',
  }),
  unknown: Type.Enum(['refuse', 'handoff'], {
    description: 'What happens without support.',
    examples: ['refuse'],
  }),
  refusal: Nullable(
    Text(
      1_000,
      'Sorry, I don’t know that.',
      'What is said then; our own words in the customer’s language unless set.',
    ),
  ),
  debounceSeconds: Type.Integer({
    minimum: 0,
    maximum: 10,
    examples: [3],
    description: 'Waits so long for more of the same thought.',
  }),
  disclose: Type.Boolean({
    description: 'Says before the first answer of a day that a machine answers.',
    examples: [false],
  }),
  groups: Type.Boolean({ description: 'Answers in groups, too.', examples: [false] }),
};
export const ReplySettingsBody = Type.Object(
  Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name, optional(schema as TSchema)])) as {
    [Name in keyof typeof fields]: ReturnType<typeof optional<(typeof fields)[Name]>>;
  },
  {
    title: 'AiProfileBody',
    description: 'What is absent stays.',
    examples: [{ mode: 'suggest', scope: 'Questions about our bread, prices and opening hours.' }],
  },
);
export const ReplySettingsShown = Type.Object(fields, { title: 'AiProfile' });

const Message = (shown: string) =>
  Type.String({ minLength: 1, maxLength: 32_000, pattern: '\\S', examples: [shown] });
export const AutoReplyBody = Type.Object(
  {
    message: Message('When do you open?'),
    customerName: Absentable(Type.String({ maxLength: 200, examples: ['Ani'] })),
    businessName: Absentable(Type.String({ maxLength: 200, examples: ['Bakery'] })),
    previousMessages: Absentable(
      Type.Array(Type.String({ maxLength: 32_000 }), {
        maxItems: 1_000,
        description: 'The last five are used.',
        examples: [['Hello']],
      }),
    ),
    customPrompt: Absentable(
      Type.String({
        maxLength: 8_000,
        examples: ['Offer the bread of the day.'],
        description: 'Beside the rules, not in their place.',
      }),
    ),
    profileId: Absentable(Type.String({ maxLength: 64, description: 'Brings its scope and its knowledge.' })),
    conversationId: Absentable(
      Type.String({ maxLength: 64, description: 'Brings what was said; of the profile.' }),
    ),
  },
  { title: 'AutoReplyBody', examples: [{ message: 'When do you open?' }] },
);
export const Citation = Type.Object(
  {
    documentId: Uuid,
    documentName: Type.String({ examples: ['Opening hours'] }),
    chunkId: Uuid,
    quote: Type.String(),
  },
  { title: 'Citation' },
);
const Count = (shown: number) => Type.Integer({ examples: [shown] });
const Support = Type.Number({
  description: 'How much of the question knowledge covers, 0 to 1.',
  examples: [0.8],
});
export const AutoReply = Type.Object(
  {
    success: Type.Boolean({ examples: [true] }),
    content: Type.String({ examples: ['We open at 07.00.'] }),
    usage: Type.Object({ promptTokens: Count(300), completionTokens: Count(20), totalTokens: Count(320) }),
    action: Type.Enum([...actions], {
      description: '`answer`, `ask` for more, `handoff` to a person, or `refuse` where nothing is known.',
      examples: ['answer'],
    }),
    citations: Type.Array(Citation),
    support: Support,
    language: Nullable(Type.String({ examples: ['en'] })),
    reason: Type.Optional(Type.String({ description: 'Why it is no answer.', examples: ['NO_SUPPORT'] })),
    warnings: Type.Optional(
      Type.Array(Type.String(), { description: 'What a person should look at before it is sent.' }),
    ),
  },
  { title: 'AutoReply' },
);

export const SuggestionsQuery = Type.Object({ limit: limitOf() });
export const Suggestion = Type.Object(
  {
    ...{ id: Uuid, profileId: Uuid, conversationId: Uuid, messageId: Nullable(Uuid) },
    action: Type.Enum([...actions], { examples: ['answer'] }),
    content: Type.String({ examples: ['We open at 07.00.'] }),
    ...{ citations: Type.Array(Citation), warnings: Type.Array(Type.String()), support: Support },
    sent: Type.Boolean({ description: 'It went to the person.', examples: [false] }),
    createdAt: Timestamp,
  },
  { title: 'AiSuggestion' },
);

export type ReplySettingsFields = Static<typeof ReplySettingsBody>;
export type AutoReplyFields = Static<typeof AutoReplyBody>;

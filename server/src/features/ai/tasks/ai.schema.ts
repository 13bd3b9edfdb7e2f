import Type, { type Static } from 'typebox';
import { Absentable, JsonObject, Nullable, Timestamp } from '../../../http/schema.ts';

const Message = (description: string, shown: string) =>
  Type.String({ minLength: 1, maxLength: 32_000, pattern: '\\S', description, examples: [shown] });
const Count = (shown: number) => Type.Integer({ examples: [shown] });

export const CompleteBody = Type.Object(
  {
    prompt: Message('What is asked.', 'Write a friendly opening line for a bakery.'),
    systemPrompt: Absentable(
      Type.String({ maxLength: 32_000, examples: ['You are brief.'], description: 'How to answer.' }),
    ),
    model: Absentable(
      Type.String({ maxLength: 200, examples: ['gpt-4o-mini'], description: 'One of those that are set.' }),
    ),
    maxTokens: Absentable(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        examples: [500],
        description: 'At most what is set for answers.',
      }),
    ),
    temperature: Absentable(Type.Number({ minimum: 0, maximum: 2, examples: [0.7] })),
    json: Absentable(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'A JSON Schema of an object: the answer is one, and stands in `json` as well.',
        examples: [{ type: 'object', properties: { line: { type: 'string' } }, required: ['line'] }],
      }),
    ),
  },
  {
    title: 'CompletionBody',
    examples: [{ prompt: 'Write a friendly opening line for a bakery.', maxTokens: 100 }],
  },
);
const Usage = Type.Object(
  { promptTokens: Count(12), completionTokens: Count(20), totalTokens: Count(32) },
  { title: 'TokenUsage', description: 'As the provider counts; estimated where it does not tell.' },
);
const completion = {
  success: Type.Boolean({ examples: [true] }),
  content: Type.String({ examples: ['Good morning! The first loaves are still warm.'] }),
  usage: Usage,
};
export const Completion = Type.Object(
  {
    ...completion,
    model: Type.String({ examples: ['gpt-4o-mini'] }),
    json: Type.Optional(JsonObject),
    truncated: Type.Boolean({ description: 'It broke off at `maxTokens`.', examples: [false] }),
  },
  { title: 'Completion' },
);

export const SentimentBody = Type.Object(
  { message: Message('Whose mood is to be told.', 'The cake was wonderful, thank you!') },
  { title: 'SentimentBody', examples: [{ message: 'The cake was wonderful, thank you!' }] },
);
const Share = (shown: number) => Type.Number({ minimum: 0, maximum: 1, examples: [shown] });
export const Sentiment = Type.Object(
  {
    success: Type.Boolean({ examples: [true] }),
    sentiment: Type.Enum(['positive', 'negative', 'neutral'], { examples: ['positive'] }),
    confidence: { ...Share(0.92), description: 'The share of `sentiment` in `scores`.' },
    scores: Type.Object({ positive: Share(0.92), negative: Share(0.02), neutral: Share(0.06) }),
  },
  { title: 'Sentiment' },
);

export const TranslateBody = Type.Object(
  {
    message: Message('What is to be translated.', 'Roti keluar dari oven jam {jam}.'),
    targetLanguage: Absentable(
      Type.String({
        maxLength: 60,
        examples: ['English'],
        description: 'A name or a tag, as in `de` or `pt-BR`; English unless said.',
      }),
    ),
    sourceLanguage: Absentable(
      Type.String({ maxLength: 60, examples: ['Indonesian'], description: 'Found out unless said.' }),
    ),
  },
  {
    title: 'TranslationBody',
    examples: [{ message: 'Roti keluar dari oven jam {jam}.', targetLanguage: 'en' }],
  },
);
export const Translation = Type.Object(
  {
    ...completion,
    content: Type.String({ examples: ['Bread leaves the oven at {jam}.'] }),
    language: Type.String({ examples: ['English'] }),
    warnings: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Placeholders, links, numbers and marks that did not survive.',
        examples: [['{jam} is missing']],
      }),
    ),
  },
  { title: 'Translation' },
);

export const AiStatus = Type.Object(
  {
    configured: Type.Boolean({ examples: [true] }),
    provider: Type.String({
      description: 'Always `openai`: the protocol that is spoken.',
      examples: ['openai'],
    }),
    model: Nullable(Type.String({ examples: ['gpt-4o-mini'] })),
    embeddings: Type.Boolean({
      description: 'Whether knowledge is searched by meaning, too.',
      examples: [true],
    }),
    healthy: Type.Boolean({ description: 'False when the last answer failed.', examples: [true] }),
    lastError: Type.Optional(
      Type.Object({ code: Type.String({ examples: ['timeout'] }), message: Type.String(), at: Timestamp }),
    ),
    usage: Type.Object({
      month: Type.Object({ tokens: Count(120_000), cost: Type.Number({ examples: [0.4] }) }),
      limit: Type.Object({
        tokens: Nullable(Count(5_000_000)),
        cost: Nullable(Type.Number({ examples: [20] })),
      }),
    }),
  },
  { title: 'AiStatus' },
);

const Day = Type.String({ format: 'date', examples: ['2026-02-05'] });
export const UsageQuery = Type.Object({
  from: Type.Optional({ ...Day, description: 'First day (UTC); 30 days ago unless said.' }),
  to: Type.Optional({ ...Day, description: 'Last day; today unless said. 366 days at most.' }),
  profileId: Type.Optional(Type.String({ maxLength: 64, description: 'Of one profile.' })),
});
export const UsageOfDays = Type.Array(
  Type.Object(
    {
      day: Day,
      purpose: Type.String({ description: 'What was asked for.', examples: ['complete'] }),
      model: Type.String({ examples: ['gpt-4o-mini'] }),
      ...{
        calls: Count(40),
        failed: Count(1),
        estimated: Count(0),
        tokensIn: Count(4_000),
        tokensOut: Count(1_200),
      },
      cost: Type.Number({ examples: [0.02] }),
    },
    { title: 'AiUsage' },
  ),
);

export type CompleteFields = Static<typeof CompleteBody>;
export type TranslateFields = Static<typeof TranslateBody>;

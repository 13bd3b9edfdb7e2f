import Type, { type Static, type TSchema } from 'typebox';
import { Nullable } from '../../../http/schema.ts';
import { jsonModes } from './provider.ts';

const example = {
  ...{
    baseUrl: 'https://api.openai.com/v1',
    apiKey: 'sk-example-of-a-key',
    chatModel: 'gpt-4o-mini',
    models: ['gpt-4o'],
  },
  ...{ embeddingModel: 'text-embedding-3-small', timeoutMs: 20_000, maxOutputTokens: 800 },
  ...{
    priceIn: 0.15,
    priceOut: 0.6,
    monthlyTokens: 5_000_000,
    monthlyCost: 20,
    dailyTokens: 200_000,
    concurrent: 4,
  },
};
const Model = Type.String({ maxLength: 200, examples: [example.chatModel] });
const tokensMax = 1_000_000_000_000;
const priceMax = 1_000_000;

const numbers = {
  timeoutMs: Type.Integer({
    minimum: 500,
    maximum: 120_000,
    examples: [20_000],
    description: 'For one answer, a second try included.',
  }),
  maxOutputTokens: Type.Integer({
    minimum: 16,
    maximum: 16_384,
    examples: [800],
    description: 'Of one answer.',
  }),
  concurrent: Type.Integer({
    minimum: 1,
    maximum: 64,
    examples: [4],
    description: 'Questions at once, for each node.',
  }),
};
const amounts = {
  priceIn: price('Price of a million tokens that are asked, in your currency.', 0.15),
  priceOut: price('Price of a million tokens that are answered.', 0.6),
  monthlyTokens: tokens('Tokens that may be used in a month (UTC); null: no limit.', 5_000_000),
  monthlyCost: price('What may be spent in a month; null: no limit.', 20),
  dailyTokens: tokens('Tokens that one profile may use in a day (UTC); null: no limit.', 200_000),
};
const JsonMode = Type.Enum([...jsonModes], {
  description: 'How the server takes that an answer is to be JSON; the test finds it out.',
  examples: ['schema'],
});

function price(description: string, shown: number) {
  return Nullable(Type.Number({ minimum: 0, maximum: priceMax, examples: [shown], description }));
}
function tokens(description: string, shown: number) {
  return Nullable(Type.Integer({ minimum: 1, maximum: tokensMax, examples: [shown], description }));
}
const optional = <Schema extends TSchema>(schema: Schema) => Type.Optional(Nullable(schema));

const body = {
  baseUrl: optional(
    Type.String({
      maxLength: 500,
      examples: [example.baseUrl],
      description:
        'Any OpenAI-compatible server, up to and with `/v1`. Null or empty: what this server provides again.',
    }),
  ),
  apiKey: optional(
    Type.String({
      maxLength: 1_024,
      examples: [example.apiKey],
      description: 'The mask that was answered keeps the key; null or empty: none.',
    }),
  ),
  chatModel: optional(Model),
  models: optional(
    Type.Array(Model, { maxItems: 50, description: 'Others that `POST /ai/complete` may name.' }),
  ),
  embeddingModel: optional(
    Type.String({
      maxLength: 200,
      examples: [example.embeddingModel],
      description: 'Null: knowledge is searched by words.',
    }),
  ),
  jsonMode: optional(JsonMode),
  timeoutMs: optional(numbers.timeoutMs),
  maxOutputTokens: optional(numbers.maxOutputTokens),
  concurrent: optional(numbers.concurrent),
  priceIn: Type.Optional(amounts.priceIn),
  priceOut: Type.Optional(amounts.priceOut),
  monthlyTokens: Type.Optional(amounts.monthlyTokens),
  monthlyCost: Type.Optional(amounts.monthlyCost),
  dailyTokens: Type.Optional(amounts.dailyTokens),
};
export const AiSettingsBody = Type.Object(body, {
  title: 'AiSettingsBody',
  description: 'What is absent stays. Texts that the model is asked about leave this server.',
  examples: [example],
});
export const AiTestBody = Type.Object(body, {
  title: 'AiTestBody',
  description: 'What would be set; absent or masked values are those that are set.',
  examples: [{}],
});
const Text = (shown: string) => Nullable(Type.String({ examples: [shown] }));
export const AiSettings = Type.Object(
  {
    baseUrl: Text(example.baseUrl),
    apiKey: Nullable(Type.String({ description: 'Masked.', examples: ['********wxyz'] })),
    chatModel: Text(example.chatModel),
    models: Type.Array(Type.String(), { examples: [example.models] }),
    embeddingModel: Text(example.embeddingModel),
    jsonMode: Nullable(JsonMode),
    ...{
      timeoutMs: Type.Integer({ examples: [20_000] }),
      maxOutputTokens: Type.Integer({ examples: [800] }),
    },
    concurrent: Type.Integer({ examples: [4] }),
    ...amounts,
    source: Type.Enum(['database', 'env', 'none'], {
      description:
        '`database`: set by this organisation. `env`: what this server provides, of which only the models are shown. `none`: ' +
        'there is no language model.',
      examples: ['database'],
    }),
  },
  { title: 'AiSettings' },
);
export const AiSaved = Type.Object(
  { success: Type.Boolean(), message: Type.String({ examples: ['Saved.'] }), ai: AiSettings },
  { title: 'AiSettingsSaved' },
);
export const AiTested = Type.Object(
  {
    success: Type.Boolean(),
    message: Type.String({ examples: ['gpt-4o-mini answers, and takes schemas.'] }),
    code: Nullable(
      Type.Enum(
        [
          'timeout',
          'connection',
          'busy',
          'server',
          'unreadable',
          'too-large',
          'key',
          'model',
          'refused',
          'target',
          'none',
        ],
        { description: 'What went wrong.' },
      ),
    ),
    jsonMode: Nullable(JsonMode),
    embeddingDimensions: Nullable(Type.Integer({ examples: [1_536] })),
    durationMs: Type.Integer({ examples: [640] }),
  },
  { title: 'AiTestResult' },
);

export type AiBodyFields = Static<typeof AiSettingsBody>;
export type AiTestedFields = Static<typeof AiTested>;

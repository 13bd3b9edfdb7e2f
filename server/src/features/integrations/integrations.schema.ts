import Type, { type Static } from 'typebox';
import { Nullable, Timestamp } from '../../http/schema.ts';

const profileExample = '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11';
const text = (maxLength: number, examples: string[], description: string) =>
  Type.Optional(Nullable(Type.String({ maxLength, examples, description })));
const flag = (description: string) =>
  Type.Optional(Nullable(Type.Boolean({ description, examples: [true] })));
/** Of Chatwoot, which counts; in settings of a server it is text. */
const Id = Type.Unsafe<string | number | null>({
  type: ['string', 'integer', 'null'],
  maxLength: 20,
  examples: ['1'],
});
const words = (description: string, examples: string[][]) =>
  Type.Optional(
    Nullable(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 50, description, examples })),
  );
const profileIds = Type.Optional(
  Nullable(
    Type.Array(Type.String({ maxLength: 64 }), {
      maxItems: 500,
      description: 'The profiles it is for; null: all.',
      examples: [[profileExample]],
    }),
  ),
);

const chatwoot = {
  url: text(2_000, ['https://chatwoot.example.com'], 'Where Chatwoot is; null or empty: not set any more.'),
  apiToken: text(500, ['kT1mXw…'], 'Of an agent or administrator. The mask that was answered keeps it.'),
  accountId: Type.Optional(Id),
  inboxId: Type.Optional(Id),
  inboxes: Type.Optional(
    Nullable(
      Type.Record(
        Type.String({ maxLength: 64 }),
        Type.Unsafe<string | number>({ ...Id, type: ['string', 'integer'] }),
        {
          maxProperties: 500,
          description: 'Inboxes of single profiles, by the ids of these, instead of `inboxId`.',
          examples: [{ [profileExample]: '7' }],
        },
      ),
    ),
  ),
  webhookSecret: text(
    256,
    ['whs_…'],
    'What the inbox signs its webhook with, where it does: then only signed requests count.',
  ),
  profileIds,
  signMessages: flag('Puts the name of the agent before what they write.'),
  groups: flag('Also groups; each is one contact at Chatwoot. Yes unless said.'),
  enabled: flag('Off it keeps its settings.'),
};
const typebot = {
  apiUrl: text(2_000, ['https://typebot.example.com'], 'Where Typebot is; null or empty: not set any more.'),
  apiToken: text(500, ['tb_…'], 'Only bots that ask for one need it. The mask that was answered keeps it.'),
  defaultBotId: text(200, ['customer-support-x1y2z3'], 'Public id of the bot that answers.'),
  profileIds,
  startWords: words('What starts the bot; empty: whatever somebody writes.', [['hello', 'menu']]),
  restartWords: words('What begins anew; `/restart` unless said.', [['/restart']]),
  stopWords: words('What ends the bot until it is restarted; `/stop` unless said.', [['/stop']]),
  expireMinutes: Type.Optional(
    Nullable(
      Type.Integer({
        minimum: 1,
        maximum: 43_200,
        description: 'After so much silence the bot begins anew; 1,440 unless said.',
        examples: [1_440],
      }),
    ),
  ),
  choices: Type.Optional(
    Nullable(
      Type.Enum(['numbers', 'poll'], {
        description:
          'How buttons are shown: as a list with numbers, or as a poll where it has room for them.',
        examples: ['numbers'],
      }),
    ),
  ),
  stopOnReply: flag('A person who writes to the chat ends the bot there, until it expires. Yes unless said.'),
  enabled: flag('Off it keeps its settings.'),
};

const example = {
  chatwoot: { url: 'https://chatwoot.example.com', apiToken: 'kT1mXw9', accountId: '1', inboxId: '3' },
};
const ChatwootBody = Type.Object(chatwoot, { title: 'ChatwootSettingsBody', examples: [example.chatwoot] });
const TypebotBody = Type.Object(typebot, {
  title: 'TypebotSettingsBody',
  examples: [{ apiUrl: 'https://typebot.example.com', defaultBotId: 'support' }],
});
export type ChatwootFields = Static<typeof ChatwootBody>;
export type TypebotFields = Static<typeof TypebotBody>;

export const ConfigBody = Type.Object(
  { chatwoot: Type.Optional(Nullable(ChatwootBody)), typebot: Type.Optional(Nullable(TypebotBody)) },
  { title: 'IntegrationConfigBody', description: 'What is absent stays.', examples: [example] },
);
export const TestBody = Type.Object(
  {
    type: Type.String({ maxLength: 50, description: '`chatwoot` or `typebot`.', examples: ['chatwoot'] }),
    chatwoot: Type.Optional(Nullable(ChatwootBody)),
    typebot: Type.Optional(Nullable(TypebotBody)),
  },
  {
    title: 'IntegrationTestBody',
    description: 'With what would be set; absent or masked values are those that are set.',
    examples: [{ type: 'chatwoot' }],
  },
);
export type ConfigFields = Static<typeof ConfigBody>;
export type TestFields = Static<typeof TestBody>;

const shared = {
  enabled: Type.Boolean(),
  source: Type.Enum(['database', 'env', 'none'], {
    description:
      '`database`: set by this organization. `env`: by the settings of the server. `none`: not set.',
  }),
  profileIds: Nullable(Type.Array(Type.String())),
  state: Type.Object(
    {
      waiting: Type.Integer({ description: 'What is still to be told or done; counted to 10,000.' }),
      failingSince: Nullable(Timestamp),
      error: Nullable(Type.String({ description: 'Why the last call failed.' })),
      lastSuccessAt: Nullable(Timestamp),
    },
    { title: 'IntegrationState' },
  ),
};
const Mask = Type.String({ description: 'Masked; empty when there is none.', examples: ['********4f1c'] });
export const IntegrationConfig = Type.Object(
  {
    chatwoot: Type.Object(
      {
        url: Type.String(),
        apiToken: Mask,
        accountId: Type.String({ examples: ['1'] }),
        inboxId: Type.String({ examples: ['3'] }),
        inboxes: Type.Record(Type.String(), Type.String(), { examples: [{}] }),
        webhookSecret: Mask,
        webhookUrl: Nullable(
          Type.String({
            description:
              'Give it to the inbox at Chatwoot as its webhook URL. It is secret: only who may change settings is shown it.',
            examples: ['https://gateway.example.com/api/v1/integrations/chatwoot/0199…/kT1…'],
          }),
        ),
        signMessages: Type.Boolean(),
        groups: Type.Boolean(),
        ...shared,
      },
      { title: 'ChatwootConfig' },
    ),
    typebot: Type.Object(
      {
        apiUrl: Type.String(),
        apiToken: Mask,
        defaultBotId: Type.String(),
        startWords: Type.Array(Type.String()),
        restartWords: Type.Array(Type.String()),
        stopWords: Type.Array(Type.String()),
        expireMinutes: Type.Integer(),
        choices: Type.String({ examples: ['numbers'] }),
        stopOnReply: Type.Boolean(),
        ...shared,
      },
      { title: 'TypebotConfig' },
    ),
  },
  { title: 'IntegrationConfig' },
);
export const ConfigSaved = Type.Object(
  {
    success: Type.Boolean(),
    message: Type.String({ examples: ['Saved.'] }),
    ...IntegrationConfig.properties,
  },
  { title: 'IntegrationConfigSaved' },
);
export const Tested = Type.Object(
  {
    success: Type.Boolean(),
    message: Type.String({ examples: ['Chatwoot answers: the inbox “WhatsApp” is there.'] }),
    code: Nullable(
      Type.Enum(
        ['type', 'incomplete', 'target', 'dns', 'connection', 'login', 'permission', 'not-found', 'answer'],
        {
          description: 'What went wrong.',
        },
      ),
    ),
    durationMs: Type.Integer({ examples: [120] }),
  },
  { title: 'IntegrationTestResult' },
);
export const PastBody = Type.Object(
  {
    days: Type.Optional(
      Nullable(
        Type.Integer({
          minimum: 1,
          maximum: 365,
          description: 'How far back; 7 unless said.',
          examples: [7],
        }),
      ),
    ),
    profileId: Type.Optional(
      Nullable(Type.String({ maxLength: 64, description: 'Absent: every profile that has an inbox.' })),
    ),
  },
  { title: 'ChatwootPastBody', examples: [{ days: 7 }] },
);
export const PastBegun = Type.Object(
  { success: Type.Boolean(), profiles: Type.Integer({ description: 'For how many profiles it has begun.' }) },
  { title: 'ChatwootPastBegun' },
);
export type TestOutcome = Omit<Static<typeof Tested>, 'durationMs'>;
export type TestFault = NonNullable<TestOutcome['code']>;

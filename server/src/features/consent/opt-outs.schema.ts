import Type, { type Static } from 'typebox';
import { CursorQuery } from '../../http/list.ts';
import { Absentable, Nullable, Timestamp, Uuid } from '../../http/schema.ts';

const Scope = Type.Enum(['marketing', 'all'] as const, {
  description:
    '`marketing`: no campaigns of that category; `all`: no campaign at all. Answers and single messages are not kept back.',
  examples: ['marketing'],
});

export const OptOut = Type.Object(
  {
    id: Uuid,
    profileId: Nullable(Type.String({ description: 'To which profile they said it.' })),
    chatId: Nullable(Type.String({ examples: ['628123456789@c.us'] })),
    phone: Nullable(
      Type.String({
        description: 'Null while it is unknown, and of who was forgotten.',
        examples: ['628123456789'],
      }),
    ),
    scope: Scope,
    source: Type.Enum(['keyword', 'api', 'import', 'erasure', 'automation'] as const, {
      description: '`keyword`: they wrote a word such as STOP. `erasure`: they asked to be forgotten.',
      examples: ['keyword'],
    }),
    messageId: Nullable(Type.String({ description: 'Of their message.' })),
    at: Timestamp,
    revokedAt: Nullable(Type.String({ description: 'Since when they may be written to again.' })),
  },
  { title: 'OptOut' },
);

export const OptOutQuery = Type.Object({
  ...CursorQuery.properties,
  profileId: Type.Optional(Type.String({ maxLength: 64 })),
  phone: Type.Optional(
    Type.String({ maxLength: 200, description: 'Of one person, however the number is written.' }),
  ),
  revoked: Type.Optional(
    Type.Boolean({ default: false, description: 'With those who may be written to again.' }),
  ),
});

const phone = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'A number with country code, however it is written, or the chat id of a person.',
  examples: ['628123456789'],
});
const profileId = Absentable(
  Type.String({
    maxLength: 64,
    description:
      'To which profile they said it. It holds for all; who may see some profiles only has to name one.',
  }),
);
export const CreateOptOut = Type.Object(
  {
    phone,
    profileId,
    scope: Absentable(Scope),
    forget: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Keeps a keyed hash of the number only, and forgets what was kept of it here.',
      }),
    ),
  },
  { title: 'CreateOptOut', examples: [{ phone: '628123456789', scope: 'marketing' }] },
);
export const ImportOptOuts = Type.Object(
  {
    csvData: Absentable(Type.String({ description: 'The table; its header has a column `phone`.' })),
    mediaId: Absentable(Type.String({ maxLength: 64, description: 'Of a file that was uploaded.' })),
    profileId,
    scope: Absentable(Scope),
  },
  { title: 'ImportOptOuts', examples: [{ csvData: 'phone\n628123456789\n628123456780\n' }] },
);
export const ImportedOptOuts = Type.Object(
  {
    rows: Type.Integer({ examples: [2] }),
    added: Type.Integer({ description: 'Who was not on the list.', examples: [2] }),
    known: Type.Integer({ examples: [0] }),
    failed: Type.Integer({ examples: [0] }),
    errors: Type.Array(Type.Object({ line: Type.Integer(), reason: Type.String() }), {
      description: 'The first hundred.',
    }),
  },
  { title: 'OptOutsImported' },
);

const Words = Type.Array(Type.String({ minLength: 1, maxLength: 40 }), { maxItems: 50 });
export const OptOutWords = Type.Object(
  {
    stop: Words,
    start: Words,
    confirms: Type.Boolean({ description: 'Whether who opts out is told once that it counts.' }),
    confirmation: Nullable(
      Type.String({ description: 'Null: the usual sentence, in the language of the word.' }),
    ),
  },
  { title: 'OptOutWords' },
);
export const SetOptOutWords = Type.Object(
  {
    stop: Type.Optional(Words),
    start: Type.Optional(Words),
    confirms: Type.Optional(Type.Boolean()),
    confirmation: Type.Optional(Nullable(Type.String({ maxLength: 1_000 }))),
  },
  {
    title: 'SetOptOutWords',
    description: 'What is absent stays. The words of many languages (STOP, BERHENTI, BAJA …) always count.',
    examples: [{ stop: ['no more bread'], confirmation: 'You will get no more offers of bread.' }],
  },
);

export type CreateOptOutBody = Static<typeof CreateOptOut>;
export type ImportOptOutsBody = Static<typeof ImportOptOuts>;
export type SetOptOutWordsBody = Static<typeof SetOptOutWords>;

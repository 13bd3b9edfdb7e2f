import { Type } from 'typebox';

const number = Type.String({ minLength: 1, description: 'Phone number as digits.' });
const chat = Type.String({
  minLength: 1,
  description: 'Phone number as digits, or the JID of a group (`…@g.us`).',
});
const moment = (description: string) =>
  Type.Integer({ minimum: 0, description: `Unix milliseconds. ${description}` });

export const NewPast = Type.Object(
  {
    chats: Type.Integer({ minimum: 1, maximum: 2000 }),
    messages: Type.Integer({ minimum: 1, maximum: 100_000 }),
    seed: Type.Integer({ minimum: 0, description: 'The same seed makes the same past on the same phone.' }),
    from: Type.Optional(moment('Default: 90 days before `until`.')),
    until: Type.Optional(moment('Default: now.')),
  },
  { examples: [{ chats: 20, messages: 2000, seed: 1 }] },
);
export const MadePast = Type.Object({
  chats: Type.Integer({ description: 'Chats that got messages.' }),
  messages: Type.Integer({ description: 'Messages added, apart from reactions.' }),
  reactions: Type.Integer(),
});

export const PastMessages = Type.Object(
  {
    messages: Type.Array(
      Type.Object({
        chat,
        from: Type.Optional(number),
        fromMe: Type.Optional(Type.Boolean({ description: 'Default: false.' })),
        text: Type.String({ minLength: 1, maxLength: 65_536 }),
        timestamp: moment(''),
        id: Type.Optional(
          Type.String({ pattern: '^[A-Za-z0-9._-]{1,100}$', description: 'Default: a new one.' }),
        ),
        read: Type.Optional(Type.Boolean({ description: 'Default: true.' })),
      }),
      { minItems: 1, maxItems: 5000 },
    ),
  },
  {
    examples: [
      {
        messages: [
          { chat: '628111000002', text: 'Is the bread ready?', timestamp: 1_700_000_000_000, read: false },
          {
            chat: '120363000000000001@g.us',
            from: '628111000003',
            text: 'Me too',
            timestamp: 1_700_000_060_000,
          },
        ],
      },
    ],
  },
);
export const Imported = Type.Object({ added: Type.Integer(), known: Type.Integer() });

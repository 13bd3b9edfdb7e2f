import Type from 'typebox';
import { cursorOf, limitOf } from '../../http/list.ts';
import { Nullable, Timestamp, Uuid } from '../../http/schema.ts';
import { kindNames, Message } from '../messages/index.ts';

const q = Type.String({
  minLength: 1,
  maxLength: 200,
  description:
    'What to look for, in any script: words that all must be there, also inside longer ones; what stands in quotation marks ' +
    'is looked for as it is. Upper and lower case, accents, vowel marks and full-width forms make no difference.',
  examples: ['rye friday'],
});

const Moment = Type.String({ format: 'date-time', examples: ['2026-02-05T10:00:00.000Z'] });

export const MessageSearchQuery = Type.Object({
  q,
  profileId: Type.Optional(
    Type.String({ description: 'Absent: every profile whose messages the caller may read.' }),
  ),
  conversationId: Type.Optional(Type.String({ maxLength: 64 })),
  sender: Type.Optional(
    Type.String({
      maxLength: 128,
      description: 'Who wrote it: a number or a chat id.',
      examples: ['628123456789'],
    }),
  ),
  type: Type.Optional(Type.Enum(kindNames, { description: 'The kind of message.' })),
  direction: Type.Optional(Type.Enum(['incoming', 'outgoing'] as const)),
  from: Type.Optional({ ...Moment, description: 'Written then or later.' }),
  to: Type.Optional({ ...Moment, description: 'Written before.' }),
  limit: limitOf(),
  cursor: cursorOf('`cursor`'),
});

const Found = Type.Object(
  {
    message: Message,
    highlights: Type.Array(
      Type.Object({
        text: Type.String({
          description: 'A piece of what it says.',
          examples: ['Is the rye bread ready on Friday?'],
        }),
        ranges: Type.Array(Type.Object({ start: Type.Integer(), end: Type.Integer() }), {
          description:
            'Where in the piece stands what was looked for, in UTF-16 units, the end not included.',
          examples: [[{ start: 7, end: 10 }]],
        }),
      }),
    ),
  },
  { title: 'FoundMessage' },
);

const Coverage = Type.Enum(['complete', 'indexing', 'recent'] as const, {
  description:
    '`complete`: all messages are found. `indexing`: the words of older ones are still being gathered. `recent`: the ' +
    'database lacks the extension `pg_trgm`, so each request looks through some 20,000 messages; the cursor goes on behind them.',
});

export const MessageSearch = Type.Object(
  {
    results: Type.Array(Found),
    cursor: Nullable(
      Type.String({
        description: 'For the next page; null when there is nothing more. A page may be short, or empty.',
      }),
    ),
    searchedUntil: Nullable({
      ...Timestamp,
      description:
        'Words of one or two letters, and those in thousands of messages, are looked for piece by piece: messages from before ' +
        'this moment are found with `cursor`. Null: this page has all that it could.',
    }),
    coverage: Coverage,
  },
  { title: 'MessageSearch' },
);

export const SearchQuery = Type.Object({
  q,
  profileId: Type.Optional(Type.String({ description: 'Absent: every profile that the caller may see.' })),
  limit: Type.Optional(Type.Integer({ default: 5, description: 'Of each group, 1 to 20; more is clamped.' })),
});

export const SearchAnswer = Type.Object(
  {
    messages: Type.Array(Found),
    conversations: Type.Array(
      Type.Object(
        {
          id: Uuid,
          profileId: Uuid,
          contactId: Nullable(Type.String()),
          chatId: Type.String({ examples: ['628123456789@c.us'] }),
          type: Type.String({ examples: ['user'] }),
          name: Nullable(Type.String()),
          unreadCount: Type.Integer(),
          lastMessageAt: Nullable(Timestamp),
        },
        { title: 'FoundConversation' },
      ),
    ),
    contacts: Type.Array(
      Type.Object(
        {
          id: Uuid,
          profileId: Uuid,
          phone: Nullable(Type.String()),
          lid: Nullable(Type.String()),
          name: Nullable(Type.String()),
          whatsappName: Nullable(Type.String()),
          tags: Type.Array(Type.String()),
        },
        { title: 'FoundContact' },
      ),
    ),
    profiles: Type.Array(
      Type.Object(
        {
          id: Uuid,
          workspaceId: Uuid,
          name: Type.String(),
          phone: Nullable(Type.String()),
          status: Type.String(),
        },
        { title: 'FoundProfile' },
      ),
    ),
    broadcasts: Type.Array(
      Type.Object(
        { id: Uuid, profileId: Uuid, name: Type.String(), status: Type.String(), createdAt: Timestamp },
        { title: 'FoundBroadcast' },
      ),
    ),
    coverage: Coverage,
  },
  { title: 'SearchAnswer' },
);

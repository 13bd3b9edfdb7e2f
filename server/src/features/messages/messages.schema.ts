import Type, { type Static } from 'typebox';
import { limitOf } from '../../http/list.ts';
import { Nullable, Timestamp } from '../../http/schema.ts';
import { ConversationMessagesQuery } from '../conversations/index.ts';
import { describedByType } from './kinds/described-by-type.ts';
import { messageStatuses } from './message-status.ts';

const messageId = '0199d6a2-9c1e-7d10-8f2a-1c5b7e9a4d02';

const Reaction = Type.Object(
  {
    emoji: Type.String({ examples: ['🥐'] }),
    senderJid: Nullable(Type.String({ examples: ['628123456789@c.us'] })),
    senderName: Nullable(Type.String()),
    fromMe: Type.Boolean(),
    timestamp: Timestamp,
  },
  { title: 'Reaction' },
);

const Vote = Type.Object(
  {
    option: Type.String({ examples: ['Rye'] }),
    count: Type.Integer(),
    voters: Type.Array(
      Type.Object({
        senderJid: Nullable(Type.String({ examples: ['628123456789@c.us'] })),
        senderName: Nullable(Type.String()),
        fromMe: Type.Boolean(),
        timestamp: Timestamp,
      }),
    ),
  },
  { title: 'PollOption' },
);

const mark = {
  by: Nullable(Type.String({ examples: ['628123456789@c.us'] })),
  fromMe: Type.Boolean(),
  at: Timestamp,
};

const EventResponse = Type.Object(
  {
    senderJid: Nullable(Type.String({ examples: ['628123456789@c.us'] })),
    senderName: Nullable(Type.String()),
    fromMe: Type.Boolean(),
    response: Type.String({ description: '`going`, `not-going` or `maybe`.', examples: ['going'] }),
    guests: Type.Integer({ description: 'How many others they bring.' }),
    timestamp: Timestamp,
  },
  { title: 'EventResponse' },
);

export const Message = describedByType(
  Type.Object(
    {
      id: Type.String({ examples: [messageId] }),
      profileId: Type.String(),
      conversationId: Type.String(),
      messageId: Type.String({ description: 'The WhatsApp id.', examples: ['3EB0C431C26A1916E07A'] }),
      waMessageId: Type.String({ description: 'The WhatsApp id.', examples: ['3EB0C431C26A1916E07A'] }),
      direction: Type.Enum(['incoming', 'outgoing'] as const),
      senderJid: Nullable(Type.String({ examples: ['628123456789@c.us'] })),
      senderName: Nullable(Type.String()),
      type: Type.String({
        description:
          'The kind. Of `unsupported` nothing could be read (`content.code` is `UNREADABLE`) or stored (`UNSTORABLE`); `content.reason` ' +
          'says it in words. `undecrypted` can’t be read yet, and becomes what it is when its sender has sent it again.',
        examples: ['text'],
      }),
      content: Type.Record(Type.String(), Type.Unknown(), { examples: [{ text: 'Your bread is ready.' }] }),
      originalContent: Nullable(
        Type.Record(Type.String(), Type.Unknown(), {
          description: 'What it said before its first edit; null when it was never edited.',
        }),
      ),
      editedAt: Nullable(
        Type.String({
          format: 'date-time',
          description: 'When its author last changed it; `content` is what it says now.',
        }),
      ),
      revokedAt: Nullable(
        Type.String({
          format: 'date-time',
          description:
            'When it was taken back from everybody. What it said is neither shown nor kept: `content` is empty.',
        }),
      ),
      revokedBy: Nullable(
        Type.String({
          description: 'Who took it back: its author, or an admin of the group.',
          examples: ['628123456789@c.us'],
        }),
      ),
      reactions: Type.Array(Reaction, {
        description: 'One for each person who reacted, in the order they did.',
      }),
      votes: Type.Optional(
        Type.Array(Vote, {
          description:
            'Of a poll: its options with who votes for each. Of each person the latest vote counts.',
        }),
      ),
      responses: Type.Optional(
        Type.Array(EventResponse, {
          description: 'Of an event: who comes. Of each person the latest answer counts.',
        }),
      ),
      pinned: Nullable(
        Type.Object(
          { ...mark, until: Timestamp },
          { description: 'Pinned for everybody in the chat; phones take it off by themselves at `until`.' },
        ),
      ),
      kept: Nullable(
        Type.Object(mark, { description: 'It disappears from phones, but somebody keeps it for everybody.' }),
      ),
      starred: Type.Boolean({ description: 'Starred, here or on a device of the account.' }),
      quotedMessageId: Nullable(Type.String()),
      quoted: Type.Optional(
        Nullable(
          Type.Object(
            {
              messageId: Nullable(Type.String({ description: 'Null: it is not here.' })),
              waMessageId: Type.String(),
              type: Type.String({ examples: ['text'] }),
              senderJid: Nullable(Type.String({ examples: ['628123456789@c.us'] })),
              fromMe: Type.Boolean(),
              text: Type.String({ description: 'One line of what it says, shortened.' }),
            },
            {
              description:
                'In lists and of a single message: what it answers. Null when that is not known here.',
            },
          ),
        ),
      ),
      status: Type.Enum([...messageStatuses]),
      failureCode: Nullable(
        Type.String({
          description:
            'Why it failed: `NOT_ON_WHATSAPP` (nobody has the number), `NOT_GROUP_MEMBER` (the profile is not in the group), ' +
            '`GROUP_ADMINS_ONLY` (only admins write there), `REFUSED_` and the code of WhatsApp, `NO_ACK` ' +
            '(its server never answered), `EXPIRED` (it waited too long), `UPLOAD_FAILED` (its file could not be brought there), `SEND_FAILED` (a fault of ours).',
          examples: ['NOT_ON_WHATSAPP'],
        }),
      ),
      failureReason: Nullable(Type.String()),
      origin: Nullable(
        Type.Object(
          { kind: Type.String({ examples: ['api'] }), id: Nullable(Type.String()) },
          {
            description:
              'Why a message of ours exists: `api` (a program, with its key), `user` (a person), `phone` (typed on the ' +
              'phone); `id` says which program. Null for what others wrote, and for what is older than this field.',
          },
        ),
      ),
      clientReference: Nullable(
        Type.String({ description: 'What its sender calls it.', examples: ['order-1042'] }),
      ),
      retryOf: Nullable(Type.String({ description: 'The failed message that this one repeats.' })),
      waitingFor: Type.Optional(
        Nullable(
          Type.Object(
            {
              reason: Type.Enum(
                [
                  'scheduled',
                  'held',
                  'paused',
                  'not-connected',
                  'slow-down',
                  'daily-limit',
                  'pace',
                  'turn',
                ] as const,
                {
                  description:
                    'It is for later; its campaign is paused; somebody paused the profile; the profile is not connected; WhatsApp asked for a pause; the day’s limit is used up; the pace between ' +
                    'two messages is kept; or others go first.',
                },
              ),
              until: Nullable(
                Type.String({
                  format: 'date-time',
                  description: 'When it goes at the earliest; null: not known.',
                }),
              ),
              position: Type.Integer({ description: 'Its place in the queue of its profile; 1 is next.' }),
              validUntil: Nullable(
                Type.String({ format: 'date-time', description: 'It expires when it has not gone by then.' }),
              ),
            },
            { description: 'Of a single message, and in the queue: why it waits. Null when it does not.' },
          ),
        ),
      ),
      metadata: Type.Record(Type.String(), Type.Unknown()),
      expiration: Nullable(
        Type.Integer({
          description: 'Seconds that the message lasts on phones (disappearing messages); null: for ever.',
          examples: [604_800],
        }),
      ),
      expiresAt: Nullable(
        Type.String({
          format: 'date-time',
          description: 'When it vanishes from phones. Here it stays: what was said remains on record.',
        }),
      ),
      timestamp: Timestamp,
      createdAt: Timestamp,
      updatedAt: Timestamp,
      conversation: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    },
    { title: 'Message' },
  ),
);
export type MessageView = Static<typeof Message>;

export const SendAnswer = Type.Object(
  {
    success: Type.Boolean(),
    messageId: Type.String({ examples: [messageId] }),
    waMessageId: Type.String({ examples: ['3EB0C431C26A1916E07A'] }),
    conversationId: Type.String(),
    status: Type.Enum([...messageStatuses]),
    timestamp: Timestamp,
    clientReference: Type.Optional(Type.String()),
    error: Type.Optional(Type.String()),
    errorCode: Type.Optional(Type.String()),
  },
  { title: 'SendAnswer' },
);
export type SendAnswerBody = Static<typeof SendAnswer>;

export const MessagePage = Type.Object(
  {
    messages: Type.Array(Message),
    hasMore: Type.Boolean({ description: 'There are older ones.' }),
    hasNewer: Type.Boolean({ description: 'There are newer ones.' }),
  },
  { title: 'MessagePage' },
);

const edges = {
  after: Type.Optional(
    Type.String({
      maxLength: 128,
      description: 'Only messages newer than this one (either id), the next ones.',
    }),
  ),
  around: Type.Optional(
    Type.String({ maxLength: 128, description: 'This message (either id), and as many before as after it.' }),
  ),
};

export const ConversationPageQuery = Type.Object({ ...ConversationMessagesQuery.properties, ...edges });

export const ProfileMessagesQuery = Type.Object({
  limit: limitOf(),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000, default: 0 })),
  before: Type.Optional(
    Type.String({ maxLength: 128, description: 'Only messages older than this one (either id).' }),
  ),
  after: edges.after,
  type: Type.Optional(Type.String({ maxLength: 32 })),
  direction: Type.Optional(Type.Enum(['incoming', 'outgoing'] as const)),
});

import Type from 'typebox';
import { cursorBesideOffset, limitOf } from '../../http/list.ts';
import { Nullable, shownAs, Timestamp } from '../../http/schema.ts';

const fields = {
  id: Type.String({ examples: ['0199d6a2-8d3e-7f44-b6a1-2f3a4b5c6d7e'] }),
  profileId: Type.String(),
  contactId: Nullable(Type.String()),
  assignedUserId: Nullable(Type.String()),
  jid: Type.String({ examples: ['628123456789@c.us'] }),
  chatId: Type.String({ examples: ['628123456789@c.us'] }),
  lidJid: Nullable(Type.String()),
  name: Nullable(Type.String()),
  type: Type.String({ examples: ['user'] }),
  expiration: Nullable(
    Type.Integer({
      description:
        'Seconds that messages of this chat last on phones (disappearing messages); null: for ever. ' +
        'Everything sent into the chat carries it.',
      examples: [604_800],
    }),
  ),
  unreadCount: Type.Integer(),
  isArchived: Type.Boolean(),
  isMuted: Type.Boolean(),
  isPinned: Type.Boolean(),
  metadata: Type.Record(Type.String(), Type.Unknown()),
  lastMessageAt: Nullable(Timestamp),
  createdAt: Timestamp,
  updatedAt: Timestamp,
};

const LooseMessage = shownAs(
  'Message',
  Type.Record(Type.String(), Type.Unknown(), { title: 'MessageOfConversation' }),
);

export const ConversationItem = Type.Object(
  {
    ...fields,
    messageCount: Type.Integer({ description: 'Counted up to 1000.' }),
    lastMessage: Nullable(LooseMessage),
    contactName: Nullable(Type.String()),
    contactPhone: Nullable(Type.String()),
  },
  { title: 'ConversationItem' },
);

export const ConversationDetail = Type.Object(
  {
    ...fields,
    messages: Type.Array(LooseMessage),
    contact: Nullable(Type.Record(Type.String(), Type.Unknown())),
    contactName: Nullable(Type.String()),
    contactPhone: Nullable(Type.String()),
  },
  { title: 'Conversation' },
);

export const ConversationList = Type.Object(
  { conversations: Type.Array(ConversationItem), total: Type.Integer(), cursor: Nullable(Type.String()) },
  { title: 'ConversationList' },
);

export const ConversationsQuery = Type.Object({
  profileId: Type.Optional(Type.String({ description: 'Absent: every profile of the organisation.' })),
  type: Type.Optional(
    Type.Enum(['user', 'group', 'broadcast', 'newsletter'] as const, {
      description: 'Channels (`newsletter`) are listed only when asked for.',
    }),
  ),
  archived: Type.Optional(Type.Boolean()),
  limit: limitOf(),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000, default: 0 })),
  cursor: cursorBesideOffset('`cursor`'),
});

export const ConversationQuery = Type.Object({ messageLimit: limitOf() });

export const ConversationMessagesQuery = Type.Object({
  limit: limitOf(),
  before: Type.Optional(
    Type.String({ maxLength: 128, description: 'Only messages older than this one (either id).' }),
  ),
});

export const ConversationMessages = Type.Object(
  { messages: Type.Array(LooseMessage), hasMore: Type.Boolean() },
  { title: 'ConversationMessages' },
);

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
  mutedUntil: Nullable(Type.String({ ...Timestamp, description: 'Null: for ever, when it is muted.' })),
  isPinned: Type.Boolean(),
  isMarkedUnread: Type.Boolean({ description: 'To come back to it, though all of it was read.' }),
  status: Type.String({ examples: ['open'], description: '`open`, `closed` or `snoozed`.' }),
  snoozedUntil: Nullable(Timestamp),
  metadata: Type.Record(Type.String(), Type.Unknown()),
  lastMessageAt: Nullable(Timestamp),
  createdAt: Timestamp,
  updatedAt: Timestamp,
};

/** Of lists and of one asked for: events, which last longer than links, have none. */
const avatar = {
  avatarUrl: Nullable(
    Type.String({
      description:
        'The picture of the person or group as it was last seen; null where there is none, or nobody has looked yet (`GET ' +
        '/conversations/:id`, `GET /groups/:groupId/picture`). Needs no login, and expires.',
    }),
  ),
  avatarThumbnailUrl: Nullable(Type.String()),
};

const LooseMessage = shownAs(
  'Message',
  Type.Record(Type.String(), Type.Unknown(), { title: 'MessageOfConversation' }),
);

export const Label = Type.Object(
  {
    id: Type.String(),
    name: Type.String({ examples: ['New order'] }),
    color: Type.String({ examples: ['#00a884'] }),
    source: Type.String({
      examples: ['multiwa'],
      description: '`multiwa`, or `whatsapp` for one of the phone.',
    }),
    profileId: Nullable(Type.String()),
  },
  { title: 'Label' },
);

export const ConversationItem = Type.Object(
  {
    ...fields,
    ...avatar,
    messageCount: Type.Integer({ description: 'Counted up to 1000.' }),
    lastMessage: Nullable(LooseMessage),
    contactName: Nullable(Type.String()),
    contactPhone: Nullable(Type.String()),
    labels: Type.Array(Label),
  },
  { title: 'ConversationItem' },
);

/** Without messages and contact. */
export const WholeConversation = Type.Object(fields, { title: 'ConversationChanged' });

export const ConversationDetail = Type.Object(
  {
    ...fields,
    ...avatar,
    messages: Type.Array(LooseMessage),
    contact: Nullable(Type.Record(Type.String(), Type.Unknown())),
    contactName: Nullable(Type.String()),
    contactPhone: Nullable(Type.String()),
    labels: Type.Array(Label),
  },
  { title: 'Conversation' },
);

export const ConversationList = Type.Object(
  { conversations: Type.Array(ConversationItem), total: Type.Integer(), cursor: Nullable(Type.String()) },
  { title: 'ConversationList' },
);

/** More profiles at once are refused. */
export const profilesMax = 200;
const profilesLength = profilesMax * 40;
const ProfilesQuery = Type.Optional(
  Type.Union(
    [
      Type.Array(Type.String({ maxLength: profilesLength }), { maxItems: profilesMax }),
      Type.String({ maxLength: profilesLength }),
    ],
    {
      description:
        'One profile or several, separated by commas or repeated. Absent, or `all`: every profile of the organisation that ' +
        'the caller may see.',
    },
  ),
);

export const ConversationsQuery = Type.Object({
  profileId: ProfilesQuery,
  type: Type.Optional(
    Type.Enum(['user', 'group', 'broadcast', 'newsletter'] as const, {
      description: 'Channels (`newsletter`) are listed only when asked for.',
    }),
  ),
  archived: Type.Optional(Type.Boolean()),
  unread: Type.Optional(Type.Boolean({ description: 'Those marked as unread count.' })),
  pinned: Type.Optional(Type.Boolean()),
  assignee: Type.Optional(
    Type.String({ maxLength: 64, description: '`me`, `none` or the id of a member.', examples: ['me'] }),
  ),
  label: Type.Optional(Type.String({ maxLength: 64, description: 'The id of a label.' })),
  status: Type.Optional(Type.Enum(['open', 'closed', 'snoozed'] as const)),
  search: Type.Optional(
    Type.String({
      maxLength: 200,
      description:
        'Part of a name, in any script and with or without accents, or of a number. Less than three letters are looked for ' +
        'in the newest 2000 of each profile; `total` counts to 1000.',
      examples: ['maria'],
    }),
  ),
  pinnedFirst: Type.Optional(
    Type.Boolean({ default: true, description: 'Pinned ones come first, as on phones.' }),
  ),
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

export const OfProfilesQuery = Type.Object({
  profileId: ProfilesQuery,
});

export const UnreadCount = Type.Object(
  {
    count: Type.Integer({ description: 'Messages that nobody has read.' }),
    conversations: Type.Integer({ description: 'Conversations with such messages, or marked as unread.' }),
  },
  { title: 'UnreadCount', examples: [{ count: 7, conversations: 3 }] },
);

export const ConversationCounts = Type.Object(
  {
    unread: Type.Integer(),
    unreadMessages: Type.Integer(),
    mine: Type.Integer({ description: 'Open, not archived, and assigned to the caller.' }),
    unassigned: Type.Integer({ description: 'Open, not archived, and assigned to nobody.' }),
    labels: Type.Array(Type.Object({ labelId: Type.String(), count: Type.Integer() })),
  },
  {
    title: 'ConversationCounts',
    examples: [{ unread: 3, unreadMessages: 7, mine: 2, unassigned: 5, labels: [] }],
  },
);

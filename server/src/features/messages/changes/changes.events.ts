import Type from 'typebox';
import { Nullable } from '../../../http/schema.ts';
import { defineEvent, type RecordedEvent } from '../../../platform/events/define.ts';
import { example } from '../../../platform/events/example.ts';
import { factsOfRows } from '../../../platform/events/facts.ts';

const Row = Type.Record(Type.String(), Type.Unknown());
const body = Type.Object({
  profileId: Type.String(),
  message: Row,
  conversation: Row,
  change: Type.Object({
    waMessageId: Type.String(),
    at: Type.String(),
    reaction: Type.Optional(Row),
    vote: Type.Optional(Row),
    response: Type.Optional(Row),
  }),
});
const Text = Type.String();
const NullableText = Nullable(Text);
const Rows = Type.Array(Row);
const aboutOnWire = {
  profileId: Text,
  id: Text,
  messageId: Type.String({ description: 'Our id of the message, as `id`.' }),
  waMessageId: Text,
  conversationId: Text,
  from: Nullable(
    Type.String({ description: 'Who did it; of an edit and a taking back who wrote the message.' }),
  ),
  fromMe: Type.Boolean(),
  chatId: Text,
  isGroup: Type.Boolean(),
  pushName: NullableText,
  type: Text,
  timestamp: Text,
};
const messageExample = {
  ...{ profileId: example.profileId, id: example.messageId, messageId: example.messageId },
  ...{ waMessageId: example.waMessageId, conversationId: example.conversationId, from: example.chatId },
  ...{ fromMe: false, chatId: example.chatId, isGroup: false, pushName: 'ani ✨', type: 'text' },
  timestamp: example.timestamp,
};
type Body = Type.Static<typeof body>;

/** What all tell of the message they are about. */
function aboutMessage({ profileId, message, conversation }: Body) {
  return {
    profileId,
    id: message.id,
    messageId: message.id,
    waMessageId: message.waMessageId,
    conversationId: message.conversationId,
    from: message.senderJid,
    fromMe: message.direction === 'outgoing',
    chatId: conversation.jid,
    isGroup: conversation.type === 'group',
    pushName: message.senderName,
    type: message.type,
    timestamp: message.timestamp,
  };
}

const facts = ({ body: rows }: RecordedEvent<Body>) => factsOfRows(rows);

const socketAs =
  (name: string) =>
  ({ body: { message, conversation, change } }: RecordedEvent<Body>) => [
    {
      name,
      payload: {
        type: name,
        message,
        conversation,
        ...(change.reaction && { reaction: change.reaction }),
        ...(change.vote && { vote: change.vote }),
        ...(change.response && { response: change.response }),
      },
    },
  ];

export const messageEdited = defineEvent({
  name: 'message.edited',
  what: 'The author of a message changed it. `body` and `content` are as they read now, `originalContent` as at first.',
  permission: 'message:read',
  example: {
    ...messageExample,
    body: 'Two loaves, please.',
    content: { text: 'Two loaves, please.' },
    originalContent: { text: 'One loaf, please.' },
    editedAt: example.timestamp,
  },
  body,
  data: Type.Object({
    ...aboutOnWire,
    ...{ body: Type.Unknown(), content: Row, originalContent: Nullable(Row), editedAt: NullableText },
  }),
  wire: (event) => {
    const { message } = event.body;
    const content = (message.content ?? {}) as Record<string, unknown>;
    return {
      ...aboutMessage(event.body),
      body: content.text ?? content.caption ?? '',
      content,
      originalContent: message.originalContent,
      editedAt: message.editedAt,
    };
  },
  facts,
  socket: socketAs('message:edited'),
});

export const messageRevoked = defineEvent({
  name: 'message.revoked',
  what: 'A message was taken back from everybody, by its author or by an admin of the group. What it said is gone.',
  permission: 'message:read',
  example: {
    ...messageExample,
    revokedAt: example.timestamp,
    revokedBy: example.chatId,
    unreadCount: 0,
  },
  body,
  data: Type.Object({
    ...aboutOnWire,
    ...{ revokedAt: NullableText, revokedBy: NullableText, unreadCount: Type.Integer() },
  }),
  wire: (event) => {
    const { message, conversation } = event.body;
    return {
      ...aboutMessage(event.body),
      revokedAt: message.revokedAt,
      revokedBy: message.revokedBy,
      unreadCount: conversation.unreadCount,
    };
  },
  facts,
  socket: socketAs('message:revoked'),
});

export const messageReaction = defineEvent({
  name: 'message.reaction',
  what: 'Somebody reacted to a message, or took their reaction back: then `emoji` is empty and `removed` is true.',
  permission: 'message:read',
  example: {
    ...messageExample,
    emoji: '👍',
    removed: false,
    reactions: [
      {
        emoji: '👍',
        senderJid: example.chatId,
        senderName: 'Ani',
        fromMe: false,
        timestamp: example.timestamp,
      },
    ],
  },
  body,
  data: Type.Object({ ...aboutOnWire, ...{ emoji: Text, removed: Type.Boolean(), reactions: Rows } }),
  wire: (event) => {
    const { message, change } = event.body;
    const reaction = change.reaction ?? {};
    return {
      ...aboutMessage(event.body),
      from: reaction.senderJid,
      fromMe: reaction.fromMe,
      pushName: reaction.senderName,
      emoji: reaction.emoji,
      removed: reaction.emoji === '',
      reactions: message.reactions,
      timestamp: reaction.timestamp,
    };
  },
  facts,
  socket: socketAs('message:reaction'),
});

export const messagePollVote = defineEvent({
  name: 'message.poll_vote',
  what: 'Somebody voted in a poll, or took their vote back: then `options` is empty. Of each person the latest vote counts.',
  permission: 'message:read',
  example: {
    ...messageExample,
    type: 'poll',
    options: ['Rye'],
    votes: [{ option: 'Rye', count: 1, voters: [] }],
  },
  body,
  data: Type.Object({ ...aboutOnWire, ...{ options: Type.Array(Text), votes: Rows } }),
  wire: (event) => {
    const { message, change } = event.body;
    const vote = change.vote ?? {};
    return {
      ...aboutMessage(event.body),
      from: vote.senderJid,
      fromMe: vote.fromMe,
      pushName: vote.senderName,
      options: vote.options,
      votes: message.votes,
      timestamp: vote.timestamp,
    };
  },
  facts,
  socket: socketAs('message:poll_vote'),
});

export const messageEventResponse = defineEvent({
  name: 'message.event_response',
  what: 'Somebody said whether they come to an event. Of each person the latest answer counts.',
  permission: 'message:read',
  example: {
    ...messageExample,
    type: 'event',
    response: 'going',
    guests: 1,
    responses: [],
  },
  body,
  data: Type.Object({ ...aboutOnWire, ...{ response: Text, guests: Type.Integer(), responses: Rows } }),
  wire: (event) => {
    const { message, change } = event.body;
    const { senderJid, senderName, ...answer } = change.response ?? {};
    return {
      ...{ ...aboutMessage(event.body), from: senderJid, pushName: senderName, ...answer },
      responses: message.responses,
    };
  },
  facts,
  socket: socketAs('message:event_response'),
});

export const messagePinned = defineEvent({
  name: 'message.pinned',
  what: 'Somebody pinned a message for everybody in its chat, until then, or took the pin off: then `pinned` is null.',
  permission: 'message:read',
  example: {
    ...messageExample,
    pinned: {
      ...{ by: example.chatId, fromMe: false, at: example.timestamp },
      until: '2026-02-12T10:00:00.000Z',
    },
  },
  body,
  data: Type.Object({ ...aboutOnWire, ...{ pinned: Nullable(Row) } }),
  wire: (event) => ({ ...aboutMessage(event.body), pinned: event.body.message.pinned }),
  facts,
  socket: socketAs('message:pinned'),
});

export const messageKept = defineEvent({
  name: 'message.kept',
  what: 'Somebody kept a message that disappears, for everybody in its chat, or no longer: then `kept` is null.',
  permission: 'message:read',
  example: {
    ...messageExample,
    kept: { by: example.chatId, fromMe: false, at: example.timestamp },
  },
  body,
  data: Type.Object({ ...aboutOnWire, ...{ kept: Nullable(Row) } }),
  wire: (event) => ({ ...aboutMessage(event.body), kept: event.body.message.kept }),
  facts,
  socket: socketAs('message:kept'),
});

export const messageStarred = defineEvent({
  name: 'message.starred',
  what: 'A message was starred, here or on a device of the account, or no longer: then `starred` is false.',
  permission: 'message:read',
  example: { ...messageExample, starred: true },
  body,
  data: Type.Object({ ...aboutOnWire, starred: Type.Boolean() }),
  wire: (event) => ({ ...aboutMessage(event.body), starred: event.body.message.starred }),
  facts,
  socket: socketAs('message:starred'),
});

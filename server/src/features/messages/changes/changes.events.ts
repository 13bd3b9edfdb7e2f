import Type from 'typebox';
import { defineEvent, type RecordedEvent } from '../../../platform/events/define.ts';

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
  body,
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
  socket: socketAs('message:edited'),
});

export const messageRevoked = defineEvent({
  name: 'message.revoked',
  what: 'A message was taken back from everybody, by its author or by an admin of the group. What it said is gone.',
  permission: 'message:read',
  body,
  wire: (event) => {
    const { message, conversation } = event.body;
    return {
      ...aboutMessage(event.body),
      revokedAt: message.revokedAt,
      revokedBy: message.revokedBy,
      unreadCount: conversation.unreadCount,
    };
  },
  socket: socketAs('message:revoked'),
});

export const messageReaction = defineEvent({
  name: 'message.reaction',
  what: 'Somebody reacted to a message, or took their reaction back: then `emoji` is empty and `removed` is true.',
  permission: 'message:read',
  body,
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
  socket: socketAs('message:reaction'),
});

export const messagePollVote = defineEvent({
  name: 'message.poll_vote',
  what: 'Somebody voted in a poll, or took their vote back: then `options` is empty. Of each person the latest vote counts.',
  permission: 'message:read',
  body,
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
  socket: socketAs('message:poll_vote'),
});

export const messageEventResponse = defineEvent({
  name: 'message.event_response',
  what: 'Somebody said whether they come to an event. Of each person the latest answer counts.',
  permission: 'message:read',
  body,
  wire: (event) => {
    const { message, change } = event.body;
    const { senderJid, senderName, ...answer } = change.response ?? {};
    return {
      ...{ ...aboutMessage(event.body), from: senderJid, pushName: senderName, ...answer },
      responses: message.responses,
    };
  },
  socket: socketAs('message:event_response'),
});

export const messagePinned = defineEvent({
  name: 'message.pinned',
  what: 'Somebody pinned a message for everybody in its chat, until then, or took the pin off: then `pinned` is null.',
  permission: 'message:read',
  body,
  wire: (event) => ({ ...aboutMessage(event.body), pinned: event.body.message.pinned }),
  socket: socketAs('message:pinned'),
});

export const messageKept = defineEvent({
  name: 'message.kept',
  what: 'Somebody kept a message that disappears, for everybody in its chat, or no longer: then `kept` is null.',
  permission: 'message:read',
  body,
  wire: (event) => ({ ...aboutMessage(event.body), kept: event.body.message.kept }),
  socket: socketAs('message:kept'),
});

export const messageStarred = defineEvent({
  name: 'message.starred',
  what: 'A message was starred on the phone or on another device of the account, or no longer: then `starred` is false.',
  permission: 'message:read',
  body,
  wire: (event) => ({ ...aboutMessage(event.body), starred: event.body.message.starred }),
  socket: socketAs('message:starred'),
});

import Type, { type Static } from 'typebox';
import { Nullable } from '../../http/schema.ts';
import { defineEvent, type RecordedEvent, type SocketForm } from '../../platform/events/define.ts';
import { arrivalNotice } from './arrival-notice.ts';
import { previewOf } from './kinds/kinds.ts';

const Text = Type.String();
const NullableText = Nullable(Text);

const Origin = Nullable(Type.Object({ kind: Text, id: NullableText }));

const aboutOutgoing = {
  profileId: Text,
  messageId: Text,
  waMessageId: Text,
  conversationId: Text,
  to: Text,
  chatId: Text,
  type: Text,
  status: Text,
  clientReference: NullableText,
  origin: Origin,
  previousStatus: Nullable(
    Type.String({
      description: 'Where it stood before; receipts skip levels. Null of a message that is new.',
    }),
  ),
  timestamp: Type.String({ description: 'When the message was accepted, whatever is told of it.' }),
};

const ack = ({
  body,
}: RecordedEvent<{ profileId: string; messageId: string; waMessageId: string; status: string }>) =>
  [
    {
      name: 'message:ack',
      payload: {
        profileId: body.profileId,
        messageId: body.waMessageId,
        waMessageId: body.waMessageId,
        id: body.messageId,
        status: body.status,
      },
    },
  ] satisfies SocketForm[];

export const messageQueued = defineEvent({
  name: 'message.queued',
  what: 'A message was accepted and will be sent as soon as the profile can.',
  permission: 'message:read',
  body: Type.Object(aboutOutgoing),
  socket: ack,
});

export const messageSent = defineEvent({
  name: 'message.sent',
  what: "WhatsApp's server has the message. `source` is `phone` when it was typed on the person's own phone.",
  permission: 'message:read',
  body: Type.Object({ ...aboutOutgoing, source: Text }),
  socket: ack,
});

export const messageDelivered = defineEvent({
  name: 'message.delivered',
  what: "The message reached the receiver's phone.",
  permission: 'message:read',
  body: Type.Object(aboutOutgoing),
  socket: ack,
});

export const messageRead = defineEvent({
  name: 'message.read',
  what: 'The receiver opened the message; `status` is `played` for a voice message that was listened to.',
  permission: 'message:read',
  body: Type.Object(aboutOutgoing),
  socket: ack,
});

export const messageCancelled = defineEvent({
  name: 'message.cancelled',
  what: 'A message that waited was taken out of the queue; nobody was sent it.',
  permission: 'message:read',
  body: Type.Object(aboutOutgoing),
  socket: ack,
});

export const messagesMarkedRead = defineEvent({
  name: 'message.marked_read',
  what: 'Messages that had come in were read here; `unreadCount` is what is still unread in the conversation.',
  permission: 'message:read',
  body: Type.Object({
    profileId: Text,
    conversationId: Text,
    chatId: Text,
    unreadCount: Type.Integer(),
    messages: Type.Array(Type.Object({ messageId: Text, waMessageId: Text })),
    timestamp: Text,
  }),
});

export const messageDeleted = defineEvent({
  name: 'message.deleted',
  what: 'A message was deleted from the records here. On phones it stays.',
  permission: 'message:read',
  body: Type.Object({
    profileId: Text,
    messageId: Text,
    waMessageId: Text,
    conversationId: Text,
    chatId: Text,
    timestamp: Text,
  }),
});

export const messageFailed = defineEvent({
  name: 'message.failed',
  what: 'A message we had accepted will never reach the other phone; `code` and `error` say why.',
  permission: 'message:read',
  body: Type.Object({ ...aboutOutgoing, code: NullableText, error: Text }),
  socket: ack,
});

const Row = Type.Record(Type.String(), Type.Unknown());

const arrived = Type.Object({ profileId: Text, message: Row, conversation: Row });
type Arrived = Static<typeof arrived>;

/** What webhooks are told of something that came in. */
function onWire({ body }: RecordedEvent<Arrived>) {
  const { message, conversation } = body as {
    message: Record<string, unknown>;
    conversation: Record<string, unknown>;
  };
  const content = (message.content ?? {}) as Record<string, unknown>;
  return {
    profileId: body.profileId,
    id: message.id,
    messageId: message.id,
    waMessageId: message.waMessageId,
    conversationId: message.conversationId,
    from: message.senderJid,
    chatId: conversation.jid,
    isGroup: conversation.type === 'group',
    chatName: conversation.name,
    pushName: message.senderName,
    body: previewOf(String(message.type), content),
    type: message.type,
    hasMedia: content.media !== undefined,
    content,
    quotedMessageId: message.quotedMessageId,
    expiration: message.expiration,
    expiresAt: message.expiresAt,
    timestamp: message.timestamp,
  };
}

export const channelReceived = defineEvent({
  name: 'channel.received',
  what: 'A channel that the profile follows posted something. It is never unread, and nobody waits for an answer.',
  permission: 'message:read',
  body: arrived,
  wire: onWire,
});

export const messageReceived = defineEvent({
  name: 'message.received',
  what: 'Somebody wrote to the profile.',
  permission: 'message:read',
  body: arrived,
  wire: onWire,
  socket: ({ body }) => [
    {
      name: 'message',
      payload: { type: 'message:received', message: body.message, conversation: body.conversation },
    },
  ],
  notice: arrivalNotice,
});

export const callEnded = defineEvent({
  name: 'call.ended',
  what: 'Somebody called the profile, and the call no longer rings: it was missed, rejected or answered elsewhere.',
  permission: 'message:read',
  body: arrived,
  wire: onWire,
  socket: ({ body }) => [{ name: 'call:ended', payload: { type: 'call:ended', ...body } }],
  notice: arrivalNotice,
});

export const groupChanged = defineEvent({
  name: 'group.changed',
  what: 'Something about a group changed: who is in it, what it is called or says, or what its members may do.',
  permission: 'message:read',
  body: arrived,
  wire: onWire,
  socket: ({ body }) => [{ name: 'group:changed', payload: { type: 'group:changed', ...body } }],
});

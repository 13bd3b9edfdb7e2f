import Type, { type Static } from 'typebox';
import { Nullable } from '../../http/schema.ts';
import { defineEvent, type RecordedEvent, type SocketForm } from '../../platform/events/define.ts';
import { example } from '../../platform/events/example.ts';
import { factsInBody, factsOfRows } from '../../platform/events/facts.ts';
import { arrivalNotice, conversationTopic } from './arrival-notice.ts';
import { previewOf } from './kinds/kinds.ts';

const Text = Type.String();
const NullableText = Nullable(Text);

const { profileId, messageId, waMessageId, conversationId, chatId, timestamp } = example;
const outgoingExample = (more: { status: string } & Record<string, unknown>) => ({
  ...{ profileId, messageId, waMessageId, conversationId, to: chatId, chatId, type: 'text' },
  ...{ clientReference: 'order-17', origin: { kind: 'api', id: null }, timestamp },
  ...{ previousStatus: more.status === 'queued' ? null : 'queued', ...more },
});

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

const outgoing = ({ body }: RecordedEvent<{ origin: { kind: string } | null }>) => ({
  ...factsInBody(body),
  direction: 'outgoing',
  origin: body.origin?.kind,
});

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
  example: outgoingExample({ status: 'queued' }),
  body: Type.Object(aboutOutgoing),
  facts: outgoing,
  socket: ack,
});

export const messageRequeued = defineEvent({
  name: 'message.requeued',
  what: 'A message of a campaign that had failed for a passing reason waits to be sent again, under the same id.',
  permission: 'message:read',
  example: outgoingExample({ status: 'queued', previousStatus: 'failed' }),
  body: Type.Object(aboutOutgoing),
  facts: outgoing,
  socket: ack,
});

export const messageSent = defineEvent({
  name: 'message.sent',
  what: "WhatsApp's server has the message. `source` is `phone` when it was typed on the person's own phone.",
  permission: 'message:read',
  example: outgoingExample({ status: 'sent', source: 'api' }),
  body: Type.Object({ ...aboutOutgoing, source: Text }),
  facts: outgoing,
  socket: ack,
});

export const messageDelivered = defineEvent({
  name: 'message.delivered',
  what: "The message reached the receiver's phone.",
  permission: 'message:read',
  example: outgoingExample({ status: 'delivered' }),
  body: Type.Object(aboutOutgoing),
  facts: outgoing,
  socket: ack,
});

export const messageRead = defineEvent({
  name: 'message.read',
  what: 'The receiver opened the message; `status` is `played` for a voice message that was listened to.',
  permission: 'message:read',
  example: outgoingExample({ status: 'read' }),
  body: Type.Object(aboutOutgoing),
  facts: outgoing,
  socket: ack,
});

export const messageCancelled = defineEvent({
  name: 'message.cancelled',
  what: 'A message that waited was taken out of the queue; nobody was sent it.',
  permission: 'message:read',
  example: outgoingExample({ status: 'cancelled' }),
  body: Type.Object(aboutOutgoing),
  facts: outgoing,
  socket: ack,
});

export const messagesMarkedRead = defineEvent({
  name: 'message.marked_read',
  what: 'Messages that had come in were read here; `unreadCount` is what is still unread in the conversation.',
  permission: 'message:read',
  example: {
    profileId,
    conversationId,
    chatId,
    unreadCount: 0,
    messages: [{ messageId, waMessageId }],
    timestamp,
  },
  body: Type.Object({
    profileId: Text,
    conversationId: Text,
    chatId: Text,
    unreadCount: Type.Integer(),
    messages: Type.Array(Type.Object({ messageId: Text, waMessageId: Text })),
    timestamp: Text,
  }),
  settles: ({ body }) => (body.unreadCount === 0 ? [conversationTopic(body.conversationId)] : []),
  facts: ({ body }) => ({ ...factsInBody(body), direction: 'incoming' }),
});

export const messageDeleted = defineEvent({
  name: 'message.deleted',
  what:
    'A message was deleted from the records here, where on phones it stays (`source` is `api`), or on a device of the account ' +
    '(`phone`), where others keep it.',
  permission: 'message:read',
  example: { profileId, messageId, waMessageId, conversationId, chatId, timestamp },
  body: Type.Object({
    profileId: Text,
    messageId: Text,
    waMessageId: Text,
    conversationId: Text,
    chatId: Text,
    timestamp: Text,
    /** Absent in events from before phones told of it. */
    source: Type.Optional(Text),
  }),
});

export const messageFailed = defineEvent({
  name: 'message.failed',
  what: 'A message we had accepted will never reach the other phone; `code` and `error` say why.',
  permission: 'message:read',
  example: outgoingExample({ status: 'failed', code: 'REFUSED', error: 'WhatsApp refused the message.' }),
  body: Type.Object({ ...aboutOutgoing, code: NullableText, error: Text }),
  facts: outgoing,
  socket: ack,
});

const Row = Type.Record(Type.String(), Type.Unknown());

const arrived = Type.Object({ profileId: Text, message: Row, conversation: Row });
type Arrived = Static<typeof arrived>;

const arrivedOnWire = Type.Object({
  profileId: Text,
  id: Text,
  messageId: Type.String({ description: 'Our id, as `id`.' }),
  waMessageId: Type.String({ description: 'The WhatsApp id.' }),
  conversationId: Text,
  from: Nullable(
    Type.String({ description: 'Who wrote; in a group its member. `…@lid` while the number is unknown.' }),
  ),
  chatId: Type.String({ description: 'Where: the person, the group or the channel.' }),
  isGroup: Type.Boolean(),
  chatName: NullableText,
  pushName: Nullable(Type.String({ description: 'The name of who wrote, as they call themselves.' })),
  body: Type.String({ description: 'The text, the caption, or a line about what has no words.' }),
  type: Text,
  hasMedia: Type.Boolean({
    description: 'It has a file: `message.media` tells of its link as soon as it was fetched.',
  }),
  mediaPath: Nullable(
    Type.String({
      description:
        'Where on this server the file is, with an API key: `GET` leads to it once it was fetched, 409 until then. Null ' +
        'without a file.',
    }),
  ),
  content: Row,
  quotedMessageId: NullableText,
  expiration: Nullable(Type.Integer()),
  expiresAt: NullableText,
  timestamp: Text,
});
const arrivedExample = (more: object = {}) => ({
  ...{ profileId, id: messageId, messageId, waMessageId, conversationId, from: chatId, chatId },
  ...{ isGroup: false, chatName: 'Ani', pushName: 'ani ✨', body: 'Is the bread ready?', type: 'text' },
  ...{ hasMedia: false, mediaPath: null, content: { text: 'Is the bread ready?' }, quotedMessageId: null },
  ...{ expiration: null, expiresAt: null, timestamp, ...more },
});

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
    mediaPath: content.media === undefined ? null : `/api/v1/messages/${String(message.id)}/media`,
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
  example: arrivedExample({
    chatId: '120363021234567890@newsletter',
    chatName: 'Town news',
    from: null,
    pushName: null,
  }),
  body: arrived,
  data: arrivedOnWire,
  wire: onWire,
  facts: ({ body }) => factsOfRows(body),
});

export const messageReceived = defineEvent({
  name: 'message.received',
  what: 'Somebody wrote to the profile.',
  permission: 'message:read',
  example: arrivedExample(),
  body: arrived,
  data: arrivedOnWire,
  wire: onWire,
  facts: ({ body }) => factsOfRows(body),
  socket: ({ body }) => [
    {
      name: 'message',
      payload: { type: 'message:received', message: body.message, conversation: body.conversation },
    },
  ],
  notice: arrivalNotice,
});

export const messageUndecrypted = defineEvent({
  name: 'message.undecrypted',
  what:
    'A message came that can’t be read yet; its sender is asked for it once more. What it says is told by ' +
    '`message.received`, with the same ids, when that comes.',
  permission: 'message:read',
  example: arrivedExample({
    ...{ type: 'undecrypted', body: '' },
    content: { reason: 'It could not be decrypted yet.' },
  }),
  body: arrived,
  data: arrivedOnWire,
  wire: onWire,
  facts: ({ body }) => factsOfRows(body),
  socket: ({ body }) => [{ name: 'message:undecrypted', payload: { type: 'message:undecrypted', ...body } }],
});

export const callEnded = defineEvent({
  name: 'call.ended',
  what: 'Somebody called the profile, and the call no longer rings: it was missed, rejected or answered elsewhere.',
  permission: 'message:read',
  example: arrivedExample({
    type: 'call',
    body: 'Missed voice call',
    content: { outcome: 'missed', video: false },
  }),
  body: arrived,
  data: arrivedOnWire,
  wire: onWire,
  facts: ({ body }) => factsOfRows(body),
  socket: ({ body }) => [{ name: 'call:ended', payload: { type: 'call:ended', ...body } }],
  notice: arrivalNotice,
});

export const groupChanged = defineEvent({
  name: 'group.changed',
  what: 'Something about a group changed: who is in it, what it is called or says, or what its members may do.',
  permission: 'message:read',
  example: arrivedExample({
    ...{ type: 'group-change', body: 'Ani changed the name', isGroup: true, chatName: 'Bakers' },
    ...{ chatId: '120363000000000001@g.us', content: { change: 'name' } },
  }),
  body: arrived,
  data: arrivedOnWire,
  wire: onWire,
  facts: ({ body }) => factsOfRows(body),
  socket: ({ body }) => [{ name: 'group:changed', payload: { type: 'group:changed', ...body } }],
});

import type { GatewayEvent, Message } from '@multiwa/sdk';

/** What no event of a new message tells, because nothing of it can have happened yet. */
const untouched = {
  ...{ editedAt: null, revokedAt: null, revokedBy: null, originalContent: null, reactions: [] },
  ...{ pinned: null, kept: null, starred: false, failureCode: null, failureReason: null },
  ...{ origin: null, clientReference: null, retryOf: null, metadata: {} },
};

/** The message that an event tells of, as lists have it. */
export function arrivedMessage({
  data,
  timestamp,
}: GatewayEvent<'message.received'> | GatewayEvent<'message.undecrypted'>): Message {
  const options = Array.isArray(data.content.options) ? data.content.options : [];
  return {
    ...untouched,
    id: data.id,
    profileId: data.profileId,
    conversationId: data.conversationId,
    messageId: data.waMessageId,
    waMessageId: data.waMessageId,
    direction: 'incoming',
    status: 'received',
    senderJid: data.from,
    senderName: data.pushName,
    type: data.type,
    content: data.content,
    ...(data.type === 'poll' && {
      votes: options.map((option) => ({ option: String(option), count: 0, voters: [] })),
    }),
    ...(data.type === 'event' && { responses: [] }),
    quotedMessageId: data.quotedMessageId,
    expiration: data.expiration,
    expiresAt: data.expiresAt,
    timestamp: data.timestamp,
    createdAt: timestamp,
    updatedAt: timestamp,
    // Which kinds there are the server decides; those that are not known here are shown as such.
  } as Message;
}

/** What is known of a message that was sent from here, before the server has told of it. */
export interface OwnMessage {
  profileId: string;
  type: Message['type'];
  content: Record<string, unknown>;
  clientReference: string;
  quoted?: Message | undefined;
}

/** A message of ours as lists have it, from what was sent and what the server answered. */
export function ownMessage(
  { profileId, type, content, clientReference, quoted }: OwnMessage,
  answer: {
    messageId: string;
    waMessageId: string;
    conversationId: string;
    status: Message['status'];
    timestamp: string;
    error?: string;
    errorCode?: string;
  },
): Message {
  return {
    ...untouched,
    id: answer.messageId,
    profileId,
    conversationId: answer.conversationId,
    messageId: answer.waMessageId,
    waMessageId: answer.waMessageId,
    direction: 'outgoing',
    senderJid: null,
    senderName: null,
    type,
    content,
    status: answer.status,
    failureCode: answer.errorCode ?? null,
    failureReason: answer.error ?? null,
    origin: { kind: 'user', id: null },
    clientReference,
    quotedMessageId: quoted?.waMessageId ?? null,
    quoted: quoted && {
      messageId: quoted.id,
      waMessageId: quoted.waMessageId,
      type: quoted.type,
      senderJid: quoted.senderJid,
      fromMe: quoted.direction === 'outgoing',
      text: wordsOf(quoted),
    },
    expiration: null,
    expiresAt: null,
    timestamp: answer.timestamp,
    createdAt: answer.timestamp,
    updatedAt: answer.timestamp,
  } as Message;
}

/** What a message says in words; empty when it has none. */
export function wordsOf({ content }: Pick<Message, 'content'>): string {
  const { text, caption, question, name } = content as Record<string, unknown>;
  for (const words of [text, caption, question, name]) if (typeof words === 'string' && words) return words;
  return '';
}

import { chatKind, lidOf, phoneOf, storedChat } from '../../../platform/chat-id.ts';
import type { Json } from '../../../platform/db/json-column.ts';
import type { RecordedEvent } from '../../../platform/events/define.ts';
import type { Arrival, Happened } from '../match/facts.ts';
import type { Came } from './arrivals.ts';

/** Where something happened, and who did it or whom it is about. */
interface Place {
  chat: unknown;
  /** In a group one of its members. */
  who?: unknown;
  name?: unknown;
  happened: Happened;
  /** What texts have as `{{message}}`. */
  text?: string;
  conversationId?: unknown;
  /** The message it is about. */
  messageId?: unknown;
  waMessageId?: unknown;
  /** When it was, if not when it was told. */
  at?: unknown;
}

type Body = Record<string, unknown>;
type Read = (body: Body) => Place | undefined;

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
const objectOf = (value: unknown): Body =>
  typeof value === 'object' && value !== null ? (value as Body) : {};

/** What a message got: of others only, and not what they took back. */
function aboutMessage(body: Body, by: Body, event: string, about: Json, text: string): Place | undefined {
  if (by.fromMe === true || text === '') return undefined;
  const [message, conversation] = [objectOf(body.message), objectOf(body.conversation)];
  return {
    ...{ chat: conversation.jid, who: by.senderJid, name: by.senderName, at: by.timestamp, text },
    ...{ conversationId: message.conversationId, messageId: message.id, waMessageId: message.waMessageId },
    happened: { event, about },
  };
}

const aboutContact = (body: Body, event: string, about: Json = {}, text = ''): Place => {
  const contact = objectOf(body.contact);
  return { chat: contact.chatId, name: contact.name, happened: { event, about }, text };
};

const readers: Readonly<Record<string, Read>> = {
  'message.reaction'(body) {
    const reaction = objectOf(objectOf(body.change).reaction);
    const emoji = String(reaction.emoji ?? '');
    return aboutMessage(body, reaction, 'reaction', { emoji }, emoji);
  },
  'message.poll_vote'(body) {
    const vote = objectOf(objectOf(body.change).vote);
    const options = texts(vote.options);
    return aboutMessage(body, vote, 'poll_vote', { options }, options.join(', '));
  },
  'contact.created': (body) => aboutContact(body, 'contact.created'),
  'contact.updated'(body) {
    const [added, removed] = [texts(body.tagsAdded), texts(body.tagsRemoved)];
    const tags = added.length > 0 ? added : removed;
    const event = added.length > 0 ? 'tag.added' : 'tag.removed';
    return tags.length === 0 ? undefined : aboutContact(body, event, { tags }, tags.join(', '));
  },
  'contact.opted_out': ({ chatId }) => ({
    chat: chatId,
    happened: { event: 'contact.opted_out', about: {} },
  }),
  'contact.opted_in': ({ chatId }) => ({ chat: chatId, happened: { event: 'contact.opted_in', about: {} } }),
  'conversation.assigned': ({ chatId, conversationId, assignedUserId }) => ({
    ...{ chat: chatId, conversationId },
    happened: { event: 'conversation.assigned', about: { assignedUserIds: texts([assignedUserId]) } },
  }),
  // What an automation could not say is no reason for it to say more.
  'message.failed': ({ chatId, conversationId, origin, code }) =>
    ['automation', 'ai'].includes(String(objectOf(origin).kind))
      ? undefined
      : {
          ...{ chat: chatId, conversationId },
          happened: { event: 'message.failed', about: { codes: texts([code]) } },
        },
  'group.members.changed': ({ groupId, participants, action }) => ({
    ...{ chat: groupId, who: texts(participants)[0] },
    happened: {
      event: 'group.participants',
      about: { actions: texts([action]), participants: texts(participants).slice(0, 50) },
    },
  }),
};

/** Events that may start something and are no message. */
export const happeningNames: ReadonlySet<string> = new Set(Object.keys(readers));

const ageMsMax = 5 * 60_000;

/** What an event tells of that is no message; undefined where nothing can follow from it. */
export function happenedWith({ name, body, occurredAt }: RecordedEvent): Came | undefined {
  const place = readers[name]?.(body);
  if (!place || typeof place.chat !== 'string' || place.chat === '') return undefined;
  const at = typeof place.at === 'string' ? new Date(place.at) : occurredAt;
  const kind = chatKind(storedChat(place.chat));
  if ((kind !== 'user' && kind !== 'group') || !(occurredAt.getTime() - at.getTime() < ageMsMax))
    return undefined;
  const isGroup = kind === 'group';
  const sender = typeof place.who === 'string' && place.who !== '' ? place.who : isGroup ? null : place.chat;
  const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
  const arrival: Arrival = {
    ...{ messageId: textOf(place.messageId), waMessageId: textOf(place.waMessageId), isGroup },
    ...{ conversationId: textOf(place.conversationId), senderJid: sender, happened: place.happened },
    ...{ senderName: textOf(place.name) || null, text: place.text ?? '', type: place.happened.event },
    ...{ hasMedia: false, timestamp: at.toISOString() },
  };
  const senderChat = sender === null ? undefined : storedChat(sender);
  return {
    ...{ arrival, chat: place.chat, chats: [place.chat], at, mentions: [] },
    who: [isGroup && sender !== null ? `${place.chat} ${sender}` : place.chat],
    phone: (senderChat && phoneOf(senderChat)) ?? null,
    lid: (senderChat && lidOf(senderChat)) ?? null,
  };
}

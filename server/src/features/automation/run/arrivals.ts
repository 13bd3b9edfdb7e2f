import { chatKind, lidOf, phoneOf, storedChat } from '../../../platform/chat-id.ts';
import type { RecordedEvent } from '../../../platform/events/define.ts';
import { wordsOf } from '../../messages/index.ts';
import type { Arrival } from '../match/facts.ts';

/** A message of somebody that may start something. */
export interface Came {
  readonly arrival: Arrival;
  readonly chat: string;
  /** The chat by all its addresses, and who wrote in it likewise. */
  readonly chats: readonly string[];
  readonly who: readonly string[];
  readonly phone: string | null;
  readonly lid: string | null;
  readonly at: Date;
  /** Whom it mentions, as chats; everybody is `all`. */
  readonly mentions: readonly string[];
}

/** A message that lay somewhere longer is stored and not answered: nobody waits for that any more. */
const ageMsMax = 5 * 60_000;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What nobody says in order to be answered. */
const silentTypes = new Set(['unsupported', 'unknown', 'call', 'group-change', 'reaction', 'protocol']);

/**
 * The message that an event tells of, if it is one that may be answered: fresh, from somebody else, in a chat or a group.
 * What comes from the past is told by no event at all.
 */
export function cameWith({ body, occurredAt }: RecordedEvent): Came | undefined {
  const message = (body.message ?? {}) as Record<string, unknown>;
  const conversation = (body.conversation ?? {}) as Record<string, unknown>;
  const content = (message.content ?? {}) as Record<string, unknown>;
  const type = text(message.type);
  const jid = text(conversation.jid);
  const at = new Date(text(message.timestamp));
  const isFresh = occurredAt.getTime() - at.getTime() < ageMsMax;
  const kind = jid === '' ? undefined : chatKind(storedChat(jid));
  const isChat = kind === 'user' || kind === 'group';
  if (message.direction !== 'incoming' || !isFresh || !isChat || silentTypes.has(type)) return undefined;
  const isGroup = kind === 'group';
  const sender = text(message.senderJid) || (isGroup ? '' : jid);
  const lidJid = text(conversation.lidJid);
  const senderChat = sender === '' ? undefined : storedChat(sender);
  const chats = [jid, ...(lidJid && !isGroup ? [lidJid] : [])];
  const arrival: Arrival = {
    ...{ messageId: text(message.id), waMessageId: text(message.waMessageId) },
    ...{ conversationId: text(conversation.id), senderJid: sender || null },
    ...{ senderName: text(message.senderName) || null, text: saidIn(type, content) },
    ...{ type, hasMedia: content.media !== undefined, isGroup, timestamp: at.toISOString() },
    ...(type === 'choice' && typeof content.id === 'string' && { choiceId: content.id.slice(0, 500) }),
  };
  return {
    ...{ arrival, chat: jid, chats, at },
    who: isGroup ? [`${jid} ${sender}`] : chats,
    mentions: isGroup ? mentionsIn(content) : [],
    phone: senderChat ? (phoneOf(senderChat) ?? null) : null,
    lid:
      (senderChat && lidOf(senderChat)) ?? (lidJid && !isGroup ? (lidOf(storedChat(lidJid)) ?? null) : null),
  };
}

const mentionsIn = ({ mentions, mentionsAll }: Record<string, unknown>): string[] => [
  ...(mentionsAll === true ? ['all'] : []),
  ...(Array.isArray(mentions) ? mentions.filter((one) => typeof one === 'string') : []),
];

/** What a person said: the text, or what is written below a file. */
function saidIn(type: string, content: Record<string, unknown>): string {
  const said = content.text ?? content.caption;
  return typeof said === 'string' ? said : wordsOf(type, content).join(' ');
}

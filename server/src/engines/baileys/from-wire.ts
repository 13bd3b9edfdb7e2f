import {
  type BinaryNode,
  decodeMessageNode,
  isJidBroadcast,
  isJidStatusBroadcast,
  normalizeMessageContent,
  proto,
  unpadRandomMax16,
  type WAMessageKey,
} from 'baileys';
import { type ChatId, chatKind } from '../../platform/chat-id.ts';
import type { EngineMessageId, IncomingMessage, Person } from '../port.ts';
import { expirationOf } from './from-wire/expiration.ts';
import { fileOf } from './from-wire/file.ts';
import { quotedIdOf, readContent } from './from-wire/read-content.ts';
import { sealedOf } from './from-wire/sealed.ts';
import { toNumber } from './from-wire/wire-message.ts';
import { isSameChat, toChat, toMessageId, toPerson } from './ids.ts';
import type { JournalEntry } from './journal-entry.ts';

/** Our own addresses. */
export interface Self {
  id: string;
  lid?: string | undefined;
}

/**
 * The messages of a decrypted stanza: none when it is meant for devices only. When we could not decrypt a message and
 * asked the phone for it, the phone's answer contains that message.
 * @throws Error when the stanza or its plaintext makes no sense.
 */
export function fromWire(entry: Pick<JournalEntry, 'attrs' | 'plaintext'>, self: Self): IncomingMessage[] {
  const { attrs } = entry;
  const envelope = envelopeOf(attrs, self);
  const decoded = proto.Message.decode(unpadRandomMax16(entry.plaintext));
  const message = decoded.deviceSentMessage?.message ?? decoded;
  // What one of our own devices sent may have its secret beside it.
  message.messageContextInfo ??= decoded.messageContextInfo ?? null;
  if (attrs.category === 'peer') return resentMessages(message, envelope.key, self);
  const incoming = readMessage({ ...envelope, message });
  return incoming ? [incoming] : [];
}

/** Who wrote where and when. */
function envelopeOf(attrs: JournalEntry['attrs'], self: Self): Omit<Parts, 'message'> {
  const stanza: BinaryNode = { tag: 'message', attrs, content: undefined as unknown as string };
  const key = completeKey(decodeMessageNode(stanza, self.id, self.lid ?? '').fullMessage.key, attrs, self);
  const late = attrs.offline !== undefined;
  return { key, name: attrs.notify, timestampS: Number(attrs.t), late, self };
}

/** A message whose plaintext can't be read, as far as its stanza describes it; undefined when it was for devices only. */
export function fromUnreadable(
  { attrs }: Pick<JournalEntry, 'attrs'>,
  self: Self,
): IncomingMessage | undefined {
  if (attrs.category === 'peer') return undefined;
  const content = { type: 'unsupported', code: 'UNREADABLE', reason: 'What was sent makes no sense.' };
  return toMessage({ ...envelopeOf(attrs, self), message: {} }, content);
}

/**
 * A message that came and can't be decrypted, as far as its stanza describes it; undefined where it was no message, or for
 * devices only.
 */
export function fromUndecrypted(stanza: BinaryNode, self: Self): IncomingMessage | undefined {
  const { attrs } = stanza;
  const isPosted = isJidStatusBroadcast(attrs.from ?? '');
  if (attrs.category === 'peer' || isPosted || !isSaid(stanza)) return undefined;
  const content = {
    type: 'undecrypted',
    reason: 'It could not be decrypted yet. The phone of its sender is asked to send it again.',
  };
  return toMessage({ ...envelopeOf(attrs, self), message: {} }, content);
}

/** Neither an edit nor a reaction, a vote or an answer: something new that somebody says. */
function isSaid({ attrs, content }: BinaryNode): boolean {
  const meta = Array.isArray(content) ? content.find(({ tag }) => tag === 'meta')?.attrs : undefined;
  if (attrs.edit !== undefined) return false;
  if (attrs.type === 'poll') return meta?.polltype !== 'vote';
  if (attrs.type === 'event') return meta?.event_type !== 'response';
  return attrs.type === 'text' || attrs.type === 'media';
}

/** The key of a broadcast lacks the author's other address and, when we are named by linked identity, `fromMe`. */
function completeKey(key: WAMessageKey, attrs: JournalEntry['attrs'], self: Self): WAMessageKey {
  if (!isJidBroadcast(key.remoteJid ?? undefined)) return key;
  const participantAlt = attrs.participant_pn ?? attrs.participant_lid;
  const fromMe = key.fromMe === true || isSameChat(key.participant, self.lid);
  return { ...key, fromMe, ...(participantAlt && { participantAlt }) };
}

/** A channel's post, which comes without encryption of its own. */
export function fromChannel(
  info: proto.IWebMessageInfo,
  self: Self,
  late: boolean,
): IncomingMessage | undefined {
  return info.key && info.message ? fromInfo(info, info.key, self, late) : undefined;
}

/** A message as a phone or a channel keeps it. */
export function fromInfo(info: proto.IWebMessageInfo, key: WAMessageKey, self: Self, late: boolean) {
  const timestampS = toNumber(info.messageTimestamp) ?? 0;
  const message = info.message ?? {};
  return readMessage({ key, message, name: info.pushName, timestampS, late, self });
}

/** Only our own phone may hand us other people's messages. */
function resentMessages(message: proto.IMessage, key: WAMessageKey, self: Self): IncomingMessage[] {
  const answer = message.protocolMessage?.peerDataOperationRequestResponseMessage;
  if (!key.fromMe || !answer) return [];
  const messages: IncomingMessage[] = [];
  for (const result of answer.peerDataOperationResult ?? []) {
    const bytes = result.placeholderMessageResendResponse?.webMessageInfoBytes;
    if (!bytes) continue;
    const info = proto.WebMessageInfo.decode(bytes);
    const incoming = info.key ? fromInfo(info, info.key, self, false) : undefined;
    if (incoming) messages.push(incoming);
  }
  return messages;
}

interface Parts {
  key: WAMessageKey;
  message: proto.IMessage;
  name: string | null | undefined;
  timestampS: number;
  late: boolean;
  self: Self;
}

function readMessage(parts: Parts): IncomingMessage | undefined {
  const content = readContent(parts.message);
  return content && toMessage(parts, content);
}

function toMessage(
  { key, message, name, timestampS, late, self }: Parts,
  content: IncomingMessage['content'],
): IncomingMessage | undefined {
  const chat = chatOf(key);
  if (!chat || !key.id) return undefined;
  const fromMe = key.fromMe === true;
  const alias = chatKind(chat) === 'user' ? toChat(key.remoteJidAlt ?? key.participantAlt) : undefined;
  const quotedId = quotedIdOf(message);
  const inner = normalizeMessageContent(message) ?? message;
  const file = fileOf(inner, key);
  const sealed = sealedOf(inner, key, self);
  const expiration = expirationOf(message, timestampS);
  // In a group the network's own notice sets the expiration, not a message of a member.
  if (content.type === 'expiration-set' && (chatKind(chat) !== 'user' || !expiration)) return undefined;
  return {
    id: toMessageId(key.id),
    chat,
    ...(alias && alias !== chat ? { chatAlias: alias } : {}),
    sender: senderOf(key, fromMe, name, self),
    fromMe,
    timestamp: new Date(timestampS * 1000),
    content: { ...content, ...(sealed && { sealed }) },
    ...(quotedId ? { quotedId: quotedId as EngineMessageId } : {}),
    ...(file && { file }),
    ...(expiration && (expiration.seconds > 0 || content.type === 'expiration-set') ? { expiration } : {}),
    late,
  };
}

/** A message to a broadcast list belongs to the receiver's chat with the sender: receivers do not know the list. */
function chatOf({ remoteJid, participant, fromMe }: WAMessageKey): ChatId | undefined {
  const chat = toChat(remoteJid);
  return chat && chatKind(chat) === 'broadcast' && !fromMe ? toChat(participant) : chat;
}

function senderOf(key: WAMessageKey, fromMe: boolean, name: string | null | undefined, self: Self): Person {
  if (fromMe) return toPerson([self.id, self.lid]);
  if (key.participant) return toPerson([key.participant, key.participantAlt], name);
  return toPerson([key.remoteJid, key.remoteJidAlt], name);
}

import {
  type BinaryNode,
  decodeMessageNode,
  isJidBroadcast,
  proto,
  unpadRandomMax16,
  type WAMessageKey,
} from 'baileys';
import { type ChatId, chatKind } from '../../platform/chat-id.ts';
import type { EngineMessageId, IncomingMessage, Person } from '../port.ts';
import { expirationOf } from './from-wire/expiration.ts';
import { quotedIdOf, readContent } from './from-wire/read-content.ts';
import { toNumber } from './from-wire/wire-message.ts';
import { isSameChat, toChat, toMessageId, toPerson } from './ids.ts';
import type { JournalEntry } from './journal-entry.ts';

/** Our own addresses. */
export interface Self {
  id: string;
  lid?: string | undefined;
}

/**
 * What a decrypted stanza says to a person; nothing when it is business between devices. A phone's answer to
 * a request for a message that could not be decrypted brings that message.
 * @throws Error when the stanza or its plaintext makes no sense.
 */
export function fromWire(entry: Pick<JournalEntry, 'attrs' | 'plaintext'>, self: Self): IncomingMessage[] {
  const { attrs } = entry;
  const envelope = envelopeOf(attrs, self);
  const decoded = proto.Message.decode(unpadRandomMax16(entry.plaintext));
  const message = decoded.deviceSentMessage?.message ?? decoded;
  if (attrs.category === 'peer') return resent(message, envelope.key, self);
  const understood = understand({ ...envelope, message });
  return understood ? [understood] : [];
}

/** Who wrote where and when. */
function envelopeOf(attrs: JournalEntry['attrs'], self: Self): Omit<Parts, 'message'> {
  const stanza: BinaryNode = { tag: 'message', attrs, content: undefined as unknown as string };
  const key = completed(decodeMessageNode(stanza, self.id, self.lid ?? '').fullMessage.key, attrs, self);
  const late = attrs.offline !== undefined;
  return { key, name: attrs.notify, timestampS: Number(attrs.t), late, self };
}

/** What a stanza tells of a message whose plaintext nobody can make sense of; undefined when not even that. */
export function fromUnreadable(
  { attrs }: Pick<JournalEntry, 'attrs'>,
  self: Self,
): IncomingMessage | undefined {
  if (attrs.category === 'peer') return undefined;
  const content = { type: 'unsupported', code: 'UNREADABLE', reason: 'What was sent makes no sense.' };
  return tell({ ...envelopeOf(attrs, self), message: {} }, content);
}

/** Of broadcasts Baileys tells neither an author's other address nor, by linked identity, that it was us. */
function completed(key: WAMessageKey, attrs: JournalEntry['attrs'], self: Self): WAMessageKey {
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

function fromInfo(info: proto.IWebMessageInfo, key: WAMessageKey, self: Self, late: boolean) {
  const timestampS = toNumber(info.messageTimestamp) ?? 0;
  const message = info.message ?? {};
  return understand({ key, message, name: info.pushName, timestampS, late, self });
}

/** Only our own phone may hand us other people's messages. */
function resent(message: proto.IMessage, key: WAMessageKey, self: Self): IncomingMessage[] {
  const answer = message.protocolMessage?.peerDataOperationRequestResponseMessage;
  if (!key.fromMe || !answer) return [];
  const found: IncomingMessage[] = [];
  for (const result of answer.peerDataOperationResult ?? []) {
    const bytes = result.placeholderMessageResendResponse?.webMessageInfoBytes;
    if (!bytes) continue;
    const info = proto.WebMessageInfo.decode(bytes);
    const understood = info.key ? fromInfo(info, info.key, self, false) : undefined;
    if (understood) found.push(understood);
  }
  return found;
}

interface Parts {
  key: WAMessageKey;
  message: proto.IMessage;
  name: string | null | undefined;
  timestampS: number;
  late: boolean;
  self: Self;
}

function understand(parts: Parts): IncomingMessage | undefined {
  const content = readContent(parts.message);
  return content && tell(parts, content);
}

function tell(
  { key, message, name, timestampS, late, self }: Parts,
  content: IncomingMessage['content'],
): IncomingMessage | undefined {
  const chat = chatOf(key);
  if (!chat || !key.id) return undefined;
  const fromMe = key.fromMe === true;
  const alias = chatKind(chat) === 'user' ? toChat(key.remoteJidAlt ?? key.participantAlt) : undefined;
  const quotedId = quotedIdOf(message);
  const expiration = expirationOf(message, timestampS);
  // In a group the network's own notice counts, not what a member says.
  if (content.type === 'expiration-set' && (chatKind(chat) !== 'user' || !expiration)) return undefined;
  return {
    id: toMessageId(key.id),
    chat,
    ...(alias && alias !== chat ? { chatAlias: alias } : {}),
    sender: senderOf(key, fromMe, name, self),
    fromMe,
    timestamp: new Date(timestampS * 1000),
    content,
    ...(quotedId ? { quotedId: quotedId as EngineMessageId } : {}),
    ...(expiration && (expiration.seconds > 0 || content.type === 'expiration-set') ? { expiration } : {}),
    late,
  };
}

/** What is sent to a broadcast list stands in the receiver's chat with the sender: nobody there knows the list. */
function chatOf({ remoteJid, participant, fromMe }: WAMessageKey): ChatId | undefined {
  const chat = toChat(remoteJid);
  return chat && chatKind(chat) === 'broadcast' && !fromMe ? toChat(participant) : chat;
}

function senderOf(key: WAMessageKey, fromMe: boolean, name: string | null | undefined, self: Self): Person {
  if (fromMe) return toPerson([self.id, self.lid]);
  if (key.participant) return toPerson([key.participant, key.participantAlt], name);
  return toPerson([key.remoteJid, key.remoteJidAlt], name);
}

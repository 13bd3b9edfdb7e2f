import { proto, type WAMessageKey } from 'baileys';
import { type ChatId, chatKind } from '../../../platform/chat-id.ts';
import type { ChatFact, IncomingMessage, Past, Person, ReceiptStatus } from '../../port.ts';
import { expiration } from '../from-wire/expiration.ts';
import { momentOf, toNumber } from '../from-wire/wire-message.ts';
import { fromInfo, type Self } from '../from-wire.ts';
import { toChat, toPerson } from '../ids.ts';

/** A chat as the phone describes it, and the two addresses that it may have. */
export interface PastChat {
  fact: ChatFact & { unread: number };
  alias?: ChatId;
  aliasJid?: string;
}

const { Status, StubType } = proto.WebMessageInfo;
const statuses = new Map<number, ReceiptStatus>([
  [Status.DELIVERY_ACK, 'delivered'],
  [Status.READ, 'read'],
  [Status.PLAYED, 'played'],
]);
const unreadMax = 10_000;

/** Undefined for what is no chat of ours: channels, broadcasts and statuses tell their past otherwise. */
export function chatOfPast(bytes: Buffer): PastChat | undefined {
  const { id, name, displayName, lidJid, pnJid, unreadCount, ...more } = proto.Conversation.decode(bytes);
  const chat = toChat(id);
  if (!chat || !['user', 'group'].includes(chatKind(chat))) return undefined;
  const isPerson = chatKind(chat) === 'user';
  const aliasJid = isPerson ? [lidJid, pnJid].find((one) => one && toChat(one) !== chat) : undefined;
  const alias = toChat(aliasJid);
  const shown = name || displayName;
  const atS = toNumber(more.ephemeralSettingTimestamp) || toNumber(more.conversationTimestamp) || 0;
  const lasts = more.ephemeralExpiration ? expiration(more.ephemeralExpiration, atS, atS) : undefined;
  return {
    fact: {
      chat,
      ...(alias && { alias }),
      ...(shown && { name: shown }),
      ...(lasts && { expiration: lasts }),
      unread: Math.min(unreadMax, Math.max(0, toNumber(unreadCount) ?? 0)),
    },
    ...(alias && aliasJid && { alias, aliasJid }),
  };
}

/**
 * A message of the past, and after it what was done to it: it is told as it stands now, with its reactions, and of one
 * that was taken back only that.
 */
export function messagesOfPast(bytes: Buffer, chat: PastChat, self: Self): Past['messages'] {
  const info = proto.HistorySyncMsg.decode(bytes).message;
  if (!info?.key?.id || !info.messageTimestamp) return [];
  const isPerson = chatKind(chat.fact.chat) === 'user';
  const key: WAMessageKey = {
    ...info.key,
    remoteJid: info.key.remoteJid || chat.fact.chat,
    ...(info.participant && !info.key.participant && !isPerson && { participant: info.participant }),
    ...(isPerson && chat.aliasJid && { remoteJidAlt: chat.aliasJid }),
  };
  // An entry belongs to the chat that it stands in.
  if (![chat.fact.chat, chat.alias].includes(toChat(key.remoteJid))) return [];
  const isRevoked = info.messageStubType === StubType.REVOKE;
  const message = isRevoked ? revokedOne(info, key, self) : fromInfo(info, key, self, true);
  if (!message) return [];
  const status = info.key.fromMe ? statuses.get(info.status ?? -1) : undefined;
  const changes = isRevoked ? [revokeOf(message)] : reactionsTo(message, info, chat, self);
  return [{ message, ...(status && { status }) }, ...changes.map((change) => ({ message: change }))];
}

/** In the place of what nobody knows any more. */
function revokedOne(info: proto.IWebMessageInfo, key: WAMessageKey, self: Self): IncomingMessage | undefined {
  const shown = fromInfo({ ...info, message: { conversation: ' ' } }, key, self, true);
  return shown && { ...shown, content: { type: 'unknown', kind: 'revoked' } };
}

const revokeOf = (message: IncomingMessage): IncomingMessage => ({
  ...message,
  id: `${message.id}-revoked` as IncomingMessage['id'],
  content: { type: 'revoked', targetId: message.id },
});

function reactionsTo(
  message: IncomingMessage,
  info: proto.IWebMessageInfo,
  chat: PastChat,
  self: Self,
): IncomingMessage[] {
  return (info.reactions ?? []).flatMap(({ key, text, senderTimestampMs }, n) => {
    const sentAt = momentOf(senderTimestampMs) ?? message.timestamp;
    const by = key?.fromMe
      ? toPerson([self.id, self.lid])
      : toPerson([key?.participant || key?.remoteJid, key?.participant ? undefined : chat.aliasJid]);
    if (!text || (!by.phone && !by.lid)) return [];
    return {
      ...{ id: (key?.id || `${message.id}-reaction-${n}`) as IncomingMessage['id'], chat: message.chat },
      ...(message.chatAlias && { chatAlias: message.chatAlias }),
      ...{ sender: by, fromMe: key?.fromMe === true, timestamp: sentAt, late: true },
      content: { type: 'reaction', emoji: text, targetId: message.id, sentAt },
    };
  });
}

const pushnames = 7;
const pairs = 15;

/** People whom the phone names, or tells both addresses of. */
export function personOfPast(field: number, bytes: Buffer): Person | undefined {
  if (field === pushnames) {
    const { id, pushname } = proto.Pushname.decode(bytes);
    return pushname ? toPerson([id], pushname) : undefined;
  }
  if (field !== pairs) return undefined;
  const { pnJid, lidJid } = proto.PhoneNumberToLIDMapping.decode(bytes);
  return pnJid && lidJid ? toPerson([pnJid, lidJid]) : undefined;
}

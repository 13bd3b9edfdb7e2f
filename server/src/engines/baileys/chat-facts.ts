import {
  type BinaryNode,
  type Chat,
  type GroupMetadata,
  getAllBinaryNodeChildren,
  getBinaryNodeChild,
  type WASocket,
} from 'baileys';
import { type ChatId, chatKind } from '../../platform/chat-id.ts';
import { type ChatFact, EngineGone } from '../port.ts';
import { expiration } from './from-wire/expiration.ts';
import { toNumber } from './from-wire/wire-message.ts';
import { toChat, toJid } from './ids.ts';

/** The name of a group and how long its messages last, from a notice of the network. */
export function factsOfNotice(stanza: BinaryNode): ChatFact[] {
  const { attrs } = stanza;
  const chat = toChat(attrs.from);
  if (attrs.type !== 'w:gp2' || !chat || chatKind(chat) !== 'group') return [];
  const atS = Number(attrs.t);
  return getAllBinaryNodeChildren(stanza).flatMap((change) => {
    const fact = factOf(chat, change, atS);
    return fact ? [fact] : [];
  });
}

function factOf(chat: ChatId, change: BinaryNode, atS: number): ChatFact | undefined {
  switch (change.tag) {
    case 'create': {
      const group = getBinaryNodeChild(change, 'group');
      const seconds = group && getBinaryNodeChild(group, 'ephemeral')?.attrs.expiration;
      return group && chatFact(chat, group.attrs.subject, seconds ?? 0, atS);
    }
    case 'subject':
      return chatFact(chat, change.attrs.subject, undefined, atS);
    case 'ephemeral':
    case 'not_ephemeral':
      return chatFact(chat, undefined, change.attrs.expiration ?? 0, atS);
    default:
      return undefined;
  }
}

function chatFact(chat: ChatId, name: string | undefined, seconds: unknown, atS: number): ChatFact {
  const setting = seconds === undefined ? undefined : expiration(Number(seconds), undefined, atS);
  return { chat, ...(name && { name }), ...(setting && { expiration: setting }) };
}

/** The same from the metadata of a whole group, as of now; undefined for an update, which lacks what did not change. */
export function factOfGroup(group: Partial<GroupMetadata>, now: Date): ChatFact | undefined {
  const { id, subject, participants, ephemeralDuration = 0 } = group;
  const chat = participants && toChat(id);
  return chat && chatFact(chat, subject, ephemeralDuration, now.getTime() / 1000);
}

/** How long the messages of direct chats last, from the history that the phone sends once it is linked. */
export function factsOfHistory(chats: Chat[]): ChatFact[] {
  return chats.flatMap(({ id, lidJid, pnJid, ephemeralExpiration, ephemeralSettingTimestamp, ...more }) => {
    const chat = toChat(id);
    if (!chat || chatKind(chat) !== 'user' || !ephemeralExpiration) return [];
    const alias = [toChat(lidJid), toChat(pnJid)].find((name) => name && name !== chat);
    const atS = toNumber(ephemeralSettingTimestamp) || toNumber(more.conversationTimestamp) || 0;
    const setting = expiration(ephemeralExpiration, atS, atS);
    return setting ? [{ chat, ...(alias && { alias }), expiration: setting }] : [];
  });
}

/** @throws EngineGone when there was no answer. */
export async function aboutGroup(socket: WASocket, chat: ChatId, now: Date): Promise<ChatFact | undefined> {
  try {
    return factOfGroup(await socket.groupMetadata(toJid(chat)), now);
  } catch (error) {
    const code = Number((error as { data?: unknown }).data);
    if (code >= 400 && code < 429) return undefined;
    throw new EngineGone(`WhatsApp told nothing about a group: ${String(error)}.`);
  }
}

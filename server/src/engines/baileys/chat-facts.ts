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

/** What a notice about a group says of its name and of how long its messages last. */
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
      const lasting = group && getBinaryNodeChild(group, 'ephemeral')?.attrs.expiration;
      return group && made(chat, group.attrs.subject, lasting ?? 0, atS);
    }
    case 'subject':
      return made(chat, change.attrs.subject, undefined, atS);
    case 'ephemeral':
    case 'not_ephemeral':
      return made(chat, undefined, change.attrs.expiration ?? 0, atS);
    default:
      return undefined;
  }
}

function made(chat: ChatId, name: string | undefined, seconds: unknown, atS: number): ChatFact {
  const lasting = seconds === undefined ? undefined : expiration(Number(seconds), undefined, atS);
  return { chat, ...(name && { name }), ...(lasting && { expiration: lasting }) };
}

/** What the network says of a whole group, as of now; of what changed in one it says nothing but that. */
export function factOfGroup(group: Partial<GroupMetadata>, now: Date): ChatFact | undefined {
  const { id, subject, participants, ephemeralDuration = 0 } = group;
  const chat = participants && toChat(id);
  return chat && made(chat, subject, ephemeralDuration, now.getTime() / 1000);
}

/** How long the messages of direct chats last, as the phone tells when it is linked. */
export function factsOfHistory(chats: Chat[]): ChatFact[] {
  return chats.flatMap(({ id, lidJid, pnJid, ephemeralExpiration, ephemeralSettingTimestamp, ...more }) => {
    const chat = toChat(id);
    if (!chat || chatKind(chat) !== 'user' || !ephemeralExpiration) return [];
    const alias = [toChat(lidJid), toChat(pnJid)].find((name) => name && name !== chat);
    const atS = toNumber(ephemeralSettingTimestamp) || toNumber(more.conversationTimestamp) || 0;
    const lasting = expiration(ephemeralExpiration, atS, atS);
    return lasting ? [{ chat, ...(alias && { alias }), expiration: lasting }] : [];
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

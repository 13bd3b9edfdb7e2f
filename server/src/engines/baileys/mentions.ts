import type { WASocket } from 'baileys';
import { type ChatId, chatKind, localPart, phoneOf } from '../../platform/chat-id.ts';
import type { GroupLooks } from './group-looks.ts';
import { type Jid, toChat, toJid } from './ids.ts';

/**
 * The address under which each person is mentioned in a chat: a group that names its members by linked identity
 * does so in mentions as well, everywhere else it is the phone number. Addresses we do not know the other form of stay.
 */
export async function mentionNames(
  socket: WASocket,
  looks: GroupLooks,
  chat: ChatId,
  mentions: readonly ChatId[],
): Promise<ReadonlyMap<ChatId, Jid>> {
  if (mentions.length === 0) return new Map();
  const byLid = chatKind(chat) === 'group' && (await looks.isByLid(socket, chat));
  const { lidMapping } = socket.signalRepository;
  const names = mentions.map(async (person) => {
    const jid = toJid(person);
    const isPhone = phoneOf(person) !== undefined;
    if (isPhone === !byLid) return [person, jid] as const;
    const alternative = toChat(byLid ? await lidMapping.getLIDForPN(jid) : await lidMapping.getPNForLID(jid));
    return [person, alternative ? toJid(alternative) : jid] as const;
  });
  return new Map(await Promise.all(names));
}

/** A text names whom it mentions as `@digits`; phones look for the digits of the address that is mentioned. */
export function withNames(text: string, names: ReadonlyMap<ChatId, Jid>): string {
  const digits = new Map([...names].map(([person, jid]) => [localPart(person), jid.split('@')[0] ?? '']));
  return text.replace(/@(\d{5,20})(?!\d)/g, (mention, local: string) => {
    const replacement = digits.get(local);
    return replacement ? `@${replacement}` : mention;
  });
}

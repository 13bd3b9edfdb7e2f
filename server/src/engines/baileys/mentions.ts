import type { WASocket } from 'baileys';
import { type ChatId, chatKind, localPart, phoneOf } from '../../platform/chat-id.ts';
import type { GroupLooks } from './group-looks.ts';
import { type Jid, toChat, toJid } from './ids.ts';

/**
 * The address under which each person is mentioned in a chat: a group that names its members by linked identity
 * does so in mentions as well, everywhere else it is the phone number, as far as we know them.
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
  const named = mentions.map(async (person) => {
    const jid = toJid(person);
    const isPhone = phoneOf(person) !== undefined;
    if (isPhone === !byLid) return [person, jid] as const;
    const other = byLid ? await lidMapping.getLIDForPN(jid) : await lidMapping.getPNForLID(jid);
    const known = toChat(other);
    return [person, known ? toJid(known) : jid] as const;
  });
  return new Map(await Promise.all(named));
}

/** A text names whom it mentions as `@digits`; phones look for the digits of the address that is mentioned. */
export function withNames(text: string, names: ReadonlyMap<ChatId, Jid>): string {
  const digits = new Map([...names].map(([person, jid]) => [localPart(person), jid.split('@')[0] ?? '']));
  return text.replace(/@(\d{5,20})(?!\d)/g, (all, local: string) => {
    const other = digits.get(local);
    return other ? `@${other}` : all;
  });
}

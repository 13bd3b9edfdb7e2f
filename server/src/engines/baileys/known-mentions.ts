import { setTimeout as pause } from 'node:timers/promises';
import type { WASocket } from 'baileys';
import { type ChatId, chatKind, lidOf } from '../../platform/chat-id.ts';
import type { IncomingMessage } from '../port.ts';
import type { Self } from './from-wire.ts';
import type { GroupLooks } from './group-looks.ts';
import { toChat, toJid } from './ids.ts';
import { withNames } from './mentions.ts';

/** What arrives does not wait longer than this for the names of people it mentions. */
const waitMsMax = 2_000;

/**
 * A group that names its members by linked identity mentions them so; here they get the phone number as far as
 * it is known: to us, or to the group they are members of.
 */
export function createKnownMentions(deps: {
  socket(): WASocket | undefined;
  self(): Self | undefined;
  groups: GroupLooks;
}) {
  const { groups } = deps;

  /** From what we hold already; the network is not asked. */
  async function heldBy(socket: WASocket, lid: ChatId): Promise<ChatId | undefined> {
    const self = deps.self();
    if (self && toChat(self.lid) === lid) return toChat(self.id);
    return toChat(await socket.signalRepository.lidMapping.getPNForLID(toJid(lid)));
  }

  async function membersOf(socket: WASocket, chat: ChatId): Promise<ReadonlyMap<ChatId, ChatId>> {
    const late = pause(waitMsMax, undefined, { ref: false });
    const people = await Promise.race([groups.members(socket, chat), late]).catch(() => undefined);
    return new Map((people ?? []).flatMap(({ phone, lid }) => (phone && lid ? [[lid, phone]] : [])));
  }

  async function phonesIn(socket: WASocket, chat: ChatId, lids: ChatId[]): Promise<Map<ChatId, ChatId>> {
    const held = await Promise.all(lids.map(async (lid) => [lid, await heldBy(socket, lid)] as const));
    const known = new Map(held.flatMap(([lid, phone]) => (phone ? [[lid, phone]] : [])));
    if (known.size === lids.length || chatKind(chat) !== 'group') return known;
    const members = await membersOf(socket, chat);
    for (const lid of lids) {
      const phone = members.get(lid);
      if (phone) known.set(lid, phone);
    }
    return known;
  }

  return async (messages: readonly IncomingMessage[]): Promise<void> => {
    for (const { chat, content } of messages) {
      const said = (content.content ?? content) as Record<string, unknown>;
      const mentions = (said.mentions ?? []) as ChatId[];
      const lids = mentions.filter((person) => lidOf(person));
      const socket = deps.socket();
      if (lids.length === 0 || !socket) continue;
      const phones = await phonesIn(socket, chat, lids);
      nameAnew(said, mentions, phones);
    }
  };
}

/** The text names the same people as `@` and the digits of their address. */
function nameAnew(
  said: Record<string, unknown>,
  mentions: ChatId[],
  phones: ReadonlyMap<ChatId, ChatId>,
): void {
  said.mentions = mentions.map((person) => phones.get(person) ?? person);
  for (const name of ['text', 'caption']) {
    const words = said[name];
    if (typeof words === 'string') said[name] = withNames(words, phones);
  }
}

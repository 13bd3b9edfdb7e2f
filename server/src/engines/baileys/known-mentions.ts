import { setTimeout as pause } from 'node:timers/promises';
import type { WASocket } from 'baileys';
import { type ChatId, chatKind, lidOf } from '../../platform/chat-id.ts';
import type { IncomingMessage } from '../port.ts';
import type { Self } from './from-wire.ts';
import type { GroupLooks } from './group-looks.ts';
import { toChat, toJid } from './ids.ts';
import { withNames } from './mentions.ts';

/** A message waits no longer than this for the phone numbers of the people it mentions. */
const waitMsMax = 2_000;

/**
 * A group that names its members by linked identity also mentions them by it. This puts in the phone numbers that are
 * stored here or listed among the members of the group.
 */
export function createKnownMentions(deps: {
  socket(): WASocket | undefined;
  self(): Self | undefined;
  groups: GroupLooks;
}) {
  const { groups } = deps;

  /** From the stored pairs; the network is not asked. */
  async function storedPhone(socket: WASocket, lid: ChatId): Promise<ChatId | undefined> {
    const self = deps.self();
    if (self && toChat(self.lid) === lid) return toChat(self.id);
    return toChat(await socket.signalRepository.lidMapping.getPNForLID(toJid(lid)));
  }

  async function membersOf(socket: WASocket, chat: ChatId): Promise<ReadonlyMap<ChatId, ChatId>> {
    const timeout = pause(waitMsMax, undefined, { ref: false });
    const people = await Promise.race([groups.members(socket, chat), timeout]).catch(() => undefined);
    return new Map((people ?? []).flatMap(({ phone, lid }) => (phone && lid ? [[lid, phone]] : [])));
  }

  async function phonesIn(socket: WASocket, chat: ChatId, lids: ChatId[]): Promise<Map<ChatId, ChatId>> {
    const pairs = await Promise.all(lids.map(async (lid) => [lid, await storedPhone(socket, lid)] as const));
    const phones = new Map(pairs.flatMap(([lid, phone]) => (phone ? [[lid, phone]] : [])));
    if (phones.size === lids.length || chatKind(chat) !== 'group') return phones;
    const members = await membersOf(socket, chat);
    for (const lid of lids) {
      const phone = members.get(lid);
      if (phone) phones.set(lid, phone);
    }
    return phones;
  }

  return async (messages: readonly IncomingMessage[]): Promise<void> => {
    for (const { chat, content } of messages) {
      const body = (content.content ?? content) as Record<string, unknown>;
      const mentions = (body.mentions ?? []) as ChatId[];
      const lids = mentions.filter((person) => lidOf(person));
      const socket = deps.socket();
      if (lids.length === 0 || !socket) continue;
      const phones = await phonesIn(socket, chat, lids);
      replaceLids(body, mentions, phones);
    }
  };
}

/** The text names the same people as `@` and the digits of their address. */
function replaceLids(
  body: Record<string, unknown>,
  mentions: ChatId[],
  phones: ReadonlyMap<ChatId, ChatId>,
): void {
  body.mentions = mentions.map((person) => phones.get(person) ?? person);
  for (const name of ['text', 'caption']) {
    const text = body[name];
    if (typeof text === 'string') body[name] = withNames(text, phones);
  }
}

import type { BinaryNode, WASocket } from 'baileys';
import type { PresenceFact, PresencePower } from '../port.ts';
import type { Self } from './from-wire.ts';
import { isSameChat, toChat, toJid, toPerson } from './ids.ts';
import { explain } from './outbound.ts';

/**
 * Phones show what somebody does who is online; afterwards we are not, or the account's own phone would stay silent
 * about what comes in. Unless somebody wants to hear of others: that takes being online, too.
 */
export function createPresence(live: () => WASocket): PresencePower {
  let isOnline = false;

  return {
    async show(chat, state) {
      const socket = live();
      try {
        if (state !== 'paused') await socket.sendPresenceUpdate('available');
        await socket.sendPresenceUpdate(state, toJid(chat));
        if (state === 'paused' && !isOnline) await socket.sendPresenceUpdate('unavailable');
      } catch (error) {
        throw explain(error, 'It could not be shown');
      }
    },
    async beOnline(isWanted) {
      isOnline = isWanted;
      const state = isWanted ? 'available' : 'unavailable';
      await live()
        .sendPresenceUpdate(state)
        .catch((error: unknown) => {
          throw explain(error, 'It could not be shown');
        });
    },
    async follow(chat) {
      await live()
        .presenceSubscribe(toJid(chat))
        .catch((error: unknown) => {
          throw explain(error, 'The chat could not be followed');
        });
    },
  };
}

/** What a stanza (`presence` or `chatstate`) tells of somebody else; undefined when that is nothing. */
export function presenceIn({ tag, attrs, content }: BinaryNode, self: Self): PresenceFact | undefined {
  const chat = toChat(attrs.from);
  const author = attrs.participant ?? attrs.from;
  if (!chat || isSameChat(author, self.id) || isSameChat(author, self.lid)) return undefined;
  const state = tag === 'presence' ? presenceState(attrs.type) : chatState(content);
  if (!state) return undefined;
  // `deny` and the like: they show nobody when they were there.
  const last = /^\d{9,11}$/.test(attrs.last ?? '') ? new Date(Number(attrs.last) * 1000) : undefined;
  return { chat, who: toPerson([author]), state, ...(last && { lastSeen: last }) };
}

const presenceState = (type: string | undefined) =>
  type === undefined || type === 'available'
    ? ('available' as const)
    : type === 'unavailable'
      ? ('unavailable' as const)
      : undefined;

function chatState(content: BinaryNode['content']): PresenceFact['state'] | undefined {
  const [first] = Array.isArray(content) ? content : [];
  if (first?.tag === 'paused') return 'paused';
  if (first?.tag === 'recording') return 'recording';
  if (first?.tag !== 'composing') return undefined;
  return first.attrs.media === 'audio' ? 'recording' : 'composing';
}

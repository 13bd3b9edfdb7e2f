import type { WASocket } from 'baileys';
import type { Clock } from '../../platform/clock.ts';
import { EngineGone, type Powers } from '../port.ts';
import { addressOf } from './addresses.ts';
import { aboutGroup } from './chat-facts.ts';
import type { Self } from './from-wire.ts';
import type { GroupLooks } from './group-looks.ts';
import { toChat, toJid } from './ids.ts';
import { askAgain } from './media/ask-again.ts';
import { download } from './media/download.ts';
import { readReference, writeReference } from './media/reference.ts';
import type { Trust } from './media/trust.ts';
import { markRead } from './outbound.ts';
import { createPresence } from './presence.ts';
import { answers } from './sealed-answer.ts';
import { wellFormed } from './well-formed.ts';

/**
 * The powers of a session: questions to the network, and receipts.
 * @param deps.live the socket of a connection that is up; throws EngineGone otherwise
 */
export function createPowers(deps: {
  live(): WASocket;
  groups: GroupLooks;
  clock: Clock;
  self(): Self | undefined;
  trust: Trust;
}): Omit<Powers, 'logout'> {
  const { live, groups, clock, self, trust } = deps;
  return {
    numbers: { addressOf: async (phone) => addressOf(live(), phone) },
    groups: {
      async about(chat) {
        const fact = await aboutGroup(live(), chat, clock.now());
        return fact && wellFormed(fact, clock.now());
      },
      async standing(chat) {
        const account = self();
        const own = [toChat(account?.id), toChat(account?.lid)];
        return groups.standing(
          live(),
          chat,
          (person) => own.includes(person.phone) || own.includes(person.lid),
        );
      },
      admins: async (chat) => groups.admins(live(), chat),
    },
    presence: createPresence(live),
    receipts: { markRead: async (messages) => markRead(live(), messages) },
    files: {
      fetch: async (reference) => download(live(), trust, readReference(reference)),
      askAgain: async (reference) => writeReference(await askAgain(live(), readReference(reference))),
    },
    answers,
    history: {
      async askOlder(chat, { id, fromMe, at }, count) {
        const key = { remoteJid: toJid(chat), id, fromMe };
        const question = await live().fetchMessageHistory(count, key, at.getTime()).catch(gone);
        return question ?? '';
      },
    },
  };
}

function gone(error: unknown): never {
  throw new EngineGone(`The phone could not be asked: ${String(error)}.`);
}

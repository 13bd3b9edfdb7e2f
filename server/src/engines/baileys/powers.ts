import type { WASocket } from 'baileys';
import type { Clock } from '../../platform/clock.ts';
import { EngineGone, type Powers, type StatePower } from '../port.ts';
import { addressesOf } from './addresses.ts';
import { blockedPeople, setBlocked } from './blocks.ts';
import type { Self } from './from-wire.ts';
import type { GroupLooks } from './group-looks.ts';
import { createGroupPower } from './groups/group-power.ts';
import { answerInOrder } from './groups/in-order.ts';
import { toJid } from './ids.ts';
import { askAgain } from './media/ask-again.ts';
import { download } from './media/download.ts';
import { readReference, writeReference } from './media/reference.ts';
import type { Trust } from './media/trust.ts';
import { markRead } from './outbound.ts';
import { createPresence } from './presence.ts';
import { answers } from './sealed-answer.ts';
import { aboutOf, pictureOfPerson } from './shown.ts';

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
  state: StatePower;
  /** Resolves when the listener has been told what has arrived by now. */
  handedOn(): Promise<void>;
}): Omit<Powers, 'logout'> {
  const { live, groups, clock, self, trust } = deps;
  return {
    numbers: {
      addressOf: async (phone) => (await addressesOf(live(), [phone]))[0],
      addressesOf: async (phones) => addressesOf(live(), phones),
    },
    blocks: {
      list: async () => blockedPeople(live()),
      set: async (person, isBlocked) => setBlocked(live(), person, isBlocked),
    },
    people: {
      picture: async (person, known) => pictureOfPerson(live(), trust, person, known),
      about: async (person) => aboutOf(live(), person),
    },
    groups: answerInOrder(createGroupPower({ live, looks: groups, clock, self, trust }), deps.handedOn),
    presence: createPresence(live),
    receipts: { markRead: async (messages) => markRead(live(), messages) },
    files: {
      fetch: async (reference) => download(live(), trust, readReference(reference)),
      askAgain: async (reference) => writeReference(await askAgain(live(), readReference(reference))),
    },
    answers,
    state: { change: deps.state.change },
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

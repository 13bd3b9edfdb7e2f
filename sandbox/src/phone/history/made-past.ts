import { createHash } from 'node:crypto';
import type { proto } from 'baileys';
import { type Account, pnJid } from '../../accounts/account.ts';
import type { Directory } from '../../accounts/directory.ts';
import { chanceFrom } from '../../chance.ts';
import { Part } from '../../part.ts';
import type { Inbox, InboxStatus } from '../inbox.ts';
import { NAMES, PHRASES, REACTIONS } from './phrases.ts';

/** A past to be made: how many chats and messages, between two moments in unix milliseconds. The same seed makes the same past. */
export interface PastOrder {
  readonly chats: number;
  readonly messages: number;
  readonly seed: number;
  readonly from: number;
  readonly until: number;
}

interface Made {
  chats: number;
  messages: number;
  reactions: number;
}

interface Said {
  readonly id: string;
  readonly fromMe: boolean;
  readonly text: string;
  readonly timestamp: number;
}

const A_TURN = 200;
const QUOTE_CHANCE = 0.08;
const REACTION_CHANCE = 0.05;
const FROM_ME_CHANCE = 0.45;
/** Chats whose last messages nobody has read yet. */
const UNREAD_CHANCE = 0.3;
const UNREAD_MAX = 5;

interface MadePastDeps {
  readonly directory: Directory;
  readonly inbox: Inbox;
}

/** Makes up a past on one phone. Nobody else learns of it: it is as if it had happened before the network was there. */
export class MadePast extends Part<MadePastDeps> {
  /** Adds the past; what is there already, from the same order before, is not added again. Gives what was added. */
  async make(account: Account, order: PastOrder): Promise<Made> {
    const chance = chanceFrom(order.seed);
    const others = Array.from({ length: order.chats }, (_, index) =>
      this.#someone(account, order.seed, index),
    );
    const last = new Map<Account, Said>();
    const made: Made = { chats: 0, messages: 0, reactions: 0 };
    const unreadFrom = new Map(others.map((other) => [other, unreadTail(order, chance)]));
    const added = new Set<Account>();
    for (let index = 0; index < order.messages; index += 1) {
      const other = (index < others.length ? others[index] : undefined) ?? pick(others, chance);
      const timestamp = Math.floor(
        order.from + ((order.until - order.from) * (index + 1)) / (order.messages + 1),
      );
      const said = say(order, index, timestamp, chance);
      const isUnread = index >= order.messages - (unreadFrom.get(other) ?? 0) * others.length;
      if (this.#add(account, other, said, quoting(last.get(other), chance), isUnread)) {
        made.messages += 1;
        added.add(other);
      }
      if (chance() < REACTION_CHANCE && this.#react(account, other, said, chance)) made.reactions += 1;
      last.set(other, said);
      if (index % A_TURN === A_TURN - 1) await new Promise((resolve) => setImmediate(resolve));
    }
    return { ...made, chats: added.size };
  }

  #someone(account: Account, seed: number, index: number): Account {
    const digits = idOf(`${account.number} ${seed} person ${index}`).readUIntBE(0, 6) % 10 ** 9;
    const name = NAMES[index % NAMES.length] ?? '';
    const number = `6289${String(digits).padStart(9, '0')}`;
    return this.deps.directory.ensure(
      number,
      index < NAMES.length ? name : `${name} ${Math.floor(index / NAMES.length) + 1}`,
    );
  }

  #add(account: Account, other: Account, said: Said, quoted: Said | undefined, isUnread: boolean): boolean {
    const { id, fromMe, text, timestamp } = said;
    const peer = pnJid(other);
    const contextInfo = quoted && {
      stanzaId: quoted.id,
      participant: pnJid(quoted.fromMe ? account : other),
      quotedMessage: { conversation: quoted.text },
    };
    const content: proto.IMessage = contextInfo
      ? { extendedTextMessage: { text, contextInfo } }
      : { conversation: text };
    const status: InboxStatus = fromMe ? 'read' : isUnread ? 'received' : 'read';
    const from = (fromMe ? account : other).number;
    const message = { chat: other.number, id, from, fromMe, type: 'text', text, status, timestamp };
    return this.deps.inbox.add(account.number, { ...message, peer, content });
  }

  #react(account: Account, other: Account, { id, fromMe, timestamp }: Said, chance: () => number): boolean {
    const text = pick(REACTIONS, chance);
    const reactor = fromMe ? other : account;
    const key = { remoteJid: pnJid(other), id, fromMe };
    const content = { reactionMessage: { key, text, senderTimestampMs: timestamp + 1000 } };
    const reaction = { id: `${id}R`, from: reactor.number, fromMe: !fromMe, type: 'reaction', text };
    const when = { status: 'read' as const, timestamp: timestamp + 1000 };
    return this.deps.inbox.add(account.number, {
      ...{ ...reaction, ...when, content },
      ...{ chat: other.number, peer: pnJid(other) },
    });
  }
}

function idOf(what: string): Buffer {
  return createHash('sha256').update(what).digest();
}

function pick<T>(some: readonly T[], chance: () => number): T {
  return some[Math.floor(chance() * some.length)] as T;
}

function say({ seed }: PastOrder, index: number, timestamp: number, chance: () => number): Said {
  const id = `3EB0${idOf(`${seed} message ${index}`).toString('hex', 0, 9).toUpperCase()}`;
  return {
    id,
    fromMe: chance() < FROM_ME_CHANCE,
    text: `${pick(PHRASES, chance)} (${index + 1})`,
    timestamp,
  };
}

function quoting(before: Said | undefined, chance: () => number): Said | undefined {
  return chance() < QUOTE_CHANCE ? before : undefined;
}

function unreadTail({ chats }: PastOrder, chance: () => number): number {
  return chats > 0 && chance() < UNREAD_CHANCE ? Math.ceil(chance() * UNREAD_MAX) : 0;
}

import {
  type BinaryNode,
  isJidNewsletter,
  type LIDMapping,
  unpadRandomMax16,
  type WAMessage,
  type WASocket,
} from 'baileys';
import type { Log } from '../../platform/log.ts';
import type { ChatFact, IncomingMessage } from '../port.ts';
import { legible } from './amendments/legible.ts';
import { keepMessagesInOrder } from './amendments/message-order.ts';
import { storeBeforeAcknowledging } from './amendments/store-before-acknowledging.ts';
import { createBoundedMap } from './bounded-map.ts';
import { factsOfNotice } from './chat-facts.ts';
import { fromChannel, fromUnreadable, fromWire, type Self } from './from-wire.ts';
import { toPair } from './ids.ts';
import type { Inbox, Pair } from './inbox.ts';
import type { Journal } from './journal.ts';
import type { JournalEntry } from './journal-entry.ts';
import type { EngineKeyStore } from './key-store.ts';
import { toReceipt } from './receipts.ts';

/** Everything that comes in, from the wire and from the journal, on its way to the inbox. */
export interface Inbound {
  /** Takes the socket's message and receipt stanzas in hand; before the first frame arrives. */
  attach(socket: WASocket): void;
  stanzaOf(ciphertext: Uint8Array): BinaryNode | undefined;
  decrypted(entry: JournalEntry): Promise<void>;
  /** Brings what an earlier connection decrypted and could not hand over. */
  leftOver(entries: JournalEntry[]): void;
  /** Gives Baileys the device business it may not have seen before an earlier connection broke. */
  replay(socket: WASocket): Promise<void>;
  channelPosts(messages: WAMessage[], late: boolean): void;
  pairs(pairs: LIDMapping[]): void;
  chats(facts: ChatFact[]): void;
}

export interface InboundOptions {
  inbox: Inbox;
  journal: Journal;
  store: EngineKeyStore;
  log: Log;
  self(): Self | undefined;
}

const pairsMax = 2000;

export function createInbound(options: InboundOptions): Inbound {
  const { inbox, journal, store, log, self } = options;
  const stanzas = new WeakMap<Uint8Array, BinaryNode>();
  const told = createBoundedMap<string, string>(pairsMax);
  let business: JournalEntry[] = [];
  let socket: WASocket | undefined;

  function understand(entry: JournalEntry): IncomingMessage[] {
    const me = self();
    if (!me) return [];
    try {
      return fromWire(entry, me);
    } catch (error) {
      log.warn({ err: error, id: entry.attrs.id }, 'a message could not be understood');
      return unreadable(entry, me);
    }
  }

  function tellPair(pair: Pair | undefined): void {
    if (!pair || told.get(pair.lid) === pair.phone) return;
    told.set(pair.lid, pair.phone);
    void inbox.pair(pair);
  }

  function hand(entry: JournalEntry, understood: IncomingMessage[], late: boolean): void {
    const messages = understood.map((message) => ({ ...message, late: late || message.late }));
    journal.brings(entry, messages);
    for (const message of messages) {
      const { phone, lid } = message.sender;
      if (phone && lid) tellPair({ phone, lid });
      if (message.chatAlias) tellPair(toPair(message.chat, message.chatAlias));
      void inbox.message(message);
    }
  }

  /**
   * Baileys handles one message at a time under this lock, so it is ours once this one is done with. On a
   * socket that has closed meanwhile Baileys stops half-way: then the next connection brings it again.
   */
  function settleOnceHandled(entry: JournalEntry): void {
    void socket?.messageMutex.mutex(() => {
      if (socket?.ws.isOpen) store.settle([entry.hash]);
    });
  }

  return {
    attach(opened) {
      socket = opened;
      keepMessagesInOrder(opened, (stanza) => {
        if (!Array.isArray(stanza.content)) return;
        for (const { tag, content } of stanza.content) {
          if (tag === 'enc' && content instanceof Uint8Array) stanzas.set(content, stanza);
        }
      });
      storeBeforeAcknowledging(opened, 'CB:receipt', async (stanza) => {
        const me = self();
        const receipt = me && toReceipt(stanza, me);
        if (receipt) await inbox.receipt(receipt);
      });
      storeBeforeAcknowledging(opened, 'CB:notification', async (stanza) => {
        await Promise.all(factsOfNotice(stanza).map((fact) => inbox.chat(fact)));
      });
    },
    stanzaOf: (ciphertext) => stanzas.get(ciphertext),
    async decrypted(entry) {
      const understood = understand(entry);
      if (understood.length > 0) hand(entry, understood, false);
      else settleOnceHandled(entry);
      await inbox.room();
    },
    leftOver(entries) {
      for (const entry of entries) {
        const understood = understand(entry);
        if (understood.length > 0) hand(entry, understood, true);
        else business.push(entry);
      }
    },
    async replay(opened) {
      const entries = business;
      business = [];
      for (const entry of entries) {
        await handToBaileys(opened, entry).catch((error: unknown) => {
          log.warn({ err: error, id: entry.attrs.id }, 'a message between devices could not be handled');
        });
        if (!opened.ws.isOpen) return;
        store.settle([entry.hash]);
      }
    },
    channelPosts(messages, late) {
      const me = self();
      for (const message of messages) {
        if (!me || !isJidNewsletter(message.key.remoteJid ?? undefined)) continue;
        const understood = fromChannel(message, me, late);
        if (understood) void inbox.message(understood);
      }
    },
    pairs(pairs) {
      for (const { pn, lid } of pairs) tellPair(toPair(pn, lid));
    },
    chats(facts) {
      for (const fact of facts) void inbox.chat(fact);
    },
  };
}

function unreadable(entry: JournalEntry, self: Self): IncomingMessage[] {
  try {
    return [fromUnreadable(entry, self)].filter((message) => message !== undefined);
  } catch {
    // Not even who wrote it can be told.
    return [];
  }
}

/** As if it had just been delivered, but decrypted already. */
async function handToBaileys({ ws }: WASocket, { attrs, plaintext }: JournalEntry): Promise<void> {
  const { offline: _offline, ...rest } = attrs;
  const message: BinaryNode = { tag: 'plaintext', attrs: {}, content: unpadRandomMax16(legible(plaintext)) };
  const stanza: BinaryNode = { tag: 'message', attrs: rest, content: [message] };
  await Promise.all(ws.listeners('CB:message').map((handle) => handle(stanza)));
}

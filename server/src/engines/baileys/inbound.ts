import {
  type BinaryNode,
  isJidNewsletter,
  type LIDMapping,
  proto,
  unpadRandomMax16,
  type WAMessage,
  type WASocket,
} from 'baileys';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { ChatFact, IncomingMessage } from '../port.ts';
import { withoutCollections } from './amendments/app-state-beside.ts';
import { legible } from './amendments/legible.ts';
import { keepMessagesInOrder, type MessageTurns } from './amendments/message-order.ts';
import { storeBeforeAcknowledging } from './amendments/store-before-acknowledging.ts';
import type { AppState } from './app-state/app-state.ts';
import { createBoundedMap } from './bounded-map.ts';
import { factsOfNotice } from './chat-facts.ts';
import { createCalls } from './from-wire/call.ts';
import { groupChanges } from './from-wire/group-notice.ts';
import { fromChannel, fromUndecrypted, fromUnreadable, fromWire, type Self } from './from-wire.ts';
import { groupNews } from './groups/news.ts';
import type { History } from './history/history.ts';
import { toPair } from './ids.ts';
import type { Inbox, Pair } from './inbox.ts';
import type { Journal } from './journal.ts';
import type { JournalEntry } from './journal-entry.ts';
import type { EngineKeyStore } from './key-store.ts';
import { toReceipt } from './receipts.ts';

/** Everything that comes in, from the wire and from the journal, on its way to the inbox. */
export interface Inbound {
  /**
   * Handles the socket's messages, receipts and notices; call it before the first frame arrives. `turns` hears of each
   * message, too.
   */
  attach(socket: WASocket, turns: Pick<MessageTurns, 'arrived' | 'ended'>): void;
  stanzaOf(ciphertext: Uint8Array): BinaryNode | undefined;
  decrypted(entry: JournalEntry): Promise<void>;
  /** Delivers messages that an earlier connection decrypted and the application has not stored. */
  leftOver(entries: JournalEntry[]): void;
  /** Gives Baileys the messages between devices that an earlier connection may not have handled before it broke. */
  replay(socket: WASocket): Promise<void>;
  /** Of what Baileys tells: what channels post, and what could not be decrypted. */
  told(messages: WAMessage[]): void;
  pairs(pairs: LIDMapping[]): void;
  chats(facts: ChatFact[]): void;
}

export interface InboundOptions {
  inbox: Inbox;
  journal: Journal;
  store: EngineKeyStore;
  history: Pick<History, 'take'>;
  clock: Clock;
  appState: Pick<AppState, 'noticed'>;
  log: Log;
  self(): Self | undefined;
}

const pairsMax = 2000;
/** Stanzas are told of while they are handled. */
const recentMax = 200;
const undecrypted = proto.WebMessageInfo.StubType.CIPHERTEXT;

export function createInbound(options: InboundOptions): Inbound {
  const { inbox, journal, store, history, clock, log, self } = options;
  const stanzas = new WeakMap<Uint8Array, BinaryNode>();
  /** By their ids: what can't be decrypted is told without most of what describes it. */
  const recent = createBoundedMap<string, BinaryNode>(recentMax);
  const calls = createCalls();
  const phoneByLid = createBoundedMap<string, string>(pairsMax);
  let deviceEntries: JournalEntry[] = [];
  let socket: WASocket | undefined;

  function messagesOf(entry: JournalEntry): IncomingMessage[] {
    const account = self();
    if (!account) return [];
    try {
      return fromWire(entry, account);
    } catch (error) {
      log.warn({ err: error, id: entry.attrs.id }, 'a message could not be understood');
      return unreadable(entry, account);
    }
  }

  function reportPair(pair: Pair | undefined): void {
    if (!pair || phoneByLid.get(pair.lid) === pair.phone) return;
    phoneByLid.set(pair.lid, pair.phone);
    void inbox.pair(pair);
  }

  function deliver(entry: JournalEntry, incoming: IncomingMessage[], late: boolean): void {
    const messages = incoming.map((message) => ({ ...message, late: late || message.late }));
    journal.brings(entry, messages);
    for (const message of messages) {
      const { phone, lid } = message.sender;
      if (phone && lid) reportPair({ phone, lid });
      if (message.chatAlias) reportPair(toPair(message.chat, message.chatAlias));
      void inbox.message(message);
    }
  }

  /**
   * Baileys handles one message at a time under this lock, so we get the lock once this one is handled. When the
   * socket has closed by then, Baileys has stopped half-way: the entry stays, and the next connection replays it.
   */
  function settleOnceHandled(entry: JournalEntry): void {
    void socket?.messageMutex.mutex(() => {
      if (socket?.ws.isOpen) store.settle([entry.hash]);
    });
  }

  function begins(stanza: BinaryNode): void {
    if (!Array.isArray(stanza.content)) return;
    // Without what it carries, which may be large.
    const content = stanza.content.filter(({ tag }) => tag === 'meta');
    recent.set(stanza.attrs.id ?? '', { ...stanza, content });
    for (const { tag, content } of stanza.content) {
      if (tag === 'enc' && content instanceof Uint8Array) stanzas.set(content, stanza);
    }
  }

  return {
    attach(connection, turns) {
      socket = connection;
      keepMessagesInOrder(connection, { ...turns, begins });
      storeBeforeAcknowledging(connection, 'CB:receipt', async (stanza) => {
        const account = self();
        const receipt = account && toReceipt(stanza, account);
        if (receipt) await inbox.receipt(receipt);
      });
      const noticed = async (stanza: BinaryNode) => {
        const account = self();
        const changes = account ? groupChanges(stanza, account) : [];
        await Promise.all([
          ...groupNews(stanza, clock.now()).map((news) => inbox.group(news)),
          options.appState.noticed(stanza),
          ...factsOfNotice(stanza).map((fact) => inbox.chat(fact)),
          ...changes.map((change) => inbox.message(change)),
        ]);
      };
      storeBeforeAcknowledging(connection, 'CB:notification', noticed, withoutCollections);
      storeBeforeAcknowledging(connection, 'CB:call', async (stanza) => {
        const account = self();
        const call = account && calls(stanza, account);
        if (call) await inbox.message(call);
      });
    },
    stanzaOf: (ciphertext) => stanzas.get(ciphertext),
    async decrypted(entry) {
      const messages = messagesOf(entry);
      if (messages.length > 0) {
        recent.delete(entry.attrs.id ?? '');
        deliver(entry, messages, false);
      } else {
        await history.take(entry);
        settleOnceHandled(entry);
      }
      await inbox.room();
    },
    leftOver(entries) {
      for (const entry of entries) {
        const messages = messagesOf(entry);
        if (messages.length > 0) deliver(entry, messages, true);
        else deviceEntries.push(entry);
      }
    },
    async replay(connection) {
      const entries = deviceEntries;
      deviceEntries = [];
      for (const entry of entries) {
        await history.take(entry);
        await handToBaileys(connection, entry).catch((error: unknown) => {
          log.warn({ err: error, id: entry.attrs.id }, 'a message between devices could not be handled');
        });
        if (!connection.ws.isOpen) return;
        store.settle([entry.hash]);
      }
    },
    told(messages) {
      const account = self();
      if (!account) return;
      for (const info of messages) {
        const stanza = recent.get(info.key.id ?? '');
        const message = isJidNewsletter(info.key.remoteJid ?? undefined)
          ? fromChannel(info, account, stanza?.attrs.offline !== undefined)
          : stanza && info.messageStubType === undecrypted && fromUndecrypted(stanza, account);
        if (message) void inbox.message(message);
      }
    },
    pairs(pairs) {
      for (const { pn, lid } of pairs) reportPair(toPair(pn, lid));
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
    // The stanza does not name a sender either.
    return [];
  }
}

/** Baileys handles the entry like a stanza that has just arrived, with the plaintext in place of a ciphertext. */
async function handToBaileys({ ws }: WASocket, { attrs, plaintext }: JournalEntry): Promise<void> {
  const { offline: _offline, ...rest } = attrs;
  const message: BinaryNode = { tag: 'plaintext', attrs: {}, content: unpadRandomMax16(legible(plaintext)) };
  const stanza: BinaryNode = { tag: 'message', attrs: rest, content: [message] };
  await Promise.all(ws.listeners('CB:message').map((handle) => handle(stanza)));
}

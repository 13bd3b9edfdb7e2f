import type { Sandbox } from '../../test/sandbox.ts';
import { until } from '../../test/until.ts';
import type { ChatId } from '../platform/chat-id.ts';
import { type Db, inTransaction } from '../platform/db/transaction.ts';
import { silentLog } from '../platform/log.ts';
import type {
  ChatFact,
  Engine,
  EngineMessageId,
  EngineSession,
  GroupNews,
  IncomingMessage,
  Link,
  Listener,
  Outgoing,
  OutgoingMessage,
  Past,
  Person,
  PresenceFact,
  Receipt,
  StateChange,
} from './port.ts';

/** One profile as the application would run it: it stores everything it receives, in memory. */
export interface Profile {
  readonly id: string;
  links: Link[];
  /** What people wrote or did. */
  received: IncomingMessage[];
  /** What the network told of calls and groups. */
  notices: IncomingMessage[];
  receipts: Receipt[];
  pairs: { phone: ChatId; lid: ChatId }[];
  facts: ChatFact[];
  /** What happened in groups. */
  news: GroupNews[];
  /** What people did at that moment. */
  presences: PresenceFact[];
  /** Who changed what they show of themselves. */
  changedPeople: Person[];
  /** What was told of the past. */
  past: Past[];
  /** What was set on other devices of the account. */
  states: StateChange[];
  sent: Map<string, { chat: ChatId; message: Outgoing }>;
  /** Called before received messages are stored. */
  beforeStoring: ((messages: IncomingMessage[]) => Promise<void>) | undefined;
  /** Called before what other devices have set is stored. */
  beforeSetting: ((changes: StateChange[]) => Promise<void>) | undefined;
  /** Called before what happened in groups is stored. */
  beforeNews: (() => Promise<void>) | undefined;
  session: EngineSession;
  /** Opens a new connection and returns at once. */
  open(options?: { pairingPhone?: string; generation?: number }): EngineSession;
  /** Links with a phone of the network and connects. */
  pair(network: Sandbox, number: string, name?: string): Promise<void>;
  /** Connects with the login it has. */
  connect(): Promise<void>;
  /** The link as it is, once it is of this kind. */
  reaches<K extends Link['is']>(kind: K, msMax?: number): Promise<Extract<Link, { is: K }>>;
  /** A text with its id decided, as the outbox has it before anything is sent. */
  write(chat: ChatId, text: string): { id: EngineMessageId; message: OutgoingMessage };
  send(chat: ChatId, text: string): Promise<EngineMessageId>;
  /** Sends anything, under an id of its own. */
  sends(chat: ChatId, message: Outgoing): Promise<EngineMessageId>;
  texts(): string[];
  statusOf(id: string): string[];
}

export function createProfile(engine: Engine, db: Db, id: string): Profile {
  const profile: Profile = {
    id,
    links: [],
    received: [],
    notices: [],
    receipts: [],
    pairs: [],
    facts: [],
    news: [],
    presences: [],
    changedPeople: [],
    past: [],
    states: [],
    sent: new Map(),
    beforeStoring: undefined,
    beforeSetting: undefined,
    beforeNews: undefined,
    session: undefined as unknown as EngineSession,
    open({ pairingPhone, generation = 1 } = {}) {
      const links: Link[] = [];
      profile.links = links;
      const listener = listenerOf(profile, links, db);
      const pairing = pairingPhone ? { pairingPhone } : {};
      profile.session = engine.open({ profileId: id, generation, log: silentLog, listener, ...pairing });
      profile.session.connect();
      return profile.session;
    },
    async pair(network, number, name = `Owner of ${number}`) {
      await network.phone(number).named(name);
      profile.open();
      const { qr } = await profile.reaches('waiting-for-scan');
      await network.phone(number).scan(qr);
      await profile.reaches('ended');
      await profile.connect();
    },
    async connect() {
      profile.open();
      await profile.reaches('connected');
    },
    reaches: (kind, msMax) => until(`the link to be ${kind}`, () => latest(profile.links, kind), msMax),
    write(chat, text) {
      const message: OutgoingMessage = { type: 'text', text };
      const id = engine.newMessageId();
      profile.sent.set(id, { chat, message });
      return { id, message };
    },
    async send(chat, text) {
      const { id, message } = profile.write(chat, text);
      await profile.session.send(id, chat, message);
      return id;
    },
    async sends(chat, message) {
      const id = engine.newMessageId();
      profile.sent.set(id, { chat, message });
      await profile.session.send(id, chat, message);
      return id;
    },
    texts: () => profile.received.map((message) => String(message.content.text)),
    statusOf: (id) =>
      profile.receipts
        .filter((receipt) => receipt.ids.some((receiptId) => receiptId === id))
        .map((receipt) => receipt.status),
  };
  return profile;
}

function latest<K extends Link['is']>(links: Link[], kind: K): Extract<Link, { is: K }> | undefined {
  const link = links.at(-1);
  return link?.is === kind ? (link as Extract<Link, { is: K }>) : undefined;
}

function listenerOf(profile: Profile, links: Link[], db: Db): Listener {
  return {
    linkChanged: (link) => void links.push(link),
    async received(messages, settle) {
      await profile.beforeStoring?.(messages);
      await inTransaction(db, (tx) => settle(tx, messages));
      for (const message of messages) {
        const isNotice = ['call', 'group-change'].includes(message.content.type);
        (isNotice ? profile.notices : profile.received).push(message);
      }
    },
    async past(past, settle) {
      await inTransaction(db, settle);
      profile.past.push(past);
    },
    async stateTold(changes, settle) {
      await profile.beforeSetting?.(changes);
      await inTransaction(db, settle);
      profile.states.push(...changes);
    },
    receipts: async (receipts) => void profile.receipts.push(...receipts),
    chatsTold: async (facts) => void profile.facts.push(...facts),
    async groupsTold(news) {
      await profile.beforeNews?.();
      profile.news.push(...news);
    },
    presences: (facts) => void profile.presences.push(...facts),
    peopleChanged: (people) => void profile.changedPeople.push(...people),
    samePerson: async (pairs) => void profile.pairs.push(...pairs),
    recall: async (id) => profile.sent.get(id) ?? null,
  };
}

import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { ChatId } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import { troubleOf } from '../../platform/db/trouble.ts';
import type { Log } from '../../platform/log.ts';
import type { ChatFact, GroupNews, IncomingMessage, Listener, Receipt, Settle } from '../port.ts';
import { makeWellFormed } from './well-formed.ts';

export type Pair = { phone: ChatId; lid: ChatId };

type Item = { done(): void; isLate?: true } & (
  | { is: 'message'; value: IncomingMessage }
  | { is: 'receipt'; value: Receipt }
  | { is: 'pair'; value: Pair }
  | { is: 'chat'; value: ChatFact }
  | { is: 'group'; value: GroupNews }
  /** Nothing that arrived: a place in the queue. */
  | { is: 'mark' }
);

type Arrived = Extract<Item, { value: unknown }>;

/** Passes what arrived to the listener: in order, one call at a time, consecutive items of one kind together. */
export interface Inbox {
  message(message: IncomingMessage): Promise<void>;
  receipt(receipt: Receipt): Promise<void>;
  pair(pair: Pair): Promise<void>;
  chat(fact: ChatFact): Promise<void>;
  /** Well-formed where it was read: lists of members are longer than others may be. */
  group(news: GroupNews): Promise<void>;
  /** Resolves when the listener has been told what is in the queue now, or will be told nothing more. */
  handedOn(): Promise<void>;
  /** Resolves when the queue has room: the network is held back while the listener can't keep up. */
  room(): Promise<void>;
  close(): Promise<void>;
}

export interface InboxOptions {
  listener: Listener;
  settle: Settle;
  clock: Clock;
  log: Log;
}

const batchMax = 50;
const queueMax = 500;
const triesMax = 5;
const tryPauseMs = 100;
const tryPauseMsMax = 400;
const asidePauseMs = 15_000;

/** The items of a batch that could not be stored; `isPassing` when that was not because of the items. */
interface Leftover {
  items: Item[];
  isPassing: boolean;
}

/**
 * While the database is away, all items wait in order. An item whose own data are refused is dropped at once; one that
 * fails for an unknown reason is put aside as soon as another succeeds, so that no item holds up the others. Items put
 * aside are tried again later; a message that never succeeds comes again from the journal at the next connection.
 */
export function createInbox({ listener, settle, clock, log }: InboxOptions): Inbox {
  // The inbox is called inside key transactions; the listener's work must not become part of them.
  const outside = AsyncLocalStorage.snapshot();
  const closing = new AbortController();
  let queue: Item[] = [];
  let aside: Item[] = [];
  let asideTimer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let tries = 0;
  let room: PromiseWithResolvers<void> | undefined;

  function add(item: Item): void {
    if (closing.signal.aborted) return;
    queue.push(item);
    keepRoom();
    running ??= outside(drain).finally(() => {
      running = undefined;
    });
  }

  function keepRoom(): void {
    if (queue.length >= queueMax) room ??= Promise.withResolvers<void>();
    else {
      room?.resolve();
      room = undefined;
    }
  }

  async function drain(): Promise<void> {
    // Items that arrive in the same turn of the event loop share a batch.
    await new Promise(setImmediate);
    while (queue.length > 0 && !closing.signal.aborted) {
      const batch = nextBatch();
      keepRoom();
      const leftover = await deliver(batch);
      if (leftover.items.length > 0) await tryAgain(batch, leftover);
      else tries = 0;
    }
  }

  function nextBatch(): Item[] {
    const kind = queue[0]?.is;
    const end = queue.findIndex((item) => item.is !== kind);
    const batch = queue.slice(0, Math.min(end < 0 ? queue.length : end, batchMax));
    queue = queue.slice(batch.length);
    return batch;
  }

  /** All items in one call; when that fails, one by one. */
  async function deliver(batch: Item[]): Promise<Leftover> {
    try {
      await call(listener, settle, batch);
      for (const item of batch) item.done();
      return { items: [], isPassing: false };
    } catch (error) {
      const trouble = troubleOf(error);
      const [item, ...others] = batch;
      if (trouble !== 'passing' && others.length > 0) return await oneByOne(batch);
      const about = { err: error, count: batch.length, kind: item?.is };
      if (trouble === 'data') {
        log.warn(about, 'what arrived can’t be stored and is left out');
        item?.done();
        return { items: [], isPassing: false };
      }
      log.warn(about, 'what arrived could not be stored yet');
      return { items: batch, isPassing: trouble === 'passing' };
    }
  }

  async function oneByOne(batch: Item[]): Promise<Leftover> {
    const leftover: Leftover = { items: [], isPassing: false };
    for (const [index, item] of batch.entries()) {
      const { items, isPassing } = await deliver([item]);
      leftover.items.push(...items);
      if (!isPassing && !closing.signal.aborted) continue;
      return { items: [...leftover.items, ...batch.slice(index + 1)], isPassing };
    }
    return leftover;
  }

  /** Puts the items back in front of the queue, or aside when the cause seems to be in the items. */
  async function tryAgain(batch: Item[], { items, isPassing }: Leftover): Promise<void> {
    const isOwn = items.length < batch.length || items.every(({ isLate }) => isLate) || tries >= triesMax;
    if (!isPassing && isOwn) {
      tries = 0;
      putAside(items);
      return;
    }
    queue = [...items, ...queue];
    keepRoom();
    const ms = Math.min(tryPauseMs * 2 ** tries, tryPauseMsMax);
    tries += 1;
    await pause(ms, undefined, { signal: closing.signal }).catch(() => undefined);
  }

  function putAside(items: Item[]): void {
    for (const item of items) aside.push({ ...item, isLate: true });
    asideTimer ??= setTimeout(() => {
      asideTimer = undefined;
      const items = aside;
      aside = [];
      for (const item of items) add(item);
    }, asidePauseMs);
  }

  /** Makes the value well-formed in place: the journal knows a message by its identity. */
  const enqueue = <I extends Arrived>(is: I['is'], value: I['value']) =>
    new Promise<void>((done) => {
      makeWellFormed(value, clock.now());
      add({ is, value, done } as Item);
    });

  return {
    message: (message) => enqueue('message', message),
    receipt: (receipt) => enqueue('receipt', receipt),
    pair: (pair) => enqueue('pair', pair),
    chat: (fact) => enqueue('chat', fact),
    group: (value) => new Promise<void>((done) => add({ is: 'group', value, done })),
    handedOn: () =>
      new Promise<void>((done) => {
        if (closing.signal.aborted) done();
        else add({ is: 'mark', done });
      }),
    room: async () => room?.promise,
    async close() {
      closing.abort();
      clearTimeout(asideTimer);
      room?.resolve();
      await running;
      for (const item of queue) if (item.is === 'mark') item.done();
    },
  };
}

function call(listener: Listener, settle: Settle, batch: Item[]): Promise<void> {
  const messages: IncomingMessage[] = [];
  const receipts: Receipt[] = [];
  const pairs: Pair[] = [];
  const facts: ChatFact[] = [];
  const news: GroupNews[] = [];
  for (const item of batch) {
    if (item.is === 'message') messages.push(item.value);
    else if (item.is === 'receipt') receipts.push(item.value);
    else if (item.is === 'pair') pairs.push(item.value);
    else if (item.is === 'group') news.push(item.value);
    else if (item.is === 'chat') facts.push(item.value);
  }
  if (messages.length > 0) return listener.received(messages, settle);
  if (receipts.length > 0) return listener.receipts(receipts);
  if (news.length > 0) return listener.groupsTold?.(news) ?? Promise.resolve();
  if (pairs.length > 0) return listener.samePerson(pairs);
  return facts.length > 0 ? listener.chatsTold(facts) : Promise.resolve();
}

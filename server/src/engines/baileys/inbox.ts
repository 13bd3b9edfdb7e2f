import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { ChatId } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import { troubleOf } from '../../platform/db/trouble.ts';
import type { Log } from '../../platform/log.ts';
import type { ChatFact, IncomingMessage, Listener, Receipt, Settle } from '../port.ts';
import { makeWellFormed } from './well-formed.ts';

export type Pair = { phone: ChatId; lid: ChatId };

type Item = { heard(): void; isLate?: true } & (
  | { is: 'message'; value: IncomingMessage }
  | { is: 'receipt'; value: Receipt }
  | { is: 'pair'; value: Pair }
  | { is: 'chat'; value: ChatFact }
);

/** Tells the listener what arrived: in order, one call at a time, neighbours of one kind together. */
export interface Inbox {
  message(message: IncomingMessage): Promise<void>;
  receipt(receipt: Receipt): Promise<void>;
  pair(pair: Pair): Promise<void>;
  chat(fact: ChatFact): Promise<void>;
  /** Resolves as soon as not too much is waiting; holds the network back while the listener can't keep up. */
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
const waitingMax = 500;
const triesMax = 5;
const tryPauseMs = 100;
const tryPauseMsMax = 400;
const asidePauseMs = 15_000;

/** What of a batch could not be told, and whether that says something about the items or about everything. */
interface Failed {
  items: Item[];
  isPassing: boolean;
}

/**
 * While the database is away everything waits in order. What fails for its own data is dropped at once, and what fails
 * for reasons nobody knows is put aside as soon as anything else succeeds: no item holds up the others. What was put
 * aside is tried again later; if it never succeeds, the journal brings it again at the next connection.
 */
export function createInbox({ listener, settle, clock, log }: InboxOptions): Inbox {
  // Called from inside key transactions: what the listener does must not count as part of them.
  const outside = AsyncLocalStorage.snapshot();
  const closing = new AbortController();
  let waiting: Item[] = [];
  let aside: Item[] = [];
  let asideTimer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let tries = 0;
  let room: PromiseWithResolvers<void> | undefined;

  function add(item: Item): void {
    if (closing.signal.aborted) return;
    waiting.push(item);
    keepRoom();
    running ??= outside(drain).finally(() => {
      running = undefined;
    });
  }

  function keepRoom(): void {
    if (waiting.length >= waitingMax) room ??= Promise.withResolvers<void>();
    else {
      room?.resolve();
      room = undefined;
    }
  }

  async function drain(): Promise<void> {
    // Those that arrive in the same turn go together.
    await new Promise(setImmediate);
    while (waiting.length > 0 && !closing.signal.aborted) {
      const batch = nextBatch();
      keepRoom();
      const failed = await tell(batch);
      if (failed.items.length > 0) await goOn(batch, failed);
      else tries = 0;
    }
  }

  function nextBatch(): Item[] {
    const kind = waiting[0]?.is;
    const end = waiting.findIndex((item) => item.is !== kind);
    const batch = waiting.slice(0, Math.min(end < 0 ? waiting.length : end, batchMax));
    waiting = waiting.slice(batch.length);
    return batch;
  }

  /** Together, and when that fails one by one. */
  async function tell(batch: Item[]): Promise<Failed> {
    try {
      await call(listener, settle, batch);
      for (const item of batch) item.heard();
      return { items: [], isPassing: false };
    } catch (error) {
      const trouble = troubleOf(error);
      const [item, ...others] = batch;
      if (trouble !== 'passing' && others.length > 0) return await oneByOne(batch);
      const about = { err: error, count: batch.length, kind: item?.is };
      if (trouble === 'data') {
        log.warn(about, 'what arrived can’t be stored and is left out');
        item?.heard();
        return { items: [], isPassing: false };
      }
      log.warn(about, 'what arrived could not be stored yet');
      return { items: batch, isPassing: trouble === 'passing' };
    }
  }

  async function oneByOne(batch: Item[]): Promise<Failed> {
    const failed: Failed = { items: [], isPassing: false };
    for (const [index, item] of batch.entries()) {
      const { items, isPassing } = await tell([item]);
      failed.items.push(...items);
      if (!isPassing && !closing.signal.aborted) continue;
      return { items: [...failed.items, ...batch.slice(index + 1)], isPassing };
    }
    return failed;
  }

  /** Tries again in order, with what has come meanwhile, unless only these few seem to be the trouble. */
  async function goOn(batch: Item[], { items, isPassing }: Failed): Promise<void> {
    const isOwn = items.length < batch.length || items.every(({ isLate }) => isLate) || tries >= triesMax;
    if (!isPassing && isOwn) {
      tries = 0;
      putAside(items);
      return;
    }
    waiting = [...items, ...waiting];
    keepRoom();
    const ms = Math.min(tryPauseMs * 2 ** tries, tryPauseMsMax);
    tries += 1;
    await pause(ms, undefined, { signal: closing.signal }).catch(() => undefined);
  }

  function putAside(items: Item[]): void {
    for (const item of items) aside.push({ ...item, isLate: true });
    asideTimer ??= setTimeout(() => {
      asideTimer = undefined;
      const again = aside;
      aside = [];
      for (const one of again) add(one);
    }, asidePauseMs);
  }

  /** Whatever its kind, made well-formed here. The journal knows a message by its identity, so that stays. */
  const queue = <I extends Item>(is: I['is'], value: I['value']) =>
    new Promise<void>((heard) => {
      makeWellFormed(value, clock.now());
      add({ is, value, heard } as Item);
    });

  return {
    message: (message) => queue('message', message),
    receipt: (receipt) => queue('receipt', receipt),
    pair: (pair) => queue('pair', pair),
    chat: (fact) => queue('chat', fact),
    room: async () => room?.promise,
    async close() {
      closing.abort();
      clearTimeout(asideTimer);
      room?.resolve();
      await running;
    },
  };
}

function call(listener: Listener, settle: Settle, batch: Item[]): Promise<void> {
  const messages: IncomingMessage[] = [];
  const receipts: Receipt[] = [];
  const pairs: Pair[] = [];
  const facts: ChatFact[] = [];
  for (const item of batch) {
    if (item.is === 'message') messages.push(item.value);
    else if (item.is === 'receipt') receipts.push(item.value);
    else if (item.is === 'pair') pairs.push(item.value);
    else facts.push(item.value);
  }
  if (messages.length > 0) return listener.received(messages, settle);
  if (receipts.length > 0) return listener.receipts(receipts);
  return facts.length > 0 ? listener.chatsTold(facts) : listener.samePerson(pairs);
}

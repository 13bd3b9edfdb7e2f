import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { ChatId } from '../../platform/chat-id.ts';
import type { Log } from '../../platform/log.ts';
import type { IncomingMessage, Listener, Receipt, Settle } from '../port.ts';

export type Pair = { phone: ChatId; lid: ChatId };

type Item =
  | { is: 'message'; value: IncomingMessage; heard(): void }
  | { is: 'receipt'; value: Receipt; heard(): void }
  | { is: 'pair'; value: Pair; heard(): void };

/** Tells the listener what arrived: in order, one call at a time, neighbours of one kind together. */
export interface Inbox {
  message(message: IncomingMessage): Promise<void>;
  receipt(receipt: Receipt): Promise<void>;
  pair(pair: Pair): Promise<void>;
  /** Resolves as soon as not too much is waiting; holds the network back while the listener can't keep up. */
  room(): Promise<void>;
  /** Tells nothing any more; what is waiting stays in the journal. Resolves when the call under way is over. */
  close(): Promise<void>;
}

const batchMax = 50;
const waitingMax = 500;
const triesMax = 5;
const tryPauseMs = 100;
const asidePauseMs = 15_000;

/**
 * A batch that fails is told again one by one. One that keeps failing is put aside, so that it holds nobody
 * up, and tried again later; if it never succeeds, the journal brings it again at the next connection.
 */
export function createInbox(listener: Listener, settle: Settle, log: Log): Inbox {
  // Called from inside key transactions: what the listener does must not count as part of them.
  const outside = AsyncLocalStorage.snapshot();
  const closing = new AbortController();
  let waiting: Item[] = [];
  let aside: Item[] = [];
  let asideTimer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let room = Promise.withResolvers<void>();
  room.resolve();

  function add(item: Item): void {
    if (closing.signal.aborted) return;
    if (waiting.push(item) === waitingMax) room = Promise.withResolvers<void>();
    running ??= outside(drain).finally(() => {
      running = undefined;
    });
  }

  async function drain(): Promise<void> {
    // Those that arrive in the same turn go together.
    await new Promise(setImmediate);
    while (waiting.length > 0 && !closing.signal.aborted) {
      const batch = nextBatch();
      if (waiting.length < waitingMax) room.resolve();
      if (await tell(batch)) continue;
      for (const item of batch) await insist(item);
    }
  }

  function nextBatch(): Item[] {
    const kind = waiting[0]?.is;
    const end = waiting.findIndex((item) => item.is !== kind);
    const batch = waiting.slice(0, Math.min(end < 0 ? waiting.length : end, batchMax));
    waiting = waiting.slice(batch.length);
    return batch;
  }

  async function tell(batch: Item[]): Promise<boolean> {
    try {
      await call(listener, settle, batch);
      for (const item of batch) item.heard();
      return true;
    } catch (error) {
      log.warn(
        { err: error, count: batch.length, kind: batch[0]?.is },
        'what arrived could not be stored yet',
      );
      return false;
    }
  }

  async function insist(item: Item): Promise<void> {
    for (let attempt = 0; attempt < triesMax && !closing.signal.aborted; attempt++) {
      if (await tell([item])) return;
      await pause(tryPauseMs * 2 ** attempt, undefined, { signal: closing.signal }).catch(() => undefined);
    }
    aside.push(item);
    asideTimer ??= setTimeout(() => {
      asideTimer = undefined;
      const again = aside;
      aside = [];
      for (const one of again) add(one);
    }, asidePauseMs);
  }

  const queue = <I extends Item>(is: I['is'], value: I['value']) =>
    new Promise<void>((heard) => add({ is, value, heard } as Item));

  return {
    message: (message) => queue('message', message),
    receipt: (receipt) => queue('receipt', receipt),
    pair: (pair) => queue('pair', pair),
    room: () => room.promise,
    async close() {
      closing.abort();
      clearTimeout(asideTimer);
      room.resolve();
      await running;
    },
  };
}

function call(listener: Listener, settle: Settle, batch: Item[]): Promise<void> {
  const messages: IncomingMessage[] = [];
  const receipts: Receipt[] = [];
  const pairs: Pair[] = [];
  for (const item of batch) {
    if (item.is === 'message') messages.push(item.value);
    else if (item.is === 'receipt') receipts.push(item.value);
    else pairs.push(item.value);
  }
  if (messages.length > 0) return listener.received(messages, settle);
  return receipts.length > 0 ? listener.receipts(receipts) : listener.samePerson(pairs);
}

import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import { errorCode } from './database-unusable.ts';
import type { Tables } from './tables.ts';

/** The database outside a transaction. */
export type Db = Kysely<Tables>;
/** The database inside one. */
export type Tx = Transaction<Tables>;

const serializationFailure = '40001';
const deadlock = '40P01';
const retryMsFirst = 5;

const callbacksOf = new WeakMap<Tx, (() => void | Promise<void>)[]>();

/**
 * Runs the work in one transaction and returns its result after the commit. A deadlock or a serialization
 * failure runs the work again, so it must do nothing outside the transaction. Inside a transaction it joins that one.
 */
export async function inTransaction<T>(
  db: Db | Tx,
  work: (tx: Tx) => Promise<T>,
  { retries = 5 }: { retries?: number } = {},
): Promise<T> {
  if (isTx(db)) return work(db);
  for (let attempt = 0; ; attempt++) {
    try {
      return await once(db, work);
    } catch (error) {
      const code = errorCode(error);
      if (attempt >= retries || (code !== serializationFailure && code !== deadlock)) throw error;
      await pause(retryMsFirst * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}

async function once<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  const callbacks: (() => void | Promise<void>)[] = [];
  const result = await db.transaction().execute((tx) => {
    callbacksOf.set(tx, callbacks);
    return isWatched ? watched(() => work(tx)) : work(tx);
  });
  for (const callback of callbacks) void runAfterwards(callback);
  return result;
}

/**
 * Runs the function after the transaction has committed, and never otherwise. There is no guarantee: a process that
 * dies in between does not run it, so the part that it wakes must also look by itself.
 */
export function afterCommit(tx: Tx, callback: () => void | Promise<void>): void {
  const callbacks = callbacksOf.get(tx);
  if (!callbacks) throw new Error('afterCommit needs a transaction that inTransaction began');
  callbacks.push(callback);
}

/** The transaction has committed: the error of a callback must not look like a failed transaction. */
async function runAfterwards(callback: () => void | Promise<void>): Promise<void> {
  try {
    await callback();
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
  }
}

const within = new AsyncLocalStorage<{ isOpen: boolean }>();
let isWatched = false;

/**
 * From now on it is known who is inside a transaction, and pools refuse a second connection there: when all connections are
 * those of transactions that wait for another one, none ever comes. For tests; it costs a little. Ends with what it answers.
 */
export function watchTransactions(): () => void {
  isWatched = true;
  return () => {
    isWatched = false;
  };
}

/** Whether the caller is inside a transaction that is under way; always false where nobody watches. */
export const isInsideTransaction = (): boolean => within.getStore()?.isOpen === true;

/** What goes on when the transaction has ended is not inside it. */
async function watched<T>(work: () => Promise<T>): Promise<T> {
  const state = { isOpen: true };
  try {
    return await within.run(state, work);
  } finally {
    state.isOpen = false;
  }
}

function isTx(db: Db | Tx): db is Tx {
  return db.isTransaction;
}

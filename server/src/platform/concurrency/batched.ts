import { setTimeout as pause } from 'node:timers/promises';

export interface BatchOptions {
  /** Most items of one batch. */
  max?: number;
  /** Batches that are written at the same time. */
  atOnce?: number;
  /** The first batch begins one turn of the event loop later, so that all calls of the same turn share it. */
  aTurnLater?: boolean;
  /** Each batch begins so long after its first call, so that calls which come one by one share it, too. */
  gatherMs?: number;
}

interface Call<Item, Result> {
  item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Makes one write out of many calls: the items that come while a write is under way wait, and share the next write in
 * the order in which they came. `write` answers the results in the order of its items. When a write fails, the calls
 * of its batch are rejected and no others.
 */
export function batched<Item>(
  write: (items: Item[]) => Promise<void>,
  options?: BatchOptions,
): (item: Item) => Promise<void>;
export function batched<Item, Result>(
  write: (items: Item[]) => Promise<readonly Result[]>,
  options?: BatchOptions,
): (item: Item) => Promise<Result>;
export function batched<Item, Result>(
  write: (items: Item[]) => Promise<unknown>,
  { max = Number.POSITIVE_INFINITY, atOnce = 1, aTurnLater = false, gatherMs }: BatchOptions = {},
): (item: Item) => Promise<Result> {
  let waiting: Call<Item, Result>[] = [];
  let running = 0;

  async function run(): Promise<void> {
    running += 1;
    while (waiting.length > 0) {
      if (gatherMs !== undefined) await pause(gatherMs);
      const batch = waiting.slice(0, max);
      waiting = waiting.slice(max);
      try {
        const results = (await write(batch.map(({ item }) => item))) as readonly Result[] | undefined;
        for (const [index, { resolve }] of batch.entries()) resolve(results?.[index] as Result);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    running -= 1;
  }

  function begin(): void {
    if (waiting.length > 0 && running < atOnce) void run();
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (running >= atOnce) return;
      if (aTurnLater) setImmediate(begin);
      else begin();
    });
}

export interface BatchOptions {
  /** So many go together at most. */
  max?: number;
  /** So many batches are written at once. */
  atOnce?: number;
  /** A first batch begins a turn of the event loop later, so that what is asked for in the same turn goes together. */
  aTurnLater?: boolean;
}

interface Asked<Item, Result> {
  item: Item;
  done(result: Result): void;
  failed(error: unknown): void;
}

/**
 * Makes one write of many that come at the same time: what is asked for while a write is under way goes together in
 * the next one, in the order in which it came. `write` answers the results in the order of its items. Each promise
 * ends as its own write did; a write that fails takes none of the others along.
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
  { max = Number.POSITIVE_INFINITY, atOnce = 1, aTurnLater = false }: BatchOptions = {},
): (item: Item) => Promise<Result> {
  let waiting: Asked<Item, Result>[] = [];
  let running = 0;

  async function run(): Promise<void> {
    running += 1;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, max);
      waiting = waiting.slice(max);
      try {
        const results = (await write(batch.map(({ item }) => item))) as readonly Result[] | undefined;
        for (const [index, { done }] of batch.entries()) done(results?.[index] as Result);
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    running -= 1;
  }

  function begin(): void {
    if (waiting.length > 0 && running < atOnce) void run();
  }

  return (item) =>
    new Promise((done, failed) => {
      waiting.push({ item, done, failed });
      if (running >= atOnce) return;
      if (aTurnLater) setImmediate(begin);
      else begin();
    });
}

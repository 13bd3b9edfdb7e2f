/** Work that waits in lines: one line for each key, none of which holds up another. */
export interface Turns<Key> {
  /**
   * Does the work once everything that was asked for before it under this key has ended, well or not, and ends as the
   * work does. It begins a moment later even in an empty line, and in the async context of whoever asked. Work must not
   * wait for its own line.
   */
  inTurn<Result>(key: Key, work: () => Promise<Result> | Result): Promise<Result>;
  /** How much stands in this line, what is being done included. */
  count(key: Key): number;
  /** Ends when all lines are empty. */
  idle(): Promise<void>;
}

/** Lines nobody stands in take no memory. */
export function createTurns<Key = string>(): Turns<Key> {
  const lines = new Map<Key, { last: Promise<unknown>; count: number }>();
  return {
    async inTurn(key, work) {
      const line = lines.get(key) ?? { last: Promise.resolve(), count: 0 };
      lines.set(key, line);
      line.count += 1;
      const begin = () => work();
      const turn = line.last.then(begin, begin);
      line.last = turn;
      try {
        return await turn;
      } finally {
        line.count -= 1;
        if (line.count === 0) lines.delete(key);
      }
    },
    count: (key) => lines.get(key)?.count ?? 0,
    async idle() {
      while (lines.size > 0) await Promise.allSettled([...lines.values()].map(({ last }) => last));
    },
  };
}

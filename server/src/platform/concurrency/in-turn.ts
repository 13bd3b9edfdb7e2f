/** Work that waits in lines: one line for each key; lines do not wait for each other. */
export interface Turns<Key> {
  /**
   * Does the work once all earlier work of this key has ended, well or not; the promise ends as the work does. Even in
   * an empty line the work begins a moment later, and always in the async context of its caller. Work must not wait for
   * its own line.
   */
  inTurn<Result>(key: Key, work: () => Promise<Result> | Result): Promise<Result>;
  /** How many works are in this line, with the one under way. */
  count(key: Key): number;
  /** Ends when all lines are empty. */
  idle(): Promise<void>;
}

/** Empty lines take no memory. */
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

/** Work that waits in a line of its own per key: one after the other, in the order it was asked for. */
export function createLines(failed: (key: string, error: unknown) => void) {
  const last = new Map<string, Promise<void>>();
  return {
    /** Resolves when the work is done; what it throws is told to `failed`, and the line goes on. */
    run(key: string, work: () => Promise<void>): Promise<void> {
      const mine: Promise<void> = (last.get(key) ?? Promise.resolve())
        .then(work)
        .catch((error: unknown) => failed(key, error))
        .finally(() => {
          if (last.get(key) === mine) last.delete(key);
        });
      last.set(key, mine);
      return mine;
    },

    isBusy: (key: string): boolean => last.has(key),

    /** Resolves when nothing waits any more. */
    async idle(): Promise<void> {
      while (last.size > 0) await Promise.all(last.values());
    },
  };
}

export type Lines = ReturnType<typeof createLines>;

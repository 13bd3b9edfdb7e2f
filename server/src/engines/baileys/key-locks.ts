/** Runs work of one name one after the other; names nobody uses take no memory. */
export type Lock = <T>(name: string, work: () => Promise<T>) => Promise<T>;

export function createLocks(): Lock {
  const last = new Map<string, Promise<unknown>>();
  return async (name, work) => {
    const before = last.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    last.set(name, mine);
    try {
      return await mine;
    } finally {
      if (last.get(name) === mine) last.delete(name);
    }
  };
}

/**
 * libsignal keeps one queue per peer address for the whole process and runs a waiting job in the async
 * context of the job before it, which may belong to another profile's key transaction. So no job of ours
 * ever waits there: it waits here first.
 */
export const libsignalTurn: Lock = createLocks();

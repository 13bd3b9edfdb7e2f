const queues = new WeakMap<object, Map<string, Promise<unknown>>>();

/** Does something when everything begun earlier for the same name in the same store has ended. */
export async function inTurn<T>(store: object, name: string, work: () => Promise<T>): Promise<T> {
  const queue = queues.get(store) ?? new Map<string, Promise<unknown>>();
  queues.set(store, queue);
  const result = after(queue.get(name), work);
  const ended = result.then(nothing, nothing);
  queue.set(name, ended);
  try {
    return await result;
  } finally {
    if (queue.get(name) === ended) queue.delete(name);
  }
}

/** Waits in the caller's own context, so that work never runs in that of the work before it. */
async function after<T>(before: Promise<unknown> | undefined, work: () => Promise<T>): Promise<T> {
  await before;
  return work();
}

const nothing = () => undefined;

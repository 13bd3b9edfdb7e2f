import type { VectorsTask } from '../threads/vectors-task.ts';
import type { Workshop } from '../threads/workshop.ts';
import type { Near } from './matrix.ts';
import type { VectorStore } from './vectors.store.ts';

/** Which vectors of which profile, as it was then. */
interface Which {
  profileId: string;
  model: string;
  /** Of what the profile knows: others are not looked at any more. */
  version: string;
}

interface Held {
  which: Which;
  /** Its name in the thread, another one for each time it is loaded. */
  matrix: string;
  bytes: number;
  /** Of how many chunks there are vectors; undefined when they are too many. */
  ready: Promise<number | undefined>;
}

/** So many bytes of all profiles together are held. */
const bytesMax = 256 * 1024 * 1024;
const pageLength = 1_000;

/** Holds vectors of the profiles that were searched last in a thread, as far as they fit, and asks it for the nearest. */
export function createHeld(
  store: Pick<VectorStore, 'sizeOf' | 'page'>,
  thread: Pick<Workshop<VectorsTask, Near[]>, 'run'>,
  limit: number = bytesMax,
) {
  /** The one that was used last comes last. */
  const held = new Map<string, Held>();
  let loads = 0;

  function forget(key: string): void {
    const gone = held.get(key);
    held.delete(key);
    if (gone) thread.run({ kind: 'forget', key: gone.matrix }).catch(() => undefined);
  }

  /** Those used longest ago go first. */
  function makeRoom(bytes: number, but: Held): void {
    let used = bytes;
    for (const one of held.values()) if (one !== but) used += one.bytes;
    for (const [key, one] of [...held]) {
      if (used <= limit) return;
      if (one === but) continue;
      used -= one.bytes;
      forget(key);
    }
  }

  async function load(entry: Held): Promise<number | undefined> {
    const { profileId, model } = entry.which;
    const bytes = await store.sizeOf(profileId, model);
    const isCompact = bytes > limit;
    entry.bytes = isCompact ? bytes / 4 : bytes;
    if (entry.bytes > limit) {
      entry.bytes = 0;
      return undefined;
    }
    makeRoom(entry.bytes, entry);
    let dimensions: number | undefined;
    let chunks = 0;
    for (let after = ''; ; ) {
      const rows = await store.page(profileId, model, after, pageLength);
      const last = rows.at(-1);
      if (!last) return chunks;
      after = last.hash;
      const size = dimensions ?? last.vector.length / 4;
      dimensions = size;
      // One that came before a model of the same name changed its length is of no use.
      const fitting = rows.filter(({ vector, ids }) => vector.length === size * 4 && ids.length > 0);
      const values = new Float32Array(fitting.length * size);
      for (const [at, { vector }] of fitting.entries()) values.set(floatsOf(vector), at * size);
      const ids = fitting.map((row) => row.ids);
      for (const same of ids) chunks += same.length;
      await thread.run({ kind: 'add', key: entry.matrix, dimensions: size, isCompact, ids, values });
    }
  }

  return {
    /**
     * The nearest chunks, and of how many chunks there are vectors. Undefined when these are too many to be held.
     * @throws Error when the database or the thread fails
     */
    async nearest(which: Which, query: Promise<Float32Array>, count: number) {
      const key = JSON.stringify([which.profileId, which.model, which.version]);
      for (const [other, { which: old }] of [...held]) {
        if (old.profileId === which.profileId && other !== key) forget(other);
      }
      const known = held.get(key);
      const entry = known ?? {
        which,
        matrix: `${++loads}`,
        bytes: 0,
        ready: Promise.resolve<number | undefined>(0),
      };
      // Behind all that were used before.
      held.delete(key);
      held.set(key, entry);
      if (!known) {
        entry.ready = load(entry);
        entry.ready.catch(() => forget(key));
      }
      const [total, vector] = await Promise.all([entry.ready, query]);
      if (total === undefined) return undefined;
      const near = await thread.run({ kind: 'nearest', key: entry.matrix, query: vector, limit: count });
      return { total, near };
    },

    /** The thread has ended, and with it all it held. */
    lost(): void {
      held.clear();
    },
  };
}

export type HeldVectors = ReturnType<typeof createHeld>;

/** The bytes of a row may lie anywhere in a larger piece of memory. */
function floatsOf(bytes: Buffer): Float32Array {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

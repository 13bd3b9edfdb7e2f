import { createHash, randomBytes } from 'node:crypto';
import type { Store } from './store/sqlite.ts';

/** The folder belongs to a network that was made with another seed, or with none. */
class SeedMismatch extends Error {
  constructor() {
    super(
      'this folder holds a network with other keys than those of the seed: give the seed it was made with, leave the seed out, or use an empty folder',
    );
  }
}

/**
 * The 32 bytes that every key of this network is derived from; made once and kept. With `seed` (any text) they follow
 * from it, so that networks with the same seed have the same root key, and the same LID and phone keys for a number.
 * Throws when the folder was made otherwise.
 */
export function masterSeed(store: Store, seed?: string): Buffer {
  const wanted = seed ? createHash('sha256').update(`sandbox seed ${seed}`).digest() : undefined;
  const kept = store.get<{ value: Uint8Array }>("SELECT value FROM meta WHERE key = 'master'");
  if (kept) {
    const master = Buffer.from(kept.value);
    if (wanted && !wanted.equals(master)) throw new SeedMismatch();
    return master;
  }
  const master = wanted ?? randomBytes(32);
  store.run("INSERT INTO meta (key, value) VALUES ('master', ?)", master);
  return master;
}

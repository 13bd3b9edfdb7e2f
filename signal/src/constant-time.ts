import { timingSafeEqual } from 'node:crypto';

/** Whether bytes are the same; takes as long wherever they differ. Only their lengths may be guessed from it. */
export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Overwrites keys that are needed no more. Copies that the engine made of them are out of reach. */
export function wipe(...keys: readonly Uint8Array[]): void {
  for (const key of keys) key.fill(0);
}

import type { ChainKey } from '../chain.ts';
import { wipe } from '../constant-time.ts';
import { agree, type KeyPair } from '../curve/key-pair.ts';
import { hkdf } from '../kdf.ts';

const info = Buffer.from('WhisperRatchet');

/** Turns a root key with the secret of two ratchet keys: the next root key, and a chain that begins. */
export function turnRoot(
  rootKey: Uint8Array,
  own: KeyPair,
  remote: Uint8Array,
): { rootKey: Buffer; chain: ChainKey } {
  const secret = agree(own, remote);
  const derived = hkdf(secret, info, 64, rootKey);
  wipe(secret);
  return { rootKey: derived.subarray(0, 32), chain: { next: 0, key: derived.subarray(32) } };
}

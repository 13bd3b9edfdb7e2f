import { hash } from 'node:crypto';
import { verifySignature } from '../keys.ts';

/** Fingerprints of what has proved true lately, the oldest first. */
const proved = new Set<string>();
const PROVED_MAX = 1000;

/**
 * Whether a signature is true, as `verifySignature` says; what has proved true is not computed again. All members of a
 * group check the same one, and here they share a processor.
 */
export function isProved(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const key = publicKey.length === 33 ? publicKey.subarray(1) : publicKey;
  // With lengths of their own for two of the three, different parts never make the same whole.
  if (key.length !== 32 || signature.length !== 64) return false;
  const name = hash('sha256', Buffer.concat([key, signature, message]), 'base64');
  if (proved.has(name)) return true;
  if (!verifySignature(key, message, signature)) return false;
  proved.add(name);
  if (proved.size > PROVED_MAX) for (const oldest of proved) return proved.delete(oldest);
  return true;
}

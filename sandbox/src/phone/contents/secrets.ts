import { randomBytes } from 'node:crypto';
import { aesDecryptGCM, aesEncryptGCM, hmacSign } from 'baileys';
import type { Sealed } from './reading.ts';

/** What is said under the secret of another message. */
export type Purpose = 'Poll Vote' | 'Event Response' | 'Enc Reaction' | 'Event Edit' | 'Message Edit';

/** The message it is about, who wrote that, and who answers; people as JIDs without device. */
interface Parties {
  readonly id: string;
  readonly creator: string;
  readonly actor: string;
}

const IV_BYTES = 12;

function keyFor(purpose: Purpose, secret: Uint8Array, { id, creator, actor }: Parties): Buffer {
  const info = Buffer.concat([Buffer.from(id + creator + actor + purpose), Buffer.from([1])]);
  return hmacSign(info, hmacSign(secret, new Uint8Array(32)));
}

/** Only answers that are counted carry the name of whoever gives them. */
const SIGNED = new Set<Purpose>(['Poll Vote', 'Event Response']);

const additional = (purpose: Purpose, { id, actor }: Parties): Buffer =>
  Buffer.from(SIGNED.has(purpose) ? `${id}\u0000${actor}` : '');

/** Encrypts what is said under a secret. */
export function seal(purpose: Purpose, secret: Uint8Array, parties: Parties, plain: Uint8Array): Sealed {
  const iv = randomBytes(IV_BYTES);
  const key = keyFor(purpose, secret, parties);
  return { iv, payload: aesEncryptGCM(plain, key, iv, additional(purpose, parties)) };
}

/**
 * Decrypts it again. Clients name people by LID or by phone number, so every pair of names is tried;
 * undefined when none fits.
 */
export function unseal(
  purpose: Purpose,
  secret: Uint8Array,
  id: string,
  creators: string[],
  actors: string[],
  { payload, iv }: Sealed,
): Buffer | undefined {
  for (const creator of creators) {
    for (const actor of actors) {
      const parties = { id, creator, actor };
      try {
        return aesDecryptGCM(payload, keyFor(purpose, secret, parties), iv, additional(purpose, parties));
      } catch {
        // Other names were meant.
      }
    }
  }
  return undefined;
}

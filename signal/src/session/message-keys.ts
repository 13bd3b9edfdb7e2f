import { hkdf, hmac } from '../kdf.ts';
import { macBytes } from '../wire/messages.ts';

const info = Buffer.from('WhisperMessageKeys');

/** What one message is encrypted and authenticated with. Wipe `all` afterwards: the others are views of it. */
export interface MessageKeys {
  readonly cipherKey: Buffer;
  readonly macKey: Buffer;
  readonly iv: Buffer;
  readonly all: Buffer;
}

export function messageKeys(seed: Uint8Array): MessageKeys {
  const all = hkdf(seed, info, 80);
  return { cipherKey: all.subarray(0, 32), macKey: all.subarray(32, 64), iv: all.subarray(64), all };
}

/** The MAC of a message between two identities, its sender first. */
export function macOf(key: Uint8Array, sender: Uint8Array, receiver: Uint8Array, signed: Uint8Array): Buffer {
  return hmac(key, Buffer.concat([sender, receiver, signed])).subarray(0, macBytes);
}

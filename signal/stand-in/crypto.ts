import { decryptAes, encryptAes } from '../src/aes.ts';
import { hkdf, hmac } from '../src/kdf.ts';

/** AES-256-CBC. */
export function encrypt(key: Uint8Array, plaintext: Uint8Array, iv: Uint8Array): Buffer {
  return encryptAes(key, iv, plaintext);
}

export function decrypt(key: Uint8Array, ciphertext: Uint8Array, iv: Uint8Array): Buffer {
  return decryptAes(key, iv, ciphertext);
}

/** HMAC with SHA-256. */
export function calculateMAC(key: Uint8Array, data: Uint8Array): Buffer {
  return hmac(key, data);
}

/** HKDF with SHA-256, 32 bytes at a time. */
export function deriveSecrets(secret: Uint8Array, salt: Uint8Array, info: Uint8Array, chunks = 3): Buffer[] {
  const derived = hkdf(secret, info, 32 * chunks, salt);
  return Array.from({ length: chunks }, (_, n) => derived.subarray(32 * n, 32 * (n + 1)));
}

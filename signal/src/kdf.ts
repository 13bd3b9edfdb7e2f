import { createHmac, hkdfSync } from 'node:crypto';

const zeros = Buffer.alloc(32);

/** HMAC with SHA-256. */
export function hmac(key: Uint8Array, data: Uint8Array): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

/** HKDF with SHA-256 (RFC 5869): so many bytes out of a secret. The salt is 32 zero bytes unless one is given. */
export function hkdf(secret: Uint8Array, info: Uint8Array, length: number, salt: Uint8Array = zeros): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, info, length));
}

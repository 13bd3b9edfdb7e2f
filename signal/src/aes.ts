import { createCipheriv, createDecipheriv } from 'node:crypto';

/** AES-256-CBC with PKCS#7 padding. */
export function encryptAes(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  return Buffer.concat([cipher.update(plaintext), cipher.final()]);
}

/** @throws when the padding is wrong, which tells nothing to whoever can't make a valid MAC first */
export function decryptAes(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-256-cbc', key, iv);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
}

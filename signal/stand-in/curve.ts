import { x25519 } from '../src/curve/key-pair.ts';
import { keyBytes, rawPublicKey, untyped } from '../src/curve/public-key.ts';
import { signatureBytes, verify } from '../src/curve/verify.ts';
import { MalformedError } from '../src/errors.ts';

export { generateKeyPair } from '../src/curve/key-pair.ts';
export { sign as calculateSignature } from '../src/curve/sign.ts';

/**
 * The secret of somebody's public key and a private key of ours. Any 32 bytes are taken but a point of low order: a key
 * that was read with a wrong pairing code is such, and the answer made with it is what the phone refuses.
 */
export function calculateAgreement(publicKey: Uint8Array, privateKey: Uint8Array): Buffer {
  const raw = untyped(publicKey);
  if (raw.length !== keyBytes) throw new MalformedError('Invalid public key');
  return x25519(privateKey, raw);
}

/**
 * Whether a signature is true. Baileys looks at nothing but whether this throws, and it has to for what can't be a
 * signature or a key at all.
 */
export function verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== signatureBytes) throw new MalformedError('Invalid signature');
  return verify(rawPublicKey(publicKey), message, signature);
}

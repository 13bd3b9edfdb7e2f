import { createPublicKey, type KeyObject, verify as verifyNatively } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { BoundedCache } from '../bounded-cache.ts';
import { bytesOf, numberOf, rawPublicKey } from './public-key.ts';

const { Fp } = ed25519.Point;
export const signatureBytes = 64;
/** Ready keys by sign and public key: the same few sign again and again. */
const ready = new BoundedCache<KeyObject>(2_000);

/**
 * Whether the owner of a key for agreeing has signed a message, as XEdDSA says. Signers of old put the sign of their
 * point into the highest bit of the signature, which Ed25519 has no use for. Never throws: what is malformed is no
 * signature.
 */
export function verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== signatureBytes) return false;
  const edwards = Buffer.from(signature);
  const last = edwards[63] ?? 0;
  edwards[63] = last & 127;
  try {
    return verifyNatively(null, message, keyOf(rawPublicKey(publicKey), last & 128), edwards);
  } catch {
    return false;
  }
}

/** The key that Ed25519 knows the point by: y = (u - 1) / (u + 1). */
function keyOf(raw: Uint8Array, signBit: number): KeyObject {
  const name = `${signBit}${Buffer.from(raw).toString('latin1')}`;
  const known = ready.get(name);
  if (known) return known;
  const u = numberOf(raw);
  const point = bytesOf(Fp.div(Fp.create(u - 1n), Fp.create(u + 1n)));
  point[31] = (point[31] ?? 0) | signBit;
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') };
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  ready.set(name, key);
  return key;
}

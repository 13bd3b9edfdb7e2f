import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { BoundedCache } from '../bounded-cache.ts';
import { wipe } from '../constant-time.ts';
import { publicKeyOf } from './key-pair.ts';

const privateDer = Buffer.from('302e020100300506032b657004220420', 'hex');
/** Ready keys of Node by the hash of their seed. */
const ready = new BoundedCache<KeyObject>(1_000);

/**
 * A key that only signs: the seed of an Ed25519 key whose scalar is the private key of `publicKey`. What Node signs with
 * the seed, everybody verifies with the public key as XEdDSA says, and it takes a tenth of {@link sign}'s time.
 */
export interface Signer {
  readonly seed: Buffer;
  readonly publicKey: Buffer;
}

/** Seeds are drawn until the point is the even one, which is the one that XEdDSA verifies with. */
export function generateSigner(): Signer {
  for (;;) {
    const seed = randomBytes(32);
    if (isEven(keyOf(seed))) return { seed, publicKey: publicOf(seed) };
  }
}

export function signWithSeed(seed: Uint8Array, message: Uint8Array): Buffer {
  const name = createHash('sha256').update(seed).digest('base64');
  const key = ready.get(name) ?? keyOf(seed);
  ready.set(name, key);
  return sign(null, message, key);
}

function keyOf(seed: Uint8Array): KeyObject {
  const der = Buffer.concat([privateDer, seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  wipe(der);
  return key;
}

function isEven(key: KeyObject): boolean {
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  return (Buffer.from(x, 'base64url')[31] ?? 0) < 128;
}

/** Ed25519's scalar is half of the seed's hash (RFC 8032, 5.1.5); X25519 clamps it the same way. */
function publicOf(seed: Uint8Array): Buffer {
  const hash = createHash('sha512').update(seed).digest();
  const publicKey = publicKeyOf(hash.subarray(0, 32));
  wipe(hash);
  return publicKey;
}

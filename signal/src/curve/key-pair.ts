import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { BoundedCache } from '../bounded-cache.ts';
import { isSame } from '../constant-time.ts';
import { MalformedError } from '../errors.ts';
import { keyBytes, rawPublicKey, typedPublicKey } from './public-key.ts';

/** A Curve25519 key pair as storages keep it: the public key with its type byte (33 bytes), the private one (32). */
export interface KeyPair {
  readonly pubKey: Uint8Array;
  readonly privKey: Uint8Array;
}

const privateDer = Buffer.from('302e020100300506032b656e04220420', 'hex');
/** Ready keys of Node, by public key: making one from bytes takes as long as agreeing with it. */
const ready = new BoundedCache<{ privKey: Uint8Array; key: KeyObject }>(2_000);

/** A new key pair. */
export function generateKeyPair(): { pubKey: Buffer; privKey: Buffer } {
  const { privateKey } = generateKeyPairSync('x25519');
  const { x = '', d = '' } = privateKey.export({ format: 'jwk' });
  const raw = Buffer.from(x, 'base64url');
  const privKey = Buffer.from(d, 'base64url');
  ready.set(raw.toString('latin1'), { privKey: Buffer.from(privKey), key: privateKey });
  return { pubKey: typedPublicKey(raw), privKey };
}

/** Forgets the ready key of a pair that has done its work. */
export function forget(pubKey: Uint8Array): void {
  ready.delete(Buffer.from(rawPublicKey(pubKey)).toString('latin1'));
}

/** The secret of a key pair of ours and somebody's public key. */
export function agree(own: KeyPair, publicKey: Uint8Array): Buffer {
  return secretOf(readyKey(own), rawPublicKey(publicKey));
}

/** The public key of a private one, with its type byte. */
export function publicKeyOf(privKey: Uint8Array): Buffer {
  const { x = '' } = createPublicKey(privateKeyOf(privKey)).export({ format: 'jwk' });
  return typedPublicKey(Buffer.from(x, 'base64url'));
}

/** X25519 as RFC 7748 says, for any 32 bytes: judging the point is the caller's. */
export function x25519(scalar: Uint8Array, u: Uint8Array): Buffer {
  return secretOf(privateKeyOf(scalar), u);
}

function secretOf(privateKey: KeyObject, u: Uint8Array): Buffer {
  const jwk = { kty: 'OKP', crv: 'X25519', x: Buffer.from(u).toString('base64url') };
  try {
    return diffieHellman({ privateKey, publicKey: createPublicKey({ key: jwk, format: 'jwk' }) });
  } catch {
    // Node refuses a secret of zeros, which points of low order lead to.
    throw new MalformedError('Invalid public key');
  }
}

/** A ready key counts only for exactly this private key, whatever public one it was said to have. */
function readyKey({ pubKey, privKey }: KeyPair): KeyObject {
  const name = Buffer.from(rawPublicKey(pubKey)).toString('latin1');
  const known = ready.get(name);
  if (known && isSame(known.privKey, privKey)) return known.key;
  const key = privateKeyOf(privKey);
  ready.set(name, { privKey: Buffer.from(privKey), key });
  return key;
}

function privateKeyOf(privKey: Uint8Array): KeyObject {
  if (privKey.length !== keyBytes) throw new MalformedError('Invalid private key');
  const der = Buffer.concat([privateDer, privKey]);
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } finally {
    der.fill(0);
  }
}

import { createHash, randomBytes } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { BoundedCache } from '../bounded-cache.ts';
import { wipe } from '../constant-time.ts';
import { MalformedError } from '../errors.ts';
import { bytesOf, keyBytes, numberOf } from './public-key.ts';

const { Point } = ed25519;
const order = Point.Fn.ORDER;
/** What XEdDSA puts before everything it hashes for a nonce: 2^256 - 2, which begins no point. */
const noncePrefix = Buffer.concat([Buffer.from([0xfe]), Buffer.alloc(31, 0xff)]);
/** Public points by the hash of the private key; they are half the work of a signature. */
const points = new BoundedCache<{ point: Buffer; isOdd: boolean }>(1_000);

/** Signs with a key for agreeing, as XEdDSA says. The point that it is verified with is always the even one. */
export function sign(privKey: Uint8Array, message: Uint8Array): Buffer {
  if (privKey.length !== keyBytes) throw new MalformedError('Invalid private key');
  const clamped = Buffer.from(privKey);
  clamped[0] = (clamped[0] ?? 0) & 248;
  clamped[31] = ((clamped[31] ?? 0) & 127) | 64;
  const { point, isOdd } = pointOf(clamped);
  const scalar = isOdd ? order - (numberOf(clamped) % order) : numberOf(clamped) % order;
  const secret = bytesOf(scalar);
  const nonce = numberOf(sha512(noncePrefix, secret, message, randomBytes(64))) % order;
  const commitment = Point.BASE.multiply(nonce).toBytes();
  const challenge = numberOf(sha512(commitment, point, message)) % order;
  const answer = bytesOf((nonce + challenge * scalar) % order);
  wipe(clamped, secret);
  return Buffer.concat([commitment, answer]);
}

function pointOf(clamped: Buffer): { point: Buffer; isOdd: boolean } {
  const name = createHash('sha256').update(clamped).digest('base64');
  const known = points.get(name);
  if (known) return known;
  const point = Buffer.from(Point.BASE.multiply(numberOf(clamped) % order).toBytes());
  const highest = point[31] ?? 0;
  point[31] = highest & 127;
  const made = { point, isOdd: highest > 127 };
  points.set(name, made);
  return made;
}

function sha512(...parts: Uint8Array[]): Buffer {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { createRequire } from 'node:module';

/**
 * Changes: signatures are verified by Node's own Ed25519.
 *
 * Why: in plain JavaScript each takes some ten milliseconds, and there is one with every message of a group and two with
 * every login. A signature whose second half is not reduced, which no client makes, is refused here and taken there.
 *
 * In: `libsignal/src/curve.js` (verifySignature), which calls `verify` of curve25519-js; for groups
 * `baileys/lib/Signal/Group/sender-key-message.js`, for logins `baileys/lib/Utils/noise-handler.js`.
 */
const ofLibsignal = createRequire(createRequire(import.meta.url).resolve('libsignal'));
const curve = ofLibsignal('curve25519-js') as { verify: typeof isSigned };

curve.verify = isSigned;

/** Whether a key for agreeing (X25519) has signed this, as XEdDSA says. */
export function isSigned(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const edwards = Buffer.from(signature);
  const last = edwards.readUInt8(63);
  // The sign of the point travels in the highest bit, which Ed25519 has no use for.
  edwards.writeUInt8(last & 127, 63);
  return verify(null, message, keyOf(publicKey, last & 128), edwards);
}

const prime = 2n ** 255n - 19n;
const keptMax = 1_000;
const kept = new Map<string, KeyObject>();

/** The key that Ed25519 knows the point by: y = (u - 1) / (u + 1). The same few sign again and again. */
function keyOf(publicKey: Uint8Array, signBit: number): KeyObject {
  const name = `${signBit}${Buffer.from(publicKey).toString('base64')}`;
  const known = kept.get(name);
  if (known) return known;
  const reversed = Buffer.from(publicKey).reverse();
  reversed.writeUInt8(reversed.readUInt8(0) & 127, 0);
  const u = BigInt(`0x${reversed.toString('hex')}`);
  const y = ((u - 1n + prime) * inverse(u + 1n)) % prime;
  const point = Buffer.from(y.toString(16).padStart(64, '0'), 'hex').reverse();
  point.writeUInt8(point.readUInt8(31) | signBit, 31);
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') };
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  if (kept.size >= keptMax) kept.clear();
  kept.set(name, key);
  return key;
}

function inverse(value: bigint): bigint {
  let result = 1n;
  let square = value % prime;
  for (let left = prime - 2n; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % prime;
    square = (square * square) % prime;
  }
  return result;
}

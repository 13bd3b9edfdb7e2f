import { createHash, createHmac, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';

const X25519_PRIVATE = Buffer.from('302e020100300506032b656e04220420', 'hex');
const ED25519_PRIVATE = Buffer.from('302e020100300506032b657004220420', 'hex');
const ED25519_PUBLIC = Buffer.from('302a300506032b6570032100', 'hex');
const PRIME = 2n ** 255n - 19n;

/** A key pair that agrees (X25519) and signs (XEdDSA). All parts are 32 bytes; `public` has no type byte. */
export interface Identity {
  readonly private: Buffer;
  readonly public: Buffer;
  sign(message: Uint8Array): Buffer;
}

function rawPublic(der: Buffer): Buffer {
  const key = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  return key.export({ format: 'der', type: 'spki' }).subarray(-32);
}

function clampedScalar(seed: Uint8Array): Buffer {
  const scalar = createHash('sha512').update(seed).digest().subarray(0, 32);
  scalar.writeUInt8(scalar.readUInt8(0) & 248, 0);
  scalar.writeUInt8((scalar.readUInt8(31) & 127) | 64, 31);
  return scalar;
}

/**
 * The identity that belongs to a 32-byte seed. The seed is an Ed25519 seed and the X25519 key is its scalar, so
 * signing is native Ed25519 with the sign bit of the public point moved into the signature, which is what
 * XEdDSA verifiers expect. Signing this way takes microseconds instead of the milliseconds of plain JavaScript.
 */
export function identityFromSeed(seed: Uint8Array): Identity {
  const scalar = clampedScalar(seed);
  const edDer = Buffer.concat([ED25519_PRIVATE, seed]);
  const edKey = createPrivateKey({ key: edDer, format: 'der', type: 'pkcs8' });
  const signBit = rawPublic(edDer).readUInt8(31) & 128;
  return {
    private: scalar,
    public: rawPublic(Buffer.concat([X25519_PRIVATE, scalar])),
    sign(message) {
      const signature = sign(null, message, edKey);
      signature.writeUInt8(signature.readUInt8(63) | signBit, 63);
      return signature;
    },
  };
}

/** A seed of 32 bytes for one named purpose, always the same for the same master seed. */
export function deriveSeed(master: Uint8Array, purpose: string): Buffer {
  return createHmac('sha256', master).update(purpose).digest();
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (
    let factor = base % PRIME, rest = exponent;
    rest > 0n;
    rest >>= 1n, factor = (factor * factor) % PRIME
  ) {
    if (rest & 1n) result = (result * factor) % PRIME;
  }
  return result;
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

const POINTS_MAX = 5000;
/** Edwards y of public keys seen before: working it out costs more than the verification itself. */
const points = new Map<string, Buffer>();

function edwardsY(key: Uint8Array): Buffer {
  const name = Buffer.from(key).toString('latin1');
  const known = points.get(name);
  if (known) return known;
  const u = littleEndian(key) & (2n ** 255n - 1n);
  const y = ((((u - 1n + PRIME) % PRIME) * power(u + 1n, PRIME - 2n)) % PRIME).toString(16).padStart(64, '0');
  const point = Buffer.from(y, 'hex').reverse();
  if (points.size >= POINTS_MAX) points.clear();
  points.set(name, point);
  return point;
}

/**
 * Whether a 64-byte XEdDSA signature is true for a Curve25519 public key (32 bytes, or 33 with the type byte).
 * Never throws: malformed input is simply not a true signature.
 */
export function verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const key = publicKey.length === 33 ? publicKey.subarray(1) : publicKey;
  if (key.length !== 32 || signature.length !== 64) return false;
  const point = Buffer.from(edwardsY(key));
  const plain = Buffer.from(signature);
  point.writeUInt8(point.readUInt8(31) | (plain.readUInt8(63) & 128), 31);
  plain.writeUInt8(plain.readUInt8(63) & 127, 63);
  try {
    const edKey = createPublicKey({
      key: Buffer.concat([ED25519_PUBLIC, point]),
      format: 'der',
      type: 'spki',
    });
    return verify(null, message, edKey, plain);
  } catch {
    return false;
  }
}

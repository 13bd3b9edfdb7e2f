import { MalformedError } from '../errors.ts';

/** The byte before a Curve25519 public key on the wire. */
export const keyType = 5;
export const keyBytes = 32;
const typedBytes = 33;
const prime = 2n ** 255n - 19n;

/** Points that agree with everybody on the same few secrets (RFC 7748, 6.1): all of order 8 or less. */
const lowOrder = new Set(
  [
    0n,
    1n,
    325606250916557431795983626356110631294008115727848805560023387167927233504n,
    39382357235489614581723060781553021112529911719440698176882885853963445705823n,
    prime - 1n,
  ].map((u) => bytesOf(u).toString('latin1')),
);

/** A number as 32 bytes, the lowest first. */
export function bytesOf(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse();
}

/** The number that bytes hold, the lowest first. */
export function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

/** A public key without its type byte, when it has one. */
export function untyped(key: Uint8Array): Uint8Array {
  return key.length === typedBytes && key[0] === keyType ? key.subarray(1) : key;
}

/**
 * The 32 bytes of a public key, with or without its type byte before them. Only what a key pair can have is taken: a
 * number below the field's prime, and no point of low order.
 */
export function rawPublicKey(key: Uint8Array): Uint8Array {
  const raw = untyped(key);
  if (raw.length !== keyBytes || !isCanonical(raw) || lowOrder.has(Buffer.from(raw).toString('latin1'))) {
    throw new MalformedError('Invalid public key');
  }
  return raw;
}

/** A public key as it travels: the type byte, then 32 bytes. */
export function typedPublicKey(raw: Uint8Array): Buffer {
  const typed = Buffer.allocUnsafe(typedBytes);
  typed[0] = keyType;
  typed.set(raw, 1);
  return typed;
}

/** Below 2^255 - 19, read from the highest byte down; public keys are no secret, so it may stop early. */
function isCanonical(raw: Uint8Array): boolean {
  if ((raw[31] ?? 255) < 127) return true;
  if ((raw[31] ?? 255) > 127) return false;
  for (let at = 30; at > 0; at--) if (raw[at] !== 255) return true;
  return (raw[0] ?? 255) < 0xed;
}

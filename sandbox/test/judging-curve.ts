import * as curve from 'libsignal/src/curve.js';

/** How many signatures were true, and how many were not. */
export interface Checked {
  true: number;
  false: number;
}

export const { generateKeyPair, calculateAgreement, calculateSignature } = curve;

/** Throws where the library only says so, and counts. */
export function verifySignature(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const outcome = curve.verifySignature(key, message, signature);
  const checked = Reflect.get(globalThis, Symbol.for('checked signatures')) as Checked;
  checked[`${outcome}`] += 1;
  if (!outcome) throw new Error('signature is not true');
  return true;
}

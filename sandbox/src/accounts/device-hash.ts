import { createHash } from 'node:crypto';
import type { Account } from './account.ts';

const HASH_BYTES = 6;

/** What clients compare with their own list of a person's devices, to know whether they have missed a change. */
export function deviceHash({ number, devices }: Account): string {
  const names = [0, ...devices.keys()].map((device) => `${number}.0:${device}@s.whatsapp.net`).sort();
  const hash = createHash('sha256').update(names.join('')).digest().subarray(0, HASH_BYTES);
  return `2:${hash.toString('base64').replaceAll('=', '')}`;
}

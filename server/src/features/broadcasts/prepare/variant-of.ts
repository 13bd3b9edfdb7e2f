import { createHash } from 'node:crypto';
import type { Variant } from '../broadcasts.tables.ts';

/** Which variant somebody is sent: always the same, in shares of the weights, without a state to keep. */
export function variantOf(
  broadcastId: string,
  chat: string,
  variants: readonly Pick<Variant, 'weight'>[] | null,
): number {
  if (!variants || variants.length < 2) return 0;
  const total = variants.reduce((sum, { weight }) => sum + weight, 0);
  const hash = createHash('sha256').update(`${broadcastId} ${chat}`).digest().readUInt32BE(0);
  let left = (hash / 2 ** 32) * total;
  for (const [at, { weight }] of variants.entries()) {
    left -= weight;
    if (left < 0) return at;
  }
  return variants.length - 1;
}

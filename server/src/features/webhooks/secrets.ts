import { randomBytes } from 'node:crypto';
import type { Vault } from '../../platform/crypto.ts';
import { Failure } from '../../platform/failures.ts';

const lengthMin = 16;
const lengthMax = 256;

interface SealedSecrets {
  secret: Buffer;
  previous_secret: Buffer | null;
  previous_secret_until: Date | null;
}

const context = (webhookId: string) => `webhook/${webhookId}`;

export function sealSecret(vault: Vault, webhookId: string, secret: string): Buffer {
  return vault.sealText(secret, context(webhookId));
}

/** The secrets that sign now: the current one, and the previous one until its end. */
export function validSecrets(
  vault: Vault,
  webhookId: string,
  row: SealedSecrets,
  now: Date,
): [string, ...string[]] {
  const current = vault.openText(row.secret, context(webhookId));
  const previous = row.previous_secret;
  if (!previous || !row.previous_secret_until || row.previous_secret_until <= now) return [current];
  return [current, vault.openText(previous, context(webhookId))];
}

/**
 * The caller's secret, or a new one of 64 hex digits.
 * @throws Failure VALIDATION_ERROR unless it has 16 to 256 printable ASCII characters.
 */
export function chooseSecret(secret: string | undefined): string {
  if (secret === undefined) return randomBytes(32).toString('hex');
  if (secret.length >= lengthMin && secret.length <= lengthMax && /^[\x21-\x7e]+$/.test(secret))
    return secret;
  const problem = `must have ${lengthMin} to ${lengthMax} printable characters without spaces`;
  throw new Failure('VALIDATION_ERROR', {
    says: `The secret ${problem}.`,
    details: [{ path: '/secret', problem }],
  });
}

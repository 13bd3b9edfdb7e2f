import { randomBytes } from 'node:crypto';
import type { Vault } from '../../platform/crypto.ts';
import { Failure } from '../../platform/failures.ts';

const lengthMin = 16;
const lengthMax = 256;
const maskSign = '*';

interface SealedSecrets {
  secret: Buffer;
  previous_secret: Buffer | null;
  previous_secret_until: Date | null;
}

const context = (webhookId: string) => `webhook/${webhookId}`;

export function sealSecret(vault: Vault, webhookId: string, secret: string): Buffer {
  return vault.sealText(secret, context(webhookId));
}

/** The secrets that sign now: the current one, and the one before while its time runs. */
export function validSecrets(
  vault: Vault,
  webhookId: string,
  row: SealedSecrets,
  now: Date,
): [string, ...string[]] {
  const current = vault.openText(row.secret, context(webhookId));
  const before = row.previous_secret;
  if (!before || !row.previous_secret_until || row.previous_secret_until <= now) return [current];
  return [current, vault.openText(before, context(webhookId))];
}

/** A secret shown after its creation: its last four characters. */
export function maskSecret(secret: string): string {
  return maskSign.repeat(8) + secret.slice(-4);
}

export function isMasked(secret: string): boolean {
  return secret.startsWith(maskSign.repeat(8));
}

/**
 * The caller's secret, or a new one of 64 hex digits.
 * @throws Failure VALIDATION_ERROR unless it has 16 to 256 printable ASCII characters.
 */
export function chooseSecret(given: string | undefined): string {
  if (given === undefined) return randomBytes(32).toString('hex');
  if (given.length >= lengthMin && given.length <= lengthMax && /^[\x21-\x7e]+$/.test(given)) return given;
  const problem = `must have ${lengthMin} to ${lengthMax} printable characters without spaces`;
  throw new Failure('VALIDATION_ERROR', {
    says: `The secret ${problem}.`,
    details: [{ path: '/secret', problem }],
  });
}

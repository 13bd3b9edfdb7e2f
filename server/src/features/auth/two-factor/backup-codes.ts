import { createHmac, randomBytes } from 'node:crypto';
import type { Vault } from '../../../platform/crypto.ts';

const codesCount = 8;
const codeBytes = 4;

/** Eight different codes of eight upper-case hexadecimal digits. */
export function newBackupCodes(): string[] {
  const codes = new Set<string>();
  while (codes.size < codesCount) codes.add(randomBytes(codeBytes).toString('hex').toUpperCase());
  return [...codes];
}

/** The stored form of a code: from a plain digest so short a code could be guessed, so the digest has a key. */
export function createCodeHash(vault: Vault): (userId: string, code: string) => Buffer {
  const key = vault.derive('backup-codes');
  return (userId, code) => createHmac('sha256', key).update(`${userId}/${code}`).digest();
}

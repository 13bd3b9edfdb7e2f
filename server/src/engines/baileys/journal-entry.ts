import { createHash } from 'node:crypto';

/** A decrypted stanza that has not been stored yet: enough to understand the message again without its keys. */
export interface JournalEntry {
  /** SHA-256 of the ciphertext, in hex. */
  hash: string;
  /** Attributes of the stanza that brought it. */
  attrs: Record<string, string>;
  /** Kind of the ciphertext: `msg`, `pkmsg` or `skmsg`. */
  encryption: string;
  plaintext: Uint8Array;
  /** Order of arrival within one connection; the clock alone may say the same twice. */
  order: number;
}

export function hashOf(ciphertext: Uint8Array): string {
  return createHash('sha256').update(ciphertext).digest('hex');
}

/** The stored form of an entry, before it is sealed. */
export function writeEntry(entry: JournalEntry): string {
  return JSON.stringify({ ...entry, plaintext: Buffer.from(entry.plaintext).toString('base64') });
}

export function readEntry(text: string): JournalEntry {
  const entry = JSON.parse(text) as Omit<JournalEntry, 'plaintext'> & { plaintext: string };
  return { ...entry, plaintext: Buffer.from(entry.plaintext, 'base64') };
}

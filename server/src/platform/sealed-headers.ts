import type { Vault } from './crypto.ts';
import { maskSecret } from './masked.ts';

/** A header as it is stored: encrypted, and bound to its name and owner. */
export interface SealedHeader {
  readonly sealed: string;
}
/** Headers as they are stored: names in clear, values encrypted. A plain text is a value from an older version. */
export type StoredHeaders = Record<string, string | SealedHeader>;

/** The mask of a shorter value does not show its end, which would be most of it. */
const shownFrom = 16;

const context = (owner: string, name: string) => `${owner}/header/${name}`;

/** `owner` names what the header is of, such as `webhook/<id>`: for another one it does not open. */
export function sealHeader(vault: Vault, owner: string, name: string, value: string): SealedHeader {
  return { sealed: vault.sealText(value, context(owner, name)).toString('base64') };
}

/** @throws Error when it was sealed for another owner, name or key */
export function openHeader(vault: Vault, owner: string, name: string, stored: StoredHeaders[string]): string {
  if (typeof stored === 'string') return stored;
  return vault.openText(Buffer.from(stored.sealed, 'base64'), context(owner, name));
}

export function sealHeaders(vault: Vault, owner: string, headers: Record<string, string>): StoredHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, sealHeader(vault, owner, name, value)]),
  );
}

/** @throws Error as `openHeader` */
export function openHeaders(
  vault: Vault,
  owner: string,
  stored: Readonly<StoredHeaders>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(stored).map(([name, value]) => [name, openHeader(vault, owner, name, value)]),
  );
}

/** Headers as they are answered. */
export function maskHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, maskOf(value)]));
}

/** Whether a client sent back what it was answered of this value. */
export function isMaskOf(mask: string, value: string | undefined): boolean {
  return value !== undefined && maskOf(value) === mask;
}

function maskOf(value: string): string {
  return value.length < shownFrom ? maskSecret('') : maskSecret(value);
}

import type { Problem } from '../../../platform/failures.ts';
import { isMasked } from '../../../platform/masked.ts';

/** The value a body gives a text: what was there when it is absent, nothing when it is null. */
export function textOf(given: string | number | null | undefined, before: string): string {
  return given === undefined ? before : String(given ?? '').trim();
}

/** Masks of this server and of the clients before it. */
const isMask = (text: string) => isMasked(text) || /^•{4,}$/.test(text);

/** The secret that a body leaves: a mask or nothing keeps the one before. */
export function secretOf(given: string | null | undefined, before: string | null) {
  const isKept = given === undefined || (given !== null && isMask(given.trim()));
  return { value: isKept ? before : given?.trim() || null, isKept };
}

/** An address without a slash at its end; what it is not, in words. */
export function addressProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return 'must be complete, as in https://example.com';
  const { protocol, username, password, search, hash } = new URL(text);
  if (!['http:', 'https:'].includes(protocol)) return 'must begin with http:// or https://';
  if (username || password) return 'must not hold a user name or a password';
  return search || hash ? 'must end with its path' : undefined;
}

/** A secret that is kept goes to no other address than the one it was given for. */
export function movedSecret(
  path: string,
  secret: { value: string | null; isKept: boolean },
  [before, now]: readonly [string | undefined, string],
): Problem[] {
  const isElsewhere = before !== undefined && before !== '' && originOf(before) !== originOf(now);
  if (!isElsewhere || !secret.isKept || secret.value === null) return [];
  return [{ path, problem: 'is needed anew for another address' }];
}

/** Texts that go into a header. */
export function headerProblem(path: string, value: string | null): Problem[] {
  return value === null || /^[\x21-\x7e]+$/.test(value)
    ? []
    : [{ path, problem: 'must be printable characters without blanks' }];
}

export const withoutSlash = (text: string): string => text.replace(/\/{1,50}$/, '');

const originOf = (text: string) => (URL.canParse(text) ? new URL(text).origin : text);

/** Words as people write them, each once. */
export function wordsOf(given: readonly string[] | null | undefined, before: readonly string[]): string[] {
  if (given === undefined) return [...before];
  return [...new Set((given ?? []).map((word) => word.trim()).filter((word) => word !== ''))];
}

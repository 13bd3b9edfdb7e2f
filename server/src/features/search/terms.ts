import { fold } from './fold.ts';

const termsMax = 8;

/**
 * What somebody looks for, folded: each word for itself, and what stands in quotation marks as one. All of them must be in
 * what is found, also as a part of a longer word. Empty when there is nothing to look for.
 */
export function termsOf(q: string): string[] {
  const terms = writtenTermsOf(q).map((term) => fold(term).trim());
  return [...new Set(terms)];
}

/** The same as it was written. */
export function writtenTermsOf(q: string): string[] {
  const parts = [...q.toWellFormed().matchAll(/["“”„«»]([^"“”„«»]+)["“”„«»]|([^\s"“”„«»]+)/gu)];
  const terms = parts.map(([, phrase, word]) => (phrase ?? word ?? '').replaceAll('\0', ''));
  return [...new Set(terms.filter((term) => fold(term).trim() !== ''))].slice(0, termsMax);
}

/** A pattern of `like` for texts that contain the term, whatever stands in it. */
export function containing(term: string): string {
  return `%${term.replace(/[\\%_]/g, '\\$&')}%`;
}

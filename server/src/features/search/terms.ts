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

/**
 * The long numbers in terms, with the sign before and behind them, which the index knows too. Few messages of all
 * organisations have one: the words around it, and whose message it is, would only cost, as what stands in every message
 * has the longest lists of the index.
 */
export function numbersOf(terms: readonly string[]): string[] {
  return terms.flatMap((term) => term.match(/[^\p{L}\p{N}]?\p{Nd}{5,}[^\p{L}\p{N}]?/gu) ?? []);
}

/** A pattern of `like` for texts that contain the term, whatever stands in it. */
export function containing(term: string): string {
  return `%${term.replace(/[\\%_]/g, '\\$&')}%`;
}

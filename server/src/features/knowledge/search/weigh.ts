import { mayBeMistyped, termsOf } from '../text/terms.ts';
import type { Corpus, Likeness, WeighedTerm } from './words.store.ts';

/** Words of one query that count; the longest question has fewer. */
const termsMax = 200;
const widenedMax = 12;
/** What a word is worth that is only written like the one asked for. */
const alikeWorth = 0.5;
/** So many chunks are looked up by their words, the rarest words first. */
const leadsMax = 20_000;

/** A word of the query: what it is worth, and which words stand for it, with how much of it each covers. */
export interface Wish {
  idf: number;
  by: { term: string; part: number }[];
}

/** A query, ready to be looked for. */
export interface Weighed {
  terms: WeighedTerm[];
  wishes: Wish[];
}

/** The words of a query, each once. */
export function askedTerms(query: string): string[] {
  return [...new Set(termsOf(query))].slice(0, termsMax);
}

/** Those of the words that stand nowhere and may be typing errors. */
export function unknownTerms(asked: readonly string[], { df }: Corpus): string[] {
  return asked.filter((term) => !df.has(term) && mayBeMistyped(term)).slice(0, widenedMax);
}

/** How rare a word is; never 0, so that a base of one chunk is found. */
export function idf(chunks: number, df: number): number {
  return Math.log(1 + (chunks - df + 0.5) / (df + 0.5));
}

/** What each word is worth, and by which of them chunks are looked up: the rarest, as far as their chunks are not too many. */
export function weigh(asked: readonly string[], corpus: Corpus, alike: readonly Likeness[]): Weighed {
  const found = new Map<string, { weight: number; df: number }>();
  const add = (term: string, df: number, worth: number) => {
    const weight = worth * idf(corpus.chunks, df);
    if (weight > (found.get(term)?.weight ?? 0)) found.set(term, { weight, df });
  };
  const wishes = asked.map((term): Wish => {
    const df = corpus.df.get(term);
    if (df !== undefined) {
      add(term, df, 1);
      return { idf: idf(corpus.chunks, df), by: [{ term, part: 1 }] };
    }
    const likes = alike.filter((like) => like.asked === term);
    for (const like of likes) add(like.term, like.df, alikeWorth);
    return {
      idf: idf(corpus.chunks, 0),
      by: likes.map(({ term: like, likeness }) => ({ term: like, part: likeness })),
    };
  });
  let looked = 0;
  const terms = [...found]
    .sort(([one, a], [other, b]) => a.df - b.df || (one < other ? -1 : 1))
    .map(([term, { weight, df }], place) => {
      const leads = place === 0 || looked + df <= leadsMax;
      if (leads) looked += df;
      return { term, weight, leads };
    });
  return { terms, wishes };
}

/** Which part of the query, by the rarity of its words, the given words cover: 0 to 1. */
export function supportOf(wishes: readonly Wish[], terms: ReadonlySet<string>): number {
  let covered = 0;
  let all = 0;
  for (const { idf: worth, by } of wishes) {
    all += worth;
    covered += worth * Math.max(0, ...by.map(({ term, part }) => (terms.has(term) ? part : 0)));
  }
  return all === 0 ? 0 : covered / all;
}

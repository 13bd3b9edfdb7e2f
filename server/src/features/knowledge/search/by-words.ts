import { once } from '../../../platform/concurrency/once.ts';
import type { Wish } from './weigh.ts';
import { askedTerms, unknownTerms, weigh } from './weigh.ts';
import type { WordsStore } from './words.store.ts';

/** A chunk that was found by its words. */
export interface WordHit {
  id: string;
  /** BM25. */
  score: number;
  /** Words of it that count. */
  terms: string[];
}

/** What words found, the best first. */
export interface WordAnswer {
  hits: WordHit[];
  wishes: readonly Wish[];
  /** What the profile knew then; undefined when it knows nothing. */
  corpus: { chunks: number; version: string } | undefined;
}

const none: WordAnswer = { hits: [], wishes: [], corpus: undefined };

/** Ranks the chunks of a profile by the words of a query. Typing errors are forgiven where the database has trigrams. */
export function createByWords(store: WordsStore) {
  const hasTrigrams = once(store.hasTrigrams);

  return async (
    organizationId: string,
    profileId: string,
    query: string,
    limit: number,
  ): Promise<WordAnswer> => {
    const asked = askedTerms(query);
    const trigrams = await hasTrigrams();
    const answer = await store.along(async (tx): Promise<WordAnswer> => {
      const corpus = await store.corpus(tx, organizationId, profileId, asked);
      if (!corpus) return none;
      const unknown = trigrams ? unknownTerms(asked, corpus) : [];
      const alike = unknown.length > 0 ? await store.alike(tx, profileId, unknown) : [];
      const { terms, wishes } = weigh(asked, corpus, alike);
      const averageLength = Math.max(1, corpus.totalLength / corpus.chunks);
      const place = { organizationId, profileId };
      const scored = terms.length > 0 ? await store.best(tx, place, terms, { averageLength, limit }) : [];
      const hits = scored.map(({ id, score, matched }) => ({
        ...{ id, score },
        terms: matched.flatMap((n) => terms[n]?.term ?? []),
      }));
      return { hits, wishes, corpus };
    });
    return answer ?? none;
  };
}

export type ByWords = ReturnType<typeof createByWords>;

import type { ByVectors, Known, VectorAnswer } from './by-vectors.ts';
import type { ByWords } from './by-words.ts';
import type { ChunksStore } from './chunks.store.ts';
import { fuse, spread } from './fuse.ts';
import { supportOf } from './weigh.ts';

/** A chunk that answers a query. */
interface KnowledgeChunk {
  chunkId: string;
  documentId: string;
  documentName: string;
  heading: string | null;
  position: number;
  text: string;
  /** Above 0, at most 1; the order. */
  score: number;
  /** BM25; 0 when only its vector is near. */
  textScore: number;
  /** Cosine; null without vectors. */
  vectorScore: number | null;
  /** Which part of the query's rarity its words cover: 0 to 1. */
  support: number;
}

/** What a profile knows about a query. */
export interface KnowledgeAnswer {
  chunks: KnowledgeChunk[];
  /** Which part of the query's rarity the best chunks cover together: 0 to 1. */
  support: number;
  /** Vectors were wanted, but words alone answered. */
  degraded: boolean;
}

/** Places that are ranked, so that enough are left when neighbours were taken out. */
const rankedMax = 100;
/** Support is what these first chunks cover together. */
const supporting = 3;

/** The vector of a query has so long; then words alone answer. */
const vectorMsMax = 1_500;

/** How a search is to be made. */
interface SearchOptions {
  limit: number;
  /** False when words alone are to answer. */
  embed?: boolean;
  /** How long vectors may take. */
  deadlineMs?: number;
  /** A chunk whose vector is as near as this supports all of the query. What that is depends on the model. */
  cosineFloor?: number;
}

/** Searches what a profile knows: for the route, and for whoever answers customers. */
export function createSearch(deps: {
  byWords: ByWords;
  byVectors: ByVectors | undefined;
  chunks: ChunksStore;
  /** Something has no vector of the model in force. */
  incomplete(organizationId: string, profileId: string): void;
}) {
  /**
   * Whoever asks has checked the caller. Nothing is found for an unknown profile, one of another organisation, and a
   * query without words.
   */
  return async (
    organizationId: string,
    profileId: string,
    query: string,
    { limit, embed = true, deadlineMs = vectorMsMax, cosineFloor = Number.POSITIVE_INFINITY }: SearchOptions,
  ): Promise<KnowledgeAnswer> => {
    const words = deps.byWords(organizationId, profileId, query, rankedMax);
    const known = words.then(({ corpus }) => corpus);
    const [{ hits, wishes }, near] = await Promise.all([words, byVectors(known)]);
    const isRanked = near.is === 'ranked';
    if (near.is === 'missing' || (isRanked && !near.isComplete)) deps.incomplete(organizationId, profileId);
    const ranked = fuse(hits, isRanked ? near.hits : undefined);
    const rows = new Map(
      (
        await deps.chunks.read(
          organizationId,
          ranked.map(({ id }) => id),
        )
      ).map((row) => [row.id, row]),
    );
    const termsOf = new Map(hits.map(({ id, terms }) => [id, terms]));
    const found = ranked.flatMap(({ id, ...scores }) => {
      const row = rows.get(id);
      return row ? [{ ...row, ...scores, terms: termsOf.get(id) ?? [] }] : [];
    });
    const shown = spread(found, limit);
    const chunks = shown.map(({ id, terms, content, ...chunk }) => ({
      chunkId: id,
      documentId: chunk.document_id,
      documentName: chunk.document_name,
      heading: chunk.heading,
      position: chunk.position,
      text: content,
      score: chunk.score,
      textScore: chunk.textScore,
      vectorScore: chunk.vectorScore,
      support: (chunk.vectorScore ?? -1) >= cosineFloor ? 1 : supportOf(wishes, new Set(terms)),
    }));
    const together = new Set(shown.slice(0, supporting).flatMap(({ terms }) => terms));
    const support = Math.max(supportOf(wishes, together), ...chunks.map((chunk) => chunk.support));
    return { chunks, support, degraded: near.is === 'missing' };

    async function byVectors(corpus: Promise<Known | undefined>): Promise<VectorAnswer> {
      if (!embed || !deps.byVectors) return { is: 'unwanted' };
      const options = { known: corpus, deadlineMs, limit: rankedMax };
      return deps.byVectors(organizationId, profileId, query, options);
    }
  };
}

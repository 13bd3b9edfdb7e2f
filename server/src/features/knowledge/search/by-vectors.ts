import type { Embedder } from '../embedder.ts';
import type { HeldVectors } from '../vectors/held.ts';
import { unit } from '../vectors/unit.ts';

/** What a profile knows, as the words saw it. */
export interface Known {
  chunks: number;
  version: string;
}

/** Chunks by the cosine of their vectors, the nearest first; or why there are none. */
export type VectorAnswer =
  | { is: 'ranked'; hits: { id: string; score: number }[]; isComplete: boolean }
  /** No model is in force: nothing is missed. */
  | { is: 'unwanted' }
  /** The provider failed or was late, or nothing has a vector yet. */
  | { is: 'missing' };

const late = Symbol('late');

/** Ranks the chunks of a profile by vectors. Never throws and never takes longer than it is given. */
export function createByVectors(embedder: Embedder, held: HeldVectors) {
  return async (
    organizationId: string,
    profileId: string,
    query: string,
    { known, deadlineMs, limit }: { known: Promise<Known | undefined>; deadlineMs: number; limit: number },
  ): Promise<VectorAnswer> => {
    const { promise: patience, resolve } = Promise.withResolvers<typeof late>();
    const timer = setTimeout(() => resolve(late), deadlineMs);
    const ranking = rank();
    ranking.catch(() => undefined);
    try {
      const answer = await Promise.race([ranking, patience]);
      return answer === late ? { is: 'missing' } : answer;
    } catch {
      return { is: 'missing' };
    } finally {
      clearTimeout(timer);
    }

    async function rank(): Promise<VectorAnswer> {
      const model = await embedder.embeddingModel(organizationId);
      if (!model) return { is: 'unwanted' };
      const wanted = vectorOf(model);
      wanted.catch(() => undefined);
      const now = await known;
      if (!now) return { is: 'unwanted' };
      const found = await held.nearest({ profileId, model, version: now.version }, wanted, limit);
      if (!found || found.total === 0) return { is: 'missing' };
      const hits = found.near.flatMap(({ ids, score }) => ids.map((id) => ({ id, score })));
      return { is: 'ranked', hits, isComplete: found.total >= now.chunks };
    }

    async function vectorOf(model: string): Promise<Float32Array> {
      const options = { deadlineMs, profileId, purpose: 'query' } as const;
      const answer = await embedder.embed(organizationId, [query], options);
      const vector = unit(answer.vectors[0] ?? []);
      if (!vector || answer.model !== model) throw new Error('There is no vector of this model.');
      return vector;
    }
  };
}

export type ByVectors = ReturnType<typeof createByVectors>;

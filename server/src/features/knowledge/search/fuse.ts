/** A chunk, and where each ranking has it. */
export interface Fused {
  id: string;
  /** Above 0, at most 1. */
  score: number;
  textScore: number;
  vectorScore: number | null;
}

interface Ranked {
  id: string;
  score: number;
}

/** How slowly the first places lose their worth. */
const k = 60;
/** Of each ranking these count. */
const rankedMax = 50;

/**
 * Joins rankings by the places of each chunk, which need no common scale. Without vectors the order is that of the words.
 * A first place counts twice: what one ranking is surest of is not pushed out by what both have in their middle. A chunk
 * that is first everywhere has the score 1.
 */
export function fuse(words: readonly Ranked[], vectors: readonly Ranked[] | undefined): Fused[] {
  const rankings = [words, ...(vectors ? [vectors] : [])];
  const best = rankings.length * worthOf(0);
  const found = new Map<string, Fused>();
  const at = (id: string): Fused => {
    const known = found.get(id) ?? { id, score: 0, textScore: 0, vectorScore: null };
    found.set(id, known);
    return known;
  };
  for (const ranking of rankings) {
    for (const [place, { id }] of ranking.slice(0, rankedMax).entries())
      at(id).score += worthOf(place) / best;
  }
  for (const { id, score } of words) if (found.has(id)) at(id).textScore = score;
  for (const { id, score } of vectors ?? []) if (found.has(id)) at(id).vectorScore = score;
  return [...found.values()].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
}

const worthOf = (place: number): number => (place === 0 ? 2 : 1) / (k + 1 + place);

interface Placed {
  document_id: string;
  position: number;
}

/** Of a row of neighbours in a document at most the two best: one place does not fill the answer. */
export function spread<Chunk extends Placed>(chunks: readonly Chunk[], limit: number): Chunk[] {
  const taken: Chunk[] = [];
  for (const chunk of chunks) {
    if (taken.length === limit) break;
    if (neighboursOf(chunk, taken) < 2) taken.push(chunk);
  }
  return taken;
}

/** How many of the taken ones are in one row with the chunk. */
function neighboursOf(chunk: Placed, taken: readonly Placed[]): number {
  const positions = new Set(
    taken.filter((one) => one.document_id === chunk.document_id).map((one) => one.position),
  );
  let count = 0;
  for (const step of [-1, 1]) {
    for (let at = chunk.position + step; positions.has(at); at += step) count += 1;
  }
  return count;
}

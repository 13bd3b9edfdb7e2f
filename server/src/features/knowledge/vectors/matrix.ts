/** A chunk, or several that say the same, and how near they are: the cosine. */
export interface Near {
  ids: string[];
  score: number;
}

/** Vectors of one length, one behind the other. */
interface Block {
  ids: string[][];
  values: Float32Array | Int8Array;
  /** What a byte stands for in each vector, where values are bytes. */
  scales: Float32Array | undefined;
}

/** Vectors of a profile in memory; every one is compared, so nothing near is missed. */
export function createMatrix(dimensions: number, { isCompact }: { isCompact: boolean }) {
  const blocks: Block[] = [];
  return {
    /** @param values unit vectors, one behind the other */
    add(ids: string[][], values: Float32Array): void {
      blocks.push(isCompact ? { ids, ...compact(values, dimensions) } : { ids, values, scales: undefined });
    },

    /** The nearest, the best first. */
    nearest(query: Float32Array, limit: number): Near[] {
      if (query.length !== dimensions) return [];
      const best: Near[] = [];
      let least = Number.NEGATIVE_INFINITY;
      for (const { ids, values, scales } of blocks) {
        for (let row = 0; row < ids.length; row++) {
          let score = dot(values, row * dimensions, query);
          if (scales) score *= scales[row] ?? 0;
          if (best.length === limit && score <= least) continue;
          best.push({ ids: ids[row] ?? [], score });
          best.sort((one, other) => other.score - one.score);
          if (best.length > limit) best.pop();
          least = best.at(-1)?.score ?? least;
        }
      }
      return best;
    },
  };
}

export type Matrix = ReturnType<typeof createMatrix>;

/** A byte for each number: a quarter of the memory, and the same neighbours but for ties. */
function compact(values: Float32Array, dimensions: number): { values: Int8Array; scales: Float32Array } {
  const bytes = new Int8Array(values.length);
  const scales = new Float32Array(values.length / dimensions);
  for (let row = 0; row < scales.length; row++) {
    const vector = values.subarray(row * dimensions, (row + 1) * dimensions);
    const most = vector.reduce((max, value) => Math.max(max, Math.abs(value)), 0) || 1;
    scales[row] = most / 127;
    for (const [at, value] of vector.entries())
      bytes[row * dimensions + at] = Math.round((value / most) * 127);
  }
  return { values: bytes, scales };
}

/** Four sums at once: the processor need not wait for each. */
function dot(values: Float32Array | Int8Array, from: number, query: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = query.length - (query.length % 4);
  let at = 0;
  for (; at < whole; at += 4) {
    a += (values[from + at] as number) * (query[at] as number);
    b += (values[from + at + 1] as number) * (query[at + 1] as number);
    c += (values[from + at + 2] as number) * (query[at + 2] as number);
    d += (values[from + at + 3] as number) * (query[at + 3] as number);
  }
  for (; at < query.length; at++) a += (values[from + at] as number) * (query[at] as number);
  return a + b + c + d;
}

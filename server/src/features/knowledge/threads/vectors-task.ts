/** What the thread of vectors is asked: to take some in, to forget some, or for the nearest. `key` names a matrix. */
export type VectorsTask =
  | {
      kind: 'add';
      key: string;
      dimensions: number;
      isCompact: boolean;
      ids: string[][];
      values: Float32Array;
    }
  | { kind: 'forget'; key: string }
  | { kind: 'nearest'; key: string; query: Float32Array; limit: number };

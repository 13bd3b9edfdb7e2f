/** A vector of length 1 in the same direction; undefined for one that has none, or is no vector. */
export function unit(vector: ArrayLike<number>): Float32Array | undefined {
  const made = Float32Array.from(vector);
  let squares = 0;
  for (const value of made) squares += value * value;
  if (!Number.isFinite(squares) || squares === 0) return undefined;
  const length = Math.sqrt(squares);
  return made.map((value) => value / length);
}

/** As it is kept: four bytes a number, the smallest first, as on every machine this runs on. */
export function bytesOf(vector: Float32Array): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}

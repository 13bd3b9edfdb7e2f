/** A number that nobody has, most likely: of Indonesia, in a range that reads as made up. */
export function newNumber(): string {
  const digits = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  return `62811${String(digits % 100_000_000).padStart(8, '0')}`;
}

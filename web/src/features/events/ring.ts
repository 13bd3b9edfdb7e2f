/** The newest things, oldest first; what is more than it holds is forgotten from the front. */
export interface Ring<Thing> {
  readonly things: readonly Thing[];
  /** How many were forgotten. */
  readonly forgotten: number;
}

export const emptyRing: Ring<never> = { things: [], forgotten: 0 };

/** With newer things at its end, at most `max` of all. */
export function withNewer<Thing>(ring: Ring<Thing>, newer: readonly Thing[], max: number): Ring<Thing> {
  const count = ring.things.length + newer.length;
  const over = Math.max(0, count - max);
  const kept = over >= ring.things.length ? [] : ring.things.slice(over);
  return {
    things: [...kept, ...newer.slice(Math.max(0, newer.length - max))],
    forgotten: ring.forgotten + over,
  };
}

/** With older things at its front, as far as there is room: the newest of them. */
export function withOlder<Thing>(ring: Ring<Thing>, older: readonly Thing[], max: number): Ring<Thing> {
  const room = Math.max(0, max - ring.things.length);
  return { ...ring, things: [...older.slice(Math.max(0, older.length - room)), ...ring.things] };
}

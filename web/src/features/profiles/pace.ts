/** How fast a profile may send, in what people set. */
export interface Pace {
  delaySeconds: number;
  jitterSeconds: number;
  perDay: number | undefined;
}

export const presets = {
  free: { delaySeconds: 0, jitterSeconds: 0, perDay: undefined },
  normal: { delaySeconds: 3, jitterSeconds: 5, perDay: 2_000 },
  careful: { delaySeconds: 20, jitterSeconds: 40, perDay: 200 },
} satisfies Record<string, Pace>;

const daySeconds = 86_400;
/** A broadcast as an example of what the pace means. */
const exampleMessages = 500;

/** What a pace comes to: how many a day at most, and how long 500 take; undefined where nothing slows them. */
export function meaningOf({
  delaySeconds,
  jitterSeconds,
  perDay,
}: Pace): { perDay: number; exampleSeconds: number } | undefined {
  const eachSeconds = delaySeconds + jitterSeconds / 2;
  if (!(eachSeconds > 0) && perDay === undefined) return undefined;
  const byPace = eachSeconds > 0 ? Math.floor(daySeconds / eachSeconds) : Number.POSITIVE_INFINITY;
  const most = Math.min(byPace, perDay ?? Number.POSITIVE_INFINITY);
  const fullDays = Math.ceil(exampleMessages / most) - 1;
  const rest = exampleMessages - fullDays * most;
  return { perDay: most, exampleSeconds: fullDays * daySeconds + rest * eachSeconds };
}

/** Each bucket ends at this many times the one before: whatever stands in one is known to 5 %. */
const factor = 1.105;
const log = Math.log(factor);

/** What takes longer than a week is no answer. */
export const answerMsMax = 7 * 24 * 3_600_000;

/** The bucket of a time: 0 for up to a second, 134 for a week. */
export function bucketOf(ms: number): number {
  const seconds = ms / 1_000;
  return seconds <= 1 ? 0 : Math.ceil(Math.log(seconds) / log);
}

/** Seconds that are at most 5 % from every time in a bucket. */
const secondsOf = (bucket: number): number => (bucket === 0 ? 1 : (2 * factor ** bucket) / (factor + 1));

/** The seconds that a share of all times does not exceed; null without any. */
export function percentile(buckets: readonly { bucket: number; n: number }[], share: number): number | null {
  const ordered = buckets.toSorted((a, b) => a.bucket - b.bucket);
  const total = ordered.reduce((sum, { n }) => sum + n, 0);
  const rank = Math.max(1, Math.ceil(total * share));
  let seen = 0;
  for (const { bucket, n } of ordered) {
    seen += n;
    if (seen >= rank) return secondsOf(bucket);
  }
  return null;
}

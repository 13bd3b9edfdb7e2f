import { hourSeconds, later } from '../../platform/clock.ts';

const jitter = 0.2;
const retryAfterSecondsMax = hourSeconds;

/**
 * When a delivery whose attempt (counted from 1) failed is due again: the schedule's wait ±20 %, or what the
 * receiver asked for by `Retry-After` when that is longer, an hour at most. Null when the schedule has ended.
 */
export function nextAttemptAt(options: {
  schedule: readonly number[];
  attempt: number;
  now: Date;
  retryAfter: string | undefined;
  chance: number;
}): Date | null {
  const { schedule, attempt, now, retryAfter, chance } = options;
  const planned = schedule[attempt - 1];
  if (planned === undefined) return null;
  const spread = planned * (1 - jitter + 2 * jitter * chance);
  return later(now, 1_000 * Math.max(spread, retryAfterSeconds(retryAfter, now)));
}

/** `Retry-After` as seconds from now: a number of seconds or a date; 0 when absent or unreadable. */
function retryAfterSeconds(header: string | undefined, now: Date): number {
  if (!header) return 0;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - now.getTime()) / 1_000;
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), retryAfterSecondsMax) : 0;
}

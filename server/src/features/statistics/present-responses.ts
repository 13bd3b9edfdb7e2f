import { percentile } from './responses/buckets.ts';
import type { StatisticsStore } from './statistics.store.ts';

/** Times of answers as clients see them, in seconds. */
export function presentResponses({
  hours,
  times,
  awaiting,
}: Awaited<ReturnType<StatisticsStore['responses']>>) {
  const n = hours.reduce((sum, row) => sum + row.n, 0);
  const ms = hours.reduce((sum, row) => sum + row.sum_ms, 0);
  return {
    averageResponseTime: average(ms, n),
    medianResponseTime: rounded(percentile(times, 0.5)),
    percentile95: rounded(percentile(times, 0.95)),
    responses: n,
    awaiting,
    byHour: Array.from({ length: 24 }, (_, hour) => {
      const row = hours.find((one) => one.hour === hour);
      return { hour, avgResponseTime: average(row?.sum_ms ?? 0, row?.n ?? 0), responses: row?.n ?? 0 };
    }),
  };
}

const average = (ms: number, n: number) => rounded(n > 0 ? ms / n / 1_000 : null);
const rounded = (seconds: number | null) => (seconds === null ? null : Math.round(seconds * 10) / 10);

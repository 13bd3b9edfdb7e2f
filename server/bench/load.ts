import { setTimeout as pause } from 'node:timers/promises';
import { spreadOf } from './measure.ts';

/** How fast something went: operations, operations a second, and how long one took. */
export interface Rate {
  count: number;
  perSecond: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
}

/** So many operations side by side, for so many seconds or until so many are done. */
export interface Load {
  atOnce: number;
  seconds?: number;
  total?: number;
}

/** Each begins when one before it has ended: says how fast something can go. */
export async function closedLoop(load: Load, work: (n: number) => Promise<unknown>): Promise<Rate> {
  const { atOnce, seconds = Number.POSITIVE_INFINITY, total = Number.POSITIVE_INFINITY } = load;
  const tookMs: number[] = [];
  const startedMs = performance.now();
  const untilMs = startedMs + seconds * 1000;
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < total && performance.now() < untilMs) {
        const n = next++;
        const fromMs = performance.now();
        await work(n);
        tookMs.push(performance.now() - fromMs);
      }
    }),
  );
  const tookSeconds = (performance.now() - startedMs) / 1000;
  return { count: tookMs.length, perSecond: tookMs.length / tookSeconds, ...spreadOf(tookMs) };
}

/** Each begins at its moment, whether or not those before it have ended: says what a given rate does to waiting. */
export async function openLoop(
  { perSecond, seconds }: { perSecond: number; seconds: number },
  work: (n: number) => Promise<unknown>,
): Promise<{ total: number; offered: number }> {
  const total = Math.round(perSecond * seconds);
  const startMs = performance.now();
  let lastMs = startMs;
  await Promise.all(
    Array.from({ length: total }, async (_, n) => {
      await pause(Math.max(0, startMs + (n * 1000) / perSecond - performance.now()));
      lastMs = Math.max(lastMs, performance.now());
      await work(n);
    }),
  );
  return { total, offered: (total - 1) / ((lastMs - startMs) / 1000) };
}

import { readFileSync } from 'node:fs';

/** How fast something went: operations a second, and how long one took. */
export interface Rate {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/** Does `total` operations, `atOnce` of them side by side. */
export async function rateOf(
  total: number,
  atOnce: number,
  work: (n: number) => Promise<unknown>,
): Promise<Rate> {
  const tookMs: number[] = [];
  let next = 0;
  const startedMs = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < total) {
        const n = next++;
        const fromMs = performance.now();
        await work(n);
        tookMs.push(performance.now() - fromMs);
      }
    }),
  );
  return { perSecond: total / ((performance.now() - startedMs) / 1000), ...spreadOf(tookMs) };
}

export function spreadOf(tookMs: number[]): { p50Ms: number; p99Ms: number } {
  const sorted = [...tookMs].sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** Resident memory of a process in MB, from /proc. */
export function memoryOf(pid: number): number {
  const line = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) / 1024;
}

/** CPU time a process has used, in ms, from /proc (100 ticks a second). */
export function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

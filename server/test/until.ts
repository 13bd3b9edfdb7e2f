import { setTimeout as pause } from 'node:timers/promises';

/**
 * Waits until the check gives something truthy, and returns it; fails, saying what was awaited, after `msMax`. Asks at
 * once, then after a twentieth of what has passed: who waits long need not ask a hundred times a second.
 */
export async function until<T>(
  what: string,
  check: () => T | Promise<T>,
  msMax = 60_000,
): Promise<Exclude<T, undefined | null | false | '' | 0>> {
  const begunMs = performance.now();
  for (;;) {
    const found = await check();
    if (found) return found as Exclude<T, undefined | null | false | '' | 0>;
    const passedMs = performance.now() - begunMs;
    if (passedMs > msMax) throw new Error(`Waited ${msMax} ms in vain: ${what}`);
    await pause(Math.min(Math.max(10, passedMs / 20), 100));
  }
}

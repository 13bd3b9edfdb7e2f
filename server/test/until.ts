import { setTimeout as pause } from 'node:timers/promises';

/** Waits until the check gives something truthy, and returns it; fails, saying what was awaited, after `msMax`. */
export async function until<T>(
  what: string,
  check: () => T | Promise<T>,
  msMax = 30_000,
): Promise<Exclude<T, undefined | null | false | '' | 0>> {
  const deadline = performance.now() + msMax;
  for (;;) {
    const found = await check();
    if (found) return found as Exclude<T, undefined | null | false | '' | 0>;
    if (performance.now() > deadline) throw new Error(`Waited ${msMax} ms in vain: ${what}`);
    await pause(10);
  }
}

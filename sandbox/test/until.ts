import { vi } from 'vitest';

const WAIT_MS_MAX = 60_000;
const POLL_MS = 10;
const POLL_MS_MAX = 100;

/**
 * Asks again and again until the answer is not undefined or false; fails with `what` after a minute: on a busy
 * machine Baileys itself waits 20 s for a first sync that came early. It asks at once, then after a twentieth of what
 * has passed: who waits long need not ask a hundred times a second.
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  waitMsMax = WAIT_MS_MAX,
): Promise<NonNullable<T>> {
  const begunMs = Date.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer as NonNullable<T>;
    const passedMs = Date.now() - begunMs;
    if (passedMs > waitMsMax) throw new Error(`did not happen in ${waitMsMax} ms: ${what}`);
    await new Promise((resolve) =>
      setTimeout(resolve, Math.min(Math.max(POLL_MS, passedMs / 20), POLL_MS_MAX)),
    );
  }
}

/** Does something as it would be done so many milliseconds from now, for what is only about the clock. */
export async function later<T>(ms: number, deed: () => Promise<T>): Promise<T> {
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + ms);
  try {
    return await deed();
  } finally {
    clock.mockRestore();
  }
}

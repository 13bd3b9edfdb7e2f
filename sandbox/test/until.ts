import { vi } from 'vitest';

const WAIT_MS_MAX = 60_000;
const POLL_MS = 10;

/**
 * Asks again and again until the answer is not undefined or false; fails with `what` after a minute: on a busy
 * machine Baileys itself waits 20 s for a first sync that came early.
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  waitMsMax = WAIT_MS_MAX,
): Promise<NonNullable<T>> {
  const end = Date.now() + waitMsMax;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer as NonNullable<T>;
    if (Date.now() > end) throw new Error(`did not happen in ${waitMsMax} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
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

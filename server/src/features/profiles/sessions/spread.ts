import { setTimeout as pause } from 'node:timers/promises';

/** Hands out starts no faster than `perSecondMax`, so that many profiles never come back at one instant. */
export function createSpread(perSecondMax: number) {
  const gapMs = 1000 / perSecondMax;
  const over = new AbortController();
  let nextAtMs = 0;
  return {
    /** Resolves when it is this start's turn, or at once after {@link end}. */
    async turn(): Promise<void> {
      const nowMs = performance.now();
      const atMs = Math.max(nowMs, nextAtMs);
      nextAtMs = atMs + gapMs;
      if (atMs > nowMs) await pause(atMs - nowMs, undefined, { signal: over.signal }).catch(() => undefined);
    },

    /** Nobody has to wait any more, because nothing will be started. */
    end: (): void => over.abort(),
  };
}

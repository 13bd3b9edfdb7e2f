/** Hands out starts no faster than `perSecondMax`, so that many profiles never come back at one instant. */
export function createSpread(perSecondMax: number) {
  const gapMs = 1000 / perSecondMax;
  let nextAtMs = 0;
  return {
    async turn(): Promise<void> {
      const nowMs = performance.now();
      const atMs = Math.max(nowMs, nextAtMs);
      nextAtMs = atMs + gapMs;
      if (atMs > nowMs) await new Promise((resolve) => setTimeout(resolve, atMs - nowMs));
    },
  };
}

import type { Clock } from '../clock.ts';

/** Nothing is waited for longer: timers lose exactness over days, and another node may know of something sooner. */
const waitMaxMs = 30_000;
/** After a look that failed. */
const troubleMs = 1_000;

/**
 * Does what is due when it is due. `look` does it all and answers when the next is due; undefined when nothing waits.
 * It is called at the start, at each of these moments, and every half minute, never twice at once.
 */
export function createWakeAt(deps: {
  clock: Clock;
  look(): Promise<Date | undefined>;
  /** A look failed; another follows in a second. */
  failed(error: unknown): void;
}) {
  const { clock, look, failed } = deps;
  let timer: NodeJS.Timeout | undefined;
  let atMs = Number.POSITIVE_INFINITY;
  let looking: Promise<void> | undefined;
  let isStopped = false;

  function wait(untilMs: number): void {
    clearTimeout(timer);
    if (isStopped) return;
    const nowMs = clock.now().getTime();
    atMs = Math.min(untilMs, nowMs + waitMaxMs);
    timer = setTimeout(begin, Math.max(0, atMs - nowMs));
  }

  function begin(): void {
    if (looking || isStopped) return;
    atMs = Number.POSITIVE_INFINITY;
    looking = look()
      .then((next) => next?.getTime() ?? Number.POSITIVE_INFINITY)
      .catch((error: unknown) => {
        failed(error);
        return clock.now().getTime() + troubleMs;
      })
      .then((nextMs) => {
        looking = undefined;
        // What was told meanwhile may be sooner.
        wait(Math.min(nextMs, atMs));
      });
  }

  return {
    start: begin,

    /** Something is due at this moment; call it once that is durable. */
    at(moment: Date): void {
      // A machine that slept comes late to its timers.
      const isLate = atMs <= clock.now().getTime();
      if (moment.getTime() >= atMs && !isLate) return;
      atMs = Math.min(atMs, moment.getTime());
      if (!looking) wait(atMs);
    },

    /** Resolves when no look is under way, and none will be. */
    async stop(): Promise<void> {
      isStopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

export type WakeAt = ReturnType<typeof createWakeAt>;

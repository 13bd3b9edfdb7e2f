import { setTimeout as pause } from 'node:timers/promises';

/** Logins under way at once: one computes while the other waits for its answers. */
const atOnce = 2;
/**
 * A login that takes longer is waiting for the network and not for this process: the next may begin. So far away
 * from WhatsApp ten begin in a second, and nearby as many as this process has time for.
 */
const slowMs = 200;
/** A process whose timers come so late has enough to do already: the next login waits. */
const lateMs = 10;
const lateTriesMax = 10;

/**
 * Lets few logins through at once. Each costs a tenth of a second of arithmetic; many together would leave no
 * time for the requests that this process has to answer meanwhile.
 */
export function createLoginGate(limits: { atOnce: number; slowMs: number } = { atOnce, slowMs }) {
  const waiting: (() => void)[] = [];
  let inside = 0;
  let ended = false;

  function letIn(): void {
    while (!ended && inside < limits.atOnce && waiting.length > 0) {
      inside += 1;
      waiting.shift()?.();
    }
  }

  function leaver(): () => void {
    let isIn = true;
    const leave = () => {
      if (!isIn) return;
      isIn = false;
      clearTimeout(timer);
      inside -= 1;
      letIn();
    };
    const timer = setTimeout(leave, limits.slowMs).unref();
    return leave;
  }

  return {
    /** Resolves when it is this login's turn, in the order they came; call the answer when the login is over. */
    async enter(): Promise<() => void> {
      if (ended) return () => undefined;
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        letIn();
      });
      if (ended) return () => undefined;
      await untilAtEase();
      return leaver();
    },

    /** Nobody has to wait any more, because nothing will be started. */
    end(): void {
      ended = true;
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}

/** Waits until a timer comes on time again, but not for ever: logins are work that has to be done, too. */
async function untilAtEase(): Promise<void> {
  for (let n = 0; n < lateTriesMax; n++) {
    const fromMs = performance.now();
    await pause(1);
    if (performance.now() - fromMs < lateMs) return;
  }
}

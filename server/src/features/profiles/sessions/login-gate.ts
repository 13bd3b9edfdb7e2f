import { setTimeout as pause } from 'node:timers/promises';

/** Logins under way at once: one computes while the other waits for its answers. */
const atOnce = 2;
/**
 * A login that takes longer waits for the network and not for this process: the next one may begin. So on a slow
 * network ten begin in a second, and on a fast one as many as this process has time for.
 */
const slowMs = 200;
/** While timers of this process are so late, it is busy: the next login waits. */
const lateMs = 10;
const lateTriesMax = 10;

/**
 * Lets few logins through at once. Each costs a tenth of a second of arithmetic; many together would leave no
 * time for the requests that this process has to answer meanwhile.
 */
export function createLoginGate(limits: { atOnce: number; slowMs: number } = { atOnce, slowMs }) {
  const queue: (() => void)[] = [];
  let running = 0;
  let isOver = false;

  function startNext(): void {
    while (!isOver && running < limits.atOnce && queue.length > 0) {
      running += 1;
      queue.shift()?.();
    }
  }

  function beginLogin(): () => void {
    let isRunning = true;
    const leave = () => {
      if (!isRunning) return;
      isRunning = false;
      clearTimeout(timer);
      running -= 1;
      startNext();
    };
    const timer = setTimeout(leave, limits.slowMs).unref();
    return leave;
  }

  return {
    /** Resolves in the order of the calls, when this login may begin; call the answer when it is over. */
    async enter(): Promise<() => void> {
      if (isOver) return () => undefined;
      await new Promise<void>((resolve) => {
        queue.push(resolve);
        startNext();
      });
      if (isOver) return () => undefined;
      await untilIdle();
      return beginLogin();
    },

    /** Releases all waiting logins, because the process stops. */
    end(): void {
      isOver = true;
      for (const resolve of queue.splice(0)) resolve();
    },
  };
}

/** Waits until a timer is on time again, for a few tries at most: logins have to be done, too. */
async function untilIdle(): Promise<void> {
  for (let n = 0; n < lateTriesMax; n++) {
    const fromMs = performance.now();
    await pause(1);
    if (performance.now() - fromMs < lateMs) return;
  }
}

import { Failure } from '../../../platform/failures.ts';

const waitMsMax = 5_000;

/** How many calls an organisation has under way in this process. */
export interface Slots {
  /**
   * Waits for a free one, five seconds at most; answers how to give it back.
   * @throws Failure RATE_LIMITED
   */
  take(key: string, count: number): Promise<() => void>;
}

export function createSlots(): Slots {
  const taken = new Map<string, { count: number; waiting: (() => void)[] }>();

  function release(key: string): void {
    const of = taken.get(key);
    if (!of) return;
    const next = of.waiting.shift();
    if (next) next();
    else if (--of.count === 0) taken.delete(key);
  }

  return {
    async take(key, count) {
      const of = taken.get(key) ?? { count: 0, waiting: [] };
      taken.set(key, of);
      if (of.count < count) of.count++;
      else {
        await new Promise<void>((resolve, reject) => {
          const mine = () => {
            clearTimeout(timer);
            resolve();
          };
          const timer = setTimeout(() => {
            of.waiting.splice(of.waiting.indexOf(mine), 1);
            const says =
              'Too many questions to the language model at once: wait as long as Retry-After says.';
            reject(new Failure('RATE_LIMITED', { says, retryAfterSeconds: waitMsMax / 1_000 }));
          }, waitMsMax);
          of.waiting.push(mine);
        });
      }
      let isReleased = false;
      return () => {
        if (isReleased) return;
        isReleased = true;
        release(key);
      };
    },
  };
}

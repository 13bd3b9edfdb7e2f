import type { Clock } from './clock.ts';
import { Failure } from './failures.ts';

const windowMs = 60_000;
const keysMax = 10_000;

export interface Rate {
  /** @throws Failure RATE_LIMITED when the key was counted too often within a minute */
  count(key: string): void;
}

/** Counts how often something is done for each key, in this process: so often in the minute that begins with the first time. */
export function createRate(clock: Clock, perMinute: number): Rate {
  const windows = new Map<string, { endsAt: number; count: number }>();
  return {
    count(key) {
      const now = clock.now().getTime();
      const known = windows.get(key);
      const window = known && known.endsAt > now ? known : { endsAt: now + windowMs, count: 0 };
      if (window.count >= perMinute) {
        throw new Failure('RATE_LIMITED', { retryAfterSeconds: Math.ceil((window.endsAt - now) / 1_000) });
      }
      window.count++;
      if (windows.size >= keysMax && !known) {
        for (const [other, { endsAt }] of windows) if (endsAt <= now) windows.delete(other);
      }
      windows.set(key, window);
    },
  };
}

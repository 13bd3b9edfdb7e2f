import type { Clock } from '../../src/platform/clock.ts';

/** A clock that a test turns. */
export interface TurnedClock extends Clock {
  /** By so many seconds, or by more than one unit. */
  advance(by: number | { seconds?: number; minutes?: number; hours?: number; days?: number }): void;
}

/** The real time plus whatever it was turned by; one that is given a start stands still in between. */
export function turnedClock(start?: Date): TurnedClock {
  let aheadMs = 0;
  return {
    now: () => new Date((start?.getTime() ?? Date.now()) + aheadMs),
    advance(by) {
      const { seconds = 0, minutes = 0, hours = 0, days = 0 } = typeof by === 'number' ? { seconds: by } : by;
      aheadMs += (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
    },
  };
}

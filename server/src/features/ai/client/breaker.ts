import type { Clock } from '../../../platform/clock.ts';

const failuresMax = 5;
const openMs = 30_000;
const kept = 10_000;

/** Spares a provider that does not answer, and those who would wait for it. */
export interface Breaker {
  /** How long to wait before it is asked again; undefined: ask. Of all who come after that time one is let through. */
  waitMs(key: string): number | undefined;
  /** Whether it is not asked now. */
  isOpen(key: string): boolean;
  succeeded(key: string): void;
  failed(key: string): void;
  /** It can't be told how it went. */
  left(key: string): void;
}

/** After five failures in a row it is open for half a minute, and then until one call has gone well. In this process. */
export function createBreaker(clock: Clock): Breaker {
  const states = new Map<string, { failures: number; until: number; isProbing: boolean }>();
  return {
    waitMs(key) {
      const state = states.get(key);
      if (!state || state.failures < failuresMax) return undefined;
      const left = state.until - clock.now().getTime();
      if (left > 0) return left;
      if (state.isProbing) return 1_000;
      state.isProbing = true;
      return undefined;
    },
    isOpen(key) {
      const state = states.get(key);
      return state !== undefined && state.failures >= failuresMax && state.until > clock.now().getTime();
    },
    succeeded: (key) => void states.delete(key),
    failed(key) {
      const failures = (states.get(key)?.failures ?? 0) + 1;
      if (states.size >= kept) states.clear();
      states.set(key, { failures, until: clock.now().getTime() + openMs, isProbing: false });
    },
    left(key) {
      const state = states.get(key);
      if (state) state.isProbing = false;
    },
  };
}

import { vi } from 'vitest';

/** Asks again and again until the check throws nothing, half a minute at most: busy machines are slow, not wrong. */
export const eventually = <T>(check: () => T | Promise<T>, timeout = 30_000): Promise<T> =>
  vi.waitFor(check, { timeout, interval: 5 });

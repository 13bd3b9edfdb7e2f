import { afterEach, expect, test, vi } from 'vitest';
import { perFrame } from './frames.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('what came is applied with the next frame, and within a second where there is none', () => {
  vi.useFakeTimers();
  let draw: (() => void) | undefined;
  vi.stubGlobal('requestAnimationFrame', (flush: () => void) => {
    draw = flush;
    return 1;
  });
  vi.stubGlobal('cancelAnimationFrame', () => undefined);
  const applied: number[][] = [];
  const take = perFrame<number>((things) => void applied.push(things));
  take(1);
  take(2);
  draw?.();
  expect(applied).toEqual([[1, 2]]);
  // The browser draws nothing any more.
  take(3);
  take(4);
  vi.advanceTimersByTime(1_000);
  expect(applied).toEqual([
    [1, 2],
    [3, 4],
  ]);
  vi.advanceTimersByTime(10_000);
  expect(applied).toHaveLength(2);
});

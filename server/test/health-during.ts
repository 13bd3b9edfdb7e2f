import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import type { TestDoor } from './door.ts';

/** Asks for health again and again while the work runs; answers its result, and how often health was answered. */
export async function healthDuring<T>(
  door: TestDoor,
  work: Promise<T>,
): Promise<{ result: T; answers: number }> {
  let isOver = false;
  const ended = work.finally(() => {
    isOver = true;
  });
  let answers = 0;
  while (!isOver) {
    expect((await door.ask('GET', '/health')).status).toBe(200);
    answers++;
    // Answers inside this process need no turn of the event loop; the work does.
    await pause(5);
  }
  return { result: await ended, answers };
}

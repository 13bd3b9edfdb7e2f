import { setTimeout as pause } from 'node:timers/promises';
import { openFileLock } from '../../file-lock.ts';
import { DatabaseUnusable } from '../database-unusable.ts';

const waitMsMax = 120_000;

/** Runs the work while no other process holds the lock of this path; waits for it for two minutes at most. */
export async function underStartLock<T>(
  path: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const lock = openFileLock(path);
  try {
    const giveUpAt = Date.now() + waitMsMax;
    while (!lock.take()) {
      signal?.throwIfAborted();
      if (Date.now() > giveUpAt) {
        throw new DatabaseUnusable(
          `Another process has been starting or stopping the database of ${path} for too long.`,
        );
      }
      await pause(15);
    }
    return await work();
  } finally {
    lock.release();
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { openFileLock } from '../../file-lock.ts';
import { DatabaseUnusable } from '../database-unusable.ts';

const waitMsMax = 120_000;

/** Does a deed while no other process does it on the same path; waits its turn for two minutes at most. */
export async function underStartLock<T>(
  path: string,
  deed: () => Promise<T>,
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
    return await deed();
  } finally {
    lock.release();
  }
}

import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseUnusable } from '../database-unusable.ts';

const sqliteBusy = 5;
const waitMsMax = 120_000;

/**
 * Does a deed while no other process does it on the same path; waits its turn for two minutes at most.
 * The lock is SQLite's lock on the file: the system drops it when the holder dies, however it dies.
 */
export async function underStartLock<T>(
  path: string,
  deed: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    const giveUpAt = Date.now() + waitMsMax;
    while (!taken(lock)) {
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
    lock.close();
  }
}

function taken(lock: DatabaseSync): boolean {
  try {
    lock.exec('begin exclusive');
    return true;
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return false;
    throw error;
  }
}

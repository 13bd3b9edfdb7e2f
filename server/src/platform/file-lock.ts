import { DatabaseSync } from 'node:sqlite';

const sqliteBusy = 5;

/** A lock on a file, held until `release()`; the system drops it when the holder dies, however it dies. */
export interface FileLock {
  /** Tries to take it; false while another process has it. */
  take(): boolean;
  release(): void;
}

/** Opens SQLite's lock on a file, and creates the file when it is missing. */
export function openFileLock(path: string): FileLock {
  const file = new DatabaseSync(path, { timeout: 0 });
  return {
    take() {
      try {
        file.exec('begin exclusive');
        return true;
      } catch (error) {
        if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return false;
        throw error;
      }
    },
    release: () => file.close(),
  };
}

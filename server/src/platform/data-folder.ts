import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openFileLock } from './file-lock.ts';

/** The system may keep the lock of a server that was just killed for a moment. */
const waitMsMax = 3000;

/** The lock of a running server on its data folder. */
export interface HeldFolder {
  /** Stores the port of this server, for the message of a second server on the folder. */
  note(port: number): void;
  release(): void;
}

/** Another server runs on the data folder. */
export class FolderTaken extends Error {
  constructor(dataDir: string, by: string) {
    super(
      `Another MultiWA runs on ${dataDir}${by}. Stop it first, or give this one a DATA_DIR of its own. ` +
        'Nodes that share a DATABASE_URL have a DATA_DIR each.',
    );
    this.name = 'FolderTaken';
  }
}

/** The folder inside a data folder in which a restore puts files until they are complete; it marks an unfinished restore. */
export const restoringName = 'restoring';

/** A restore into the data folder was interrupted. */
export class RestoreUnfinished extends Error {
  constructor(dataDir: string) {
    super(`A restore into ${dataDir} was not finished. Run it again: npm run restore -- FILE`);
    this.name = 'RestoreUnfinished';
  }
}

/**
 * Takes a data folder for a server, as `takeFolder` does.
 * @throws RestoreUnfinished when only half of a backup is in it.
 */
export async function holdDataFolder(dataDir: string): Promise<HeldFolder> {
  const folder = await takeFolder(dataDir);
  if (!existsSync(join(dataDir, restoringName))) return folder;
  folder.release();
  throw new RestoreUnfinished(dataDir);
}

/**
 * Takes a data folder for this process alone, by a lock that the system drops when the process ends, however it ends.
 * @throws FolderTaken when another process has it.
 */
export async function takeFolder(dataDir: string): Promise<HeldFolder> {
  mkdirSync(dataDir, { recursive: true });
  const lock = openFileLock(join(dataDir, 'running.lock'));
  const notePath = join(dataDir, 'running.json');
  const giveUpAtMs = performance.now() + waitMsMax;
  while (!lock.take()) {
    if (performance.now() > giveUpAtMs) {
      lock.release();
      throw new FolderTaken(dataDir, noteOf(notePath));
    }
    await pause(50);
  }
  const write = (note: object) =>
    writeFileSync(notePath, `${JSON.stringify({ pid: process.pid, ...note })}\n`);
  write({});
  return {
    note: (port) => write({ port }),
    release() {
      rmSync(notePath, { force: true });
      lock.release();
    },
  };
}

function noteOf(notePath: string): string {
  try {
    const { pid, port } = JSON.parse(readFileSync(notePath, 'utf8')) as { pid?: number; port?: number };
    return port ? ` (process ${pid}, port ${port})` : ` (process ${pid})`;
  } catch {
    return '';
  }
}

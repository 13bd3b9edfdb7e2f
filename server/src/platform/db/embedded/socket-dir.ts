import { chmod, chown, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseUnusable, errorCode } from '../database-unusable.ts';
import { mayEnter, type Places, type RunAs } from './places.ts';

/** The system limits a socket's whole path to 107 bytes (103 on macOS), `/.s.PGSQL.5432` included. */
const socketDirLengthMax = 85;

/**
 * Creates the private folder of the server's socket: in the temporary folder or, where there is none (on a
 * read-only system, say), beside the database if that path is short enough.
 */
export async function makeSocketDir(places: Places, parents = [tmpdir(), '/tmp']): Promise<string> {
  const { socketName, runAs, databaseDir } = places;
  const refusals: string[] = [];
  for (const parent of [...parents, dirname(databaseDir)]) {
    const dir = join(parent, socketName);
    if (dir.length > socketDirLengthMax) {
      refusals.push(`${dir} is longer than ${socketDirLengthMax} characters`);
      continue;
    }
    try {
      if (runAs && !(await mayEnter(parent, runAs))) refusals.push(`user ${runAs.uid} can't enter ${parent}`);
      else return await privateDir(dir, runAs);
    } catch (error) {
      if (error instanceof DatabaseUnusable || !(error instanceof Error)) throw error;
      refusals.push(error.message);
    }
  }
  throw new DatabaseUnusable(
    `There is no folder for the database's socket (${refusals.join('; ')}). Set TMPDIR to a short path that can ` +
      'be written, choose a shorter DATA_DIR, or set DATABASE_URL.',
  );
}

async function privateDir(dir: string, runAs: RunAs | undefined): Promise<string> {
  await mkdir(dir, { mode: 0o700 }).catch((error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw error;
  });
  const folder = await lstat(dir);
  const ownUid = process.getuid?.();
  const owner = runAs?.uid ?? ownUid;
  // The name can be guessed and everybody may write to the folder above, so another user's folder is not trusted.
  if (!folder.isDirectory() || (folder.uid !== owner && folder.uid !== ownUid)) {
    throw new DatabaseUnusable(`${dir} belongs to another user. Remove it, or set DATABASE_URL.`);
  }
  if (runAs && folder.uid !== runAs.uid) await chown(dir, runAs.uid, runAs.gid);
  await chmod(dir, 0o700);
  return dir;
}

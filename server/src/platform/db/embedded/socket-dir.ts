import { chmod, chown, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseUnusable, errorCode } from '../database-unusable.ts';
import { mayEnter, type Places, type RunAs } from './places.ts';

/** The system cuts a socket's whole path at 107 bytes (103 on macOS), `/.s.PGSQL.5432` included. */
const socketDirLengthMax = 85;

/**
 * Makes the private folder the server's socket goes into: in the temporary folder or, where there is none (a
 * read-only system, say), beside the database when that path is short enough.
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
  const made = await lstat(dir);
  const me = process.getuid?.();
  const owner = runAs?.uid ?? me;
  // The name can be guessed and the folder above is everyone's: another user's folder is not to be trusted.
  if (!made.isDirectory() || (made.uid !== owner && made.uid !== me)) {
    throw new DatabaseUnusable(`${dir} belongs to another user. Remove it, or set DATABASE_URL.`);
  }
  if (runAs && made.uid !== runAs.uid) await chown(dir, runAs.uid, runAs.gid);
  await chmod(dir, 0o700);
  return dir;
}

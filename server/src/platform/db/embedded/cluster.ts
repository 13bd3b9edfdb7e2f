import { spawn } from 'node:child_process';
import { chown, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DatabaseUnusable, errorCode } from '../database-unusable.ts';
import { programEnvironment } from './binaries.ts';
import type { Places, RunAs } from './places.ts';

/**
 * Creates the database folder if there is none; answers whether it did. The folder is made under another name and
 * renamed when finished, so a folder under the right name is always complete. Call it under the start lock.
 */
export async function ensureCluster(
  places: Places,
  durable: boolean,
  signal?: AbortSignal,
): Promise<boolean> {
  const { databaseDir, runAs } = places;
  await removeHalfMade(databaseDir);
  const versionFile = await stat(join(databaseDir, 'PG_VERSION')).catch(() => undefined);
  if (versionFile) {
    if (runAs && versionFile.uid === 0) await giveTo(databaseDir, runAs);
    return false;
  }
  // A fresh name each time: an initdb orphaned by a killed parent may still be writing to the last one.
  const half = await mkdtemp(`${databaseDir}.half-`);
  if (runAs) await chown(half, runAs.uid, runAs.gid);
  try {
    await initdb(places, half, durable, signal);
    signal?.throwIfAborted();
  } catch (error) {
    await rm(half, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
  await rename(half, databaseDir).catch((cause: unknown) => {
    throw new DatabaseUnusable(`${databaseDir} is in the way: it is not a database, so move it elsewhere.`, {
      cause,
    });
  });
  return true;
}

async function removeHalfMade(databaseDir: string): Promise<void> {
  const parent = dirname(databaseDir);
  await mkdir(parent, { recursive: true });
  const prefix = `${basename(databaseDir)}.half-`;
  for (const name of (await readdir(parent)).filter((entry) => entry.startsWith(prefix))) {
    // Files that an orphaned initdb still writes are removed at a later start.
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

async function giveTo(dir: string, user: RunAs): Promise<void> {
  await chown(dir, user.uid, user.gid);
  for (const entry of await readdir(dir, { withFileTypes: true, recursive: true })) {
    await chown(join(entry.parentPath, entry.name), user.uid, user.gid);
  }
}

async function initdb(
  { nativeDir, linksDir, runAs }: Places,
  dir: string,
  durable: boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  // Both locale switches: with the provider alone the character classes are C's, and every trigram of a
  // non-Latin script is empty.
  const args = ['-D', dir, '-U', 'multiwa', '-E', 'UTF8', '--locale=C.UTF-8', '--locale-provider=builtin'];
  args.push('--auth-local=trust', '--auth-host=reject', '--data-checksums', '--no-instructions');
  if (!durable) args.push('--no-sync');
  const child = spawn(join(nativeDir, 'bin', 'initdb'), args, {
    cwd: '/',
    env: programEnvironment(nativeDir, linksDir),
    stdio: ['ignore', 'ignore', 'pipe'],
    ...runAs,
  });
  const interrupt = () => child.kill('SIGTERM');
  signal?.addEventListener('abort', interrupt, { once: true });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', (error) => fail(cannotSpawn(error)));
    child.once('close', done);
  }).finally(() => signal?.removeEventListener('abort', interrupt));
  signal?.throwIfAborted();
  if (output.includes('could not look up effective user ID')) {
    throw new DatabaseUnusable(
      `PostgreSQL runs only as a user with a name, and user ${runAs?.uid ?? process.getuid?.()} has no line in ` +
        '/etc/passwd. Add one, start as another user, or set DATABASE_URL.',
    );
  }
  if (code !== 0)
    throw new DatabaseUnusable(`The first start of the database failed: ${output.trim().slice(-2000)}`);
}

/** A failed spawn as a sentence for the operator. */
export function cannotSpawn(error: Error): DatabaseUnusable {
  const forbidden = ['EPERM', 'EINVAL'].includes(errorCode(error) ?? '');
  const why = forbidden
    ? 'This process is root but may not become another user, and PostgreSQL refuses to run as root.'
    : `The PostgreSQL that comes with this installation can't be run here (${error.message}).`;
  return new DatabaseUnusable(`${why} Set DATABASE_URL to a PostgreSQL 15 or newer.`, { cause: error });
}

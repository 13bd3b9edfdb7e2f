import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseUnusable, errorCode } from '../database-unusable.ts';
import { type Binaries, copyBinaries } from './binaries.ts';

/** The system user a server runs as when we are root; PostgreSQL refuses to be root. */
export interface RunAs {
  uid: number;
  gid: number;
}
/** Everything a server needs to know about the disk. */
export interface Places {
  databaseDir: string;
  nativeDir: string;
  linksDir: string;
  logFile: string;
  /** Names the folder of the socket, which is short and so can't lie in the data folder. */
  socketName: string;
  runAs: RunAs | undefined;
  /** Why the database is not in the data folder; absent when it is. */
  moved: string | undefined;
}

const nobody: RunAs = { uid: 65534, gid: 65534 };
const awayRoot = '/var/lib/multiwa';
/** The system cuts a socket's whole path at 107 bytes (103 on macOS), `/.s.PGSQL.5432` included. */
const socketDirLengthMax = 85;

/**
 * Decides where the database of a data folder lives and as whom it runs. A database that exists stays put.
 * The path must be free of symbolic links, or two spellings of it would be two databases.
 */
export async function choosePlaces(dataDir: string, binaries: Binaries): Promise<Places> {
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  const home = join(dataDir, 'postgres');
  const away = join(awayRoot, hash);
  const existing = (await clusterOwner(home)) ? home : (await clusterOwner(away)) ? away : undefined;
  const runAs = await whoRuns(existing);
  const databaseDir = existing ?? (runAs === undefined || (await mayEnter(dataDir, runAs)) ? home : away);
  if (databaseDir === away) await makeAwayRoot(dataDir);
  if (runAs && !(await mayEnter(dirname(databaseDir), runAs))) throw unreachable(databaseDir, runAs);
  return {
    databaseDir,
    nativeDir: await nativeDirFor(binaries, runAs),
    linksDir: `${databaseDir}-lib`,
    logFile: `${databaseDir}.log`,
    socketName: `mwa-${hash}`,
    runAs,
    moved:
      databaseDir === away
        ? `PostgreSQL may not run as root, and ${dataDir} is closed to other users`
        : undefined,
  };
}

async function makeAwayRoot(dataDir: string): Promise<void> {
  await mkdir(awayRoot, { recursive: true, mode: 0o755 }).catch((cause: unknown) => {
    throw new DatabaseUnusable(
      `PostgreSQL may not run as root, other users can't enter ${dataDir}, and ${awayRoot} can't be made ` +
        `(${String(cause)}). Open the folders above DATA_DIR (chmod o+x), or set DATABASE_URL.`,
      { cause },
    );
  });
}

/** Who owns the finished database in a folder; undefined when there is none. */
async function clusterOwner(dir: string): Promise<RunAs | undefined> {
  const found = await stat(dir).catch(() => undefined);
  if (!found) return undefined;
  try {
    await stat(join(dir, 'PG_VERSION'));
  } catch (error) {
    if (errorCode(error) !== 'EACCES') return undefined;
  }
  return { uid: found.uid, gid: found.gid };
}

async function whoRuns(existing: string | undefined): Promise<RunAs | undefined> {
  const me = process.getuid?.();
  const owner = existing === undefined ? undefined : await clusterOwner(existing);
  // As root, a database that an ordinary user began is run as that user again.
  if (me === 0) return owner === undefined || owner.uid === 0 ? nobody : owner;
  if (owner !== undefined && owner.uid !== me) {
    throw new DatabaseUnusable(
      `The database in ${existing} belongs to user ${owner.uid} and this process is user ${me}. ` +
        'Start as root or as that user, choose another DATA_DIR, or set DATABASE_URL.',
    );
  }
  return undefined;
}

function unreachable(databaseDir: string, { uid }: RunAs): DatabaseUnusable {
  return new DatabaseUnusable(
    `PostgreSQL must run as user ${uid} (never as root), which can't reach ${databaseDir}. ` +
      'Let it pass through the folders above (chmod o+x), or set DATABASE_URL.',
  );
}

async function nativeDirFor({ nativeDir, version }: Binaries, runAs: RunAs | undefined): Promise<string> {
  if (runAs === undefined) return nativeDir;
  const needed = ['bin', 'bin/postgres', 'bin/initdb', 'lib/postgresql', 'share/postgresql'];
  const usable = await Promise.all(needed.map((path) => mayEnter(join(nativeDir, path), runAs)));
  if (usable.every(Boolean)) return nativeDir;
  const copy = join(awayRoot, `pg-${version}`);
  await copyBinaries(nativeDir, copy).catch((cause: unknown) => {
    throw new DatabaseUnusable(
      `User ${runAs.uid} can't run the PostgreSQL in ${nativeDir}, and it can't be copied to ${awayRoot} ` +
        `(${String(cause)}). Open the folders above it (chmod o+x), or set DATABASE_URL.`,
      { cause },
    );
  });
  return copy;
}

/** Whether a user may pass through every folder of a path and run (or enter) its end, by the mode bits. */
async function mayEnter(path: string, user: RunAs): Promise<boolean> {
  const { mode, uid, gid } = await stat(path);
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  if ((mode & bit) === 0) return false;
  const parent = dirname(path);
  return parent === path || mayEnter(parent, user);
}

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

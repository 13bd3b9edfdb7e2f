import { createHash, randomUUID } from 'node:crypto';
import { mkdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DatabaseUnusable, errorCode } from '../database-unusable.ts';
import { type Binaries, copyBinaries } from './binaries.ts';
import {
  awayRoot,
  claimAway,
  isClaimed,
  keepRecord,
  readRecord,
  recordName,
  unclaimedDatabases,
} from './record.ts';

/** The system user a server runs as when we are root; PostgreSQL refuses to be root. */
export interface RunAs {
  uid: number;
  gid: number;
}
/** All paths of a server, and its user. */
export interface Places {
  /** The id of the database, which stays when the data folder moves. */
  id: string;
  databaseDir: string;
  nativeDir: string;
  linksDir: string;
  logFile: string;
  /** The name of the socket's folder, whose path must be short, so it can't be in the data folder. */
  socketName: string;
  runAs: RunAs | undefined;
  /** Why the database is not in the data folder; absent when it is. */
  moved: string | undefined;
}

const nobody: RunAs = { uid: 65534, gid: 65534 };
const homeName = 'postgres';

/**
 * Decides where the database of a data folder is and as which user it runs. An existing database stays where it is.
 * The path must be free of symbolic links, or two spellings of it would be two sockets.
 */
export async function choosePlaces(dataDir: string, binaries: Binaries): Promise<Places> {
  const pathHash = hashOf(dataDir);
  const existing = await findDatabase(dataDir, pathHash);
  const runAs = await whoRuns(existing?.databaseDir);
  const { databaseDir, id } = existing ?? (await placeForNew(dataDir, runAs));
  const isAway = dirname(databaseDir) !== dataDir;
  if (isAway) await makeAwayRoot(dataDir);
  if (runAs && !(await mayEnter(dirname(databaseDir), runAs))) throw unreachable(databaseDir, runAs);
  return {
    id,
    databaseDir,
    nativeDir: await nativeDirFor(binaries, runAs),
    linksDir: `${databaseDir}-lib`,
    logFile: `${databaseDir}.log`,
    socketName: `mwa-${pathHash}`,
    runAs,
    moved: isAway ? `PostgreSQL may not run as root, and ${dataDir} is closed to other users` : undefined,
  };
}

const hashOf = (path: string): string => createHash('sha256').update(path).digest('hex').slice(0, 12);

/** Whether a data folder has a database of its own, here or elsewhere. */
export async function hasDatabase(dataDir: string): Promise<boolean> {
  const real = await realpath(dataDir).catch(() => undefined);
  const database = real === undefined ? undefined : await findDatabase(real, hashOf(real));
  return database !== undefined && (await clusterOwner(database.databaseDir)) !== undefined;
}

interface DatabasePlace {
  id: string;
  databaseDir: string;
}

/** The database a data folder has; undefined when it never had one. */
async function findDatabase(dataDir: string, pathHash: string): Promise<DatabasePlace | undefined> {
  const record = await readRecord(dataDir);
  const home = join(dataDir, homeName);
  if (record) {
    const databaseDir = resolve(dataDir, record.dir);
    if (record.unfinished || (await clusterOwner(databaseDir))) return { id: record.id, databaseDir };
    if (await clusterOwner(home)) return { id: record.id, databaseDir: home };
    throw new DatabaseUnusable(
      `The database of ${dataDir} was in ${databaseDir} and is not there. Put it back, or restore a backup into an ` +
        'empty folder (npm run restore -- FILE). To begin anew, choose an empty DATA_DIR.',
    );
  }
  // Data folders of versions without a record.
  if (await clusterOwner(home)) return { id: randomUUID(), databaseDir: home };
  const away = join(awayRoot, pathHash);
  if ((await clusterOwner(away)) && !(await isClaimed(away))) return { id: pathHash, databaseDir: away };
  await refuseUsedFolder(dataDir);
  return undefined;
}

/** Without this, a node's folder that has lost its database would silently become an empty gateway. */
async function refuseUsedFolder(dataDir: string): Promise<void> {
  if (!(await stat(join(dataDir, 'node-id')).catch(() => undefined))) return;
  const unclaimed = await unclaimedDatabases();
  const older =
    unclaimed.length === 0
      ? ''
      : ` Or it was moved while its database was one of ${unclaimed.join(', ')}: then write ` +
        `{"id":"NAME","dir":"${awayRoot}/NAME"} into ${join(dataDir, recordName)}.`;
  throw new DatabaseUnusable(
    `${dataDir} was used with a database that is not in it. If that was another server's, set DATABASE_URL ` +
      `again.${older} To begin anew, choose an empty DATA_DIR.`,
  );
}

async function placeForNew(dataDir: string, runAs: RunAs | undefined): Promise<DatabasePlace> {
  const id = randomUUID();
  const isHome = runAs === undefined || (await mayEnter(dataDir, runAs));
  return { id, databaseDir: isHome ? join(dataDir, homeName) : join(awayRoot, id) };
}

/**
 * Records that the database belongs to the data folder: once before it is created or started, and once when it is
 * complete. A copy of a folder whose database is elsewhere is refused.
 */
export async function recordPlaces(dataDir: string, places: Places, isWhole: boolean): Promise<void> {
  const { id, databaseDir, moved } = places;
  if (moved && !isWhole) await claimAway(databaseDir, dataDir, id);
  const dir = moved ? databaseDir : homeName;
  const record = await readRecord(dataDir);
  if (record?.id === id && record.dir === dir && !record.unfinished === isWhole) return;
  if (isWhole) return keepRecord(dataDir, { id, dir });
  if (!(await clusterOwner(databaseDir))) await keepRecord(dataDir, { id, dir, unfinished: true });
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

/** The owner of the complete database in a folder; undefined when there is none. */
async function clusterOwner(dir: string): Promise<RunAs | undefined> {
  const folder = await stat(dir).catch(() => undefined);
  if (!folder) return undefined;
  try {
    await stat(join(dir, 'PG_VERSION'));
  } catch (error) {
    if (errorCode(error) !== 'EACCES') return undefined;
  }
  return { uid: folder.uid, gid: folder.gid };
}

async function whoRuns(existing: string | undefined): Promise<RunAs | undefined> {
  const ownUid = process.getuid?.();
  const owner = existing === undefined ? undefined : await clusterOwner(existing);
  // As root, run the database of an ordinary user as that user again.
  if (ownUid === 0) return owner === undefined || owner.uid === 0 ? nobody : owner;
  if (owner !== undefined && owner.uid !== ownUid) {
    throw new DatabaseUnusable(
      `The database in ${existing} belongs to user ${owner.uid} and this process is user ${ownUid}. ` +
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

/** Whether the mode bits let a user enter every folder of a path and run, or enter, its end. */
export async function mayEnter(path: string, user: RunAs): Promise<boolean> {
  const { mode, uid, gid } = await stat(path);
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  if ((mode & bit) === 0) return false;
  const parent = dirname(path);
  return parent === path || mayEnter(parent, user);
}

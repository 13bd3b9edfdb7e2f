import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseUnusable } from '../database-unusable.ts';

/** Where the database of a data folder is, in `database.json`, which moves with the folder. */
export interface DatabaseRecord {
  id: string;
  /** Relative to the data folder, or absolute when the database lies elsewhere. */
  dir: string;
  /** The database is not complete yet. */
  unfinished?: true;
}

/** The data folder of a database that is elsewhere, in a file beside that database. */
interface Owner {
  folder: string;
  device: number;
  inode: number;
}

export const recordName = 'database.json';
/** The place of databases whose data folder PostgreSQL's user can't enter. */
export const awayRoot = '/var/lib/multiwa';

/** Reads the record of a data folder; undefined when it has none. */
export async function readRecord(dataDir: string): Promise<DatabaseRecord | undefined> {
  const path = join(dataDir, recordName);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const record = parseJson<DatabaseRecord>(text);
  if (typeof record?.id === 'string' && typeof record.dir === 'string') return record as DatabaseRecord;
  throw new DatabaseUnusable(
    `${path} is damaged. It must read {"id":"…","dir":"…"}; for a database inside the data folder ` +
      `write {"id":"${randomUUID()}","dir":"postgres"}.`,
  );
}

/** Writes the record of a data folder. */
export async function keepRecord(dataDir: string, record: DatabaseRecord): Promise<void> {
  await writeWhole(join(dataDir, recordName), record);
}

/**
 * Claims a database elsewhere for the data folder, which may have moved since the last start. If the folder that claimed
 * it before still exists, this one is a copy and is refused: two gateways would share one database.
 */
export async function claimAway(databaseDir: string, dataDir: string, id: string): Promise<void> {
  const { dev: device, ino: inode } = await stat(dataDir);
  const owner = await ownerOf(databaseDir);
  const isSame = owner?.device === device && owner.inode === inode;
  if (owner && owner.folder !== dataDir && !isSame && (await hasRecordOf(owner.folder, id))) {
    throw new DatabaseUnusable(
      `${dataDir} is a copy of ${owner.folder}, and the one database of both is ${databaseDir}. Start with ` +
        `DATA_DIR=${owner.folder}. If this copy is to replace it, remove the other folder first; if this is to be ` +
        'a second gateway, restore a backup into an empty folder (npm run restore -- FILE).',
    );
  }
  if (isSame && owner.folder === dataDir) return;
  await writeWhole(ownerFile(databaseDir), { folder: dataDir, device, inode } satisfies Owner);
}

/** Whether a database elsewhere belongs to some data folder already. */
export async function isClaimed(databaseDir: string): Promise<boolean> {
  return (await ownerOf(databaseDir)) !== undefined;
}

/** Databases elsewhere whose data folder is gone. */
export async function abandonedDatabases(): Promise<string[]> {
  const names = await readdir(awayRoot).catch((): string[] => []);
  const dirs = names
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(awayRoot, name.slice(0, -5)));
  const isAbandoned = await Promise.all(
    dirs.map(async (dir) => {
      const owner = await ownerOf(dir);
      const isThere = await stat(dir).catch(() => undefined);
      return isThere && owner && !(await hasRecordOf(owner.folder, dir.slice(awayRoot.length + 1)));
    }),
  );
  return dirs.filter((_, index) => isAbandoned[index]);
}

/** Unclaimed databases that an older version put elsewhere, named after the path of their data folder. */
export async function unclaimedDatabases(): Promise<string[]> {
  const names = await readdir(awayRoot).catch((): string[] => []);
  return names
    .filter((name) => /^[0-9a-f]{12}$/.test(name) && !names.includes(`${name}.json`))
    .map((name) => join(awayRoot, name));
}

const ownerFile = (databaseDir: string) => `${databaseDir}.json`;

async function ownerOf(databaseDir: string): Promise<Owner | undefined> {
  const text = await readFile(ownerFile(databaseDir), 'utf8').catch(() => '');
  const owner = parseJson<Owner>(text);
  return typeof owner?.folder === 'string' ? (owner as Owner) : undefined;
}

async function hasRecordOf(folder: string, id: string): Promise<boolean> {
  const record = await readRecord(folder).catch(() => undefined);
  return record?.id === id;
}

function parseJson<T>(text: string): Partial<T> | undefined {
  try {
    return JSON.parse(text) as Partial<T>;
  } catch {
    return undefined;
  }
}

async function writeWhole(path: string, content: object): Promise<void> {
  const fresh = `${path}.${process.pid}`;
  await writeFile(fresh, `${JSON.stringify(content)}\n`, { flush: true });
  await rename(fresh, path);
}

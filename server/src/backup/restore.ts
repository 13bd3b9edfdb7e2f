import { mkdir, mkdtemp, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Config } from '../platform/config/config.ts';
import { createVault, findMasterKey } from '../platform/crypto.ts';
import { restoringName, takeFolder } from '../platform/data-folder.ts';
import { findBinaries } from '../platform/db/embedded/binaries.ts';
import { startEmbedded } from '../platform/db/embedded/index.ts';
import { choosePlaces, type Places, recordPlaces } from '../platform/db/embedded/places.ts';
import { readRecord } from '../platform/db/embedded/record.ts';
import { migrations } from '../platform/db/migrations/index.ts';
import type { Log } from '../platform/log.ts';
import { type ArchiveEntry, readArchive } from './archive.ts';
import { type Installation, readInstallation } from './installation.sql.ts';
import { type Manifest, manifestName, readManifest } from './manifest.ts';
import { BackupProblem } from './problem.ts';

export interface RestoreOptions {
  file: string;
  config: Config;
  log: Log;
  /** Hears how much of the file is read, from 0 to 1. */
  progress(done: number): void;
}

export interface RestoreReport {
  manifest: Manifest;
  /** What the restored database says; absent when the backup has none. */
  installation: Installation | undefined;
}

/** Left by who had the folder before: locks, and what a file system keeps. */
const harmless = /^(running\.json|(running|postgres)\.lock(-journal)?|lost\+found)$/;

/**
 * Fills an empty data folder from a backup. All is unpacked aside and compared with its check sums, the database is
 * started once and read with the key, and only then is the folder one that a gateway starts on.
 */
export async function restore(options: RestoreOptions): Promise<RestoreReport> {
  const { file, config } = options;
  const size = (await stat(file).catch(() => undefined))?.size;
  if (size === undefined) throw new BackupProblem(`There is no file ${file}.`);
  await mkdir(config.dataDir, { recursive: true });
  const dataDir = await realpath(config.dataDir);
  const held = await takeFolder(dataDir);
  try {
    await removeUnfinished(dataDir);
    const found = (await readdir(dataDir)).filter((name) => !harmless.test(name));
    if (found.length > 0) {
      throw new BackupProblem(
        `${dataDir} is not empty (${found.slice(0, 5).join(', ')}). A backup is restored into an empty folder: ` +
          'move what is there elsewhere, or choose another DATA_DIR.',
      );
    }
    await mkdir(join(dataDir, restoringName), { mode: 0o700 });
    try {
      const report = await fill(dataDir, options, size);
      await rm(join(dataDir, restoringName), { recursive: true });
      return report;
    } catch (error) {
      await removeUnfinished(dataDir);
      throw error;
    }
  } finally {
    held.release();
  }
}

async function fill(dataDir: string, options: RestoreOptions, size: number): Promise<RestoreReport> {
  const binaries = await findBinaries();
  const aside = join(dataDir, restoringName);
  let manifest: Manifest | undefined;
  let database: { places: Places; half: string } | undefined;
  const take = async (entry: ArchiveEntry) => {
    if (!manifest) {
      const text = entry.name === manifestName ? await textOf(entry) : undefined;
      if (text === undefined) throw new BackupProblem(`${options.file} is no backup of MultiWA.`);
      manifest = readManifest(text, Object.keys(migrations), binaries.version.split('.')[0] ?? '');
      if (!manifest.database) return;
      const places = await choosePlaces(dataDir, binaries);
      // Begins like what a first start leaves when it is cut off, so a later start clears it away.
      database = { places, half: await mkdtemp(`${places.databaseDir}.half-`) };
      return;
    }
    const [kind, ...below] = entry.name.split('/');
    // PostgreSQL brings all of a database to the disk itself before it replays its log.
    if (kind === 'database' && database) await unpack(entry, join(database.half, ...below), false);
    else if (kind === 'folder') await unpack(entry, join(aside, ...below), true);
  };
  let seen = 0;
  await readArchive(options.file, take, (bytes) => {
    seen += bytes;
    options.progress(seen / size);
  });
  if (!manifest) throw new BackupProblem(`${options.file} is no backup of MultiWA.`);
  if (database) {
    await recordPlaces(dataDir, database.places, false);
    await rename(database.half, database.places.databaseDir);
  }
  const installation = database ? await openOnce(dataDir, aside, options) : undefined;
  for (const name of await readdir(aside)) await rename(join(aside, name), join(dataDir, name));
  return { manifest, installation };
}

async function textOf(entry: ArchiveEntry): Promise<string> {
  return Buffer.concat(await Array.fromAsync(entry.content)).toString('utf8');
}

async function unpack(entry: ArchiveEntry, path: string, isSynced: boolean): Promise<void> {
  if (entry.isFolder) {
    await mkdir(path, { recursive: true, mode: 0o700 });
    return;
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of entry.content) await file.writeFile(chunk);
    if (isSynced) await file.sync();
  } finally {
    await file.close();
  }
}

/** Lets PostgreSQL replay its log, and sees that what it holds can be read with the key that came with it. */
async function openOnce(dataDir: string, aside: string, { log }: RestoreOptions): Promise<Installation> {
  const server = await startEmbedded({ dataDir, log });
  try {
    const installation = await readInstallation(server.poolConfig('multiwa'));
    const key = findMasterKey(undefined, aside);
    const { keyFingerprint } = installation;
    if (keyFingerprint === undefined || (key && createVault(key).fingerprint === keyFingerprint))
      return installation;
    throw new BackupProblem('The key in this backup is not the one of its database.');
  } finally {
    await server.stop();
  }
}

/** Clears away what a restore that was cut off has left; a folder without its mark is left alone. */
async function removeUnfinished(dataDir: string): Promise<void> {
  if (!(await stat(join(dataDir, restoringName)).catch(() => undefined))) return;
  const record = await readRecord(dataDir).catch(() => undefined);
  if (record?.dir.startsWith('/')) {
    for (const end of ['', '-lib', '.log', '.json'])
      await rm(`${record.dir}${end}`, { recursive: true, force: true });
  }
  const names = (await readdir(dataDir)).filter((name) => !harmless.test(name) && name !== restoringName);
  for (const name of [...names, restoringName])
    await rm(join(dataDir, name), { recursive: true, force: true });
}

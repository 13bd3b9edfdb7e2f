import { readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { Config } from '../platform/config/config.ts';
import { createVault, findMasterKey } from '../platform/crypto.ts';
import { copyDatabase } from '../platform/db/embedded/base-backup.ts';
import { startEmbedded } from '../platform/db/embedded/index.ts';
import { hasDatabase } from '../platform/db/embedded/places.ts';
import type { Log } from '../platform/log.ts';
import { type ArchiveWriter, writeArchive } from './archive.ts';
import { bytesOf, listFolder } from './folder.ts';
import { type Installation, readInstallation } from './installation.sql.ts';
import { format, type Manifest, manifestName, platform } from './manifest.ts';
import { BackupProblem } from './problem.ts';

export interface BackupOptions {
  file: string;
  config: Config;
  /** Of this program. */
  version: string;
  log: Log;
  /** Hears how much of the database is saved, from 0 to 1. */
  progress(done: number): void;
}

/** What has been saved. */
export interface BackupReport {
  /** Absent when the database is another server's. */
  installation: Installation | undefined;
}

/** Saves the key, the files and, unless it is another server's, the database into one file. The gateway may run. */
export async function backUp(options: BackupOptions): Promise<BackupReport> {
  const { file, config } = options;
  const key = await keyToSave(options);
  const archive = await writeArchive(file);
  try {
    const installation = await saveDatabase(options, key, archive);
    const text = Buffer.from(`${key.toString('hex')}\n`);
    await archive.file('folder/encryption-key', text.length, [text]);
    // After the database: a file that a row names was there before the row.
    for (const { name, isFolder, size } of await listFolder(config.dataDir)) {
      if (isFolder) await archive.folder(`folder/${name}`);
      else await archive.file(`folder/${name}`, size, bytesOf(join(config.dataDir, name), size));
    }
    await archive.finish();
    return { installation };
  } catch (error) {
    await archive.abandon();
    throw error;
  }
}

async function keyToSave({ file, config }: BackupOptions): Promise<Buffer> {
  const { dataDir, databaseUrl, encryptionKey } = config;
  const folder = await realpath(dataDir).catch(() => {
    throw new BackupProblem(`There is no data folder ${dataDir}. Set DATA_DIR as the gateway has it.`);
  });
  const target = join(
    await realpath(dirname(resolve(file))).catch(() => dirname(resolve(file))),
    basename(file),
  );
  if (target.startsWith(`${folder}${sep}`)) {
    throw new BackupProblem(
      `${file} lies in the data folder that is saved. Choose a place outside of ${dataDir}.`,
    );
  }
  if (!databaseUrl && !(await hasDatabase(dataDir))) {
    throw new BackupProblem(
      `${dataDir} has no database. Set DATA_DIR (or DATABASE_URL) as the gateway has it.`,
    );
  }
  const key = findMasterKey(encryptionKey, dataDir);
  if (key) return key;
  throw new BackupProblem(`There is no key in ${dataDir}. Set ENCRYPTION_KEY as the gateway has it.`);
}

async function saveDatabase(
  options: BackupOptions,
  key: Buffer,
  archive: ArchiveWriter,
): Promise<Installation | undefined> {
  const { config, log, version } = options;
  const manifest: Manifest = { format, version, madeAt: new Date().toISOString() };
  if (config.databaseUrl) {
    refuseOtherKey(await readInstallation({ connectionString: config.databaseUrl }), key);
    await saveManifest(archive, manifest);
    return undefined;
  }
  const server = await startEmbedded({ dataDir: config.dataDir, log });
  try {
    const installation = await readInstallation(server.poolConfig('multiwa'));
    refuseOtherKey(installation, key);
    const postgres = (await readFile(join(server.databaseDir, 'PG_VERSION'), 'utf8')).trim();
    manifest.database = { postgres, platform, migrations: installation.migrations };
    await saveManifest(archive, manifest);
    await archive.folder('database');
    let done = 0;
    await copyDatabase(server.poolConfig('postgres'), server.databaseDir, async (entry, total) => {
      const { name, isFolder, size, from } = entry;
      if (isFolder) return archive.folder(`database/${name}`);
      await archive.file(`database/${name}`, size, typeof from === 'string' ? bytesOf(from, size) : [from]);
      done += size;
      options.progress(Math.min(1, done / total));
    });
    return installation;
  } finally {
    await server.stop();
  }
}

async function saveManifest(archive: ArchiveWriter, manifest: Manifest): Promise<void> {
  const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  await archive.file(manifestName, text.length, [text]);
}

/** A backup with another key than the database's would be worth nothing. */
function refuseOtherKey({ keyFingerprint }: Installation, key: Buffer): void {
  if (keyFingerprint === undefined || createVault(key).fingerprint === keyFingerprint) return;
  throw new BackupProblem(
    'The encryption key here is not the one of this database. Set ENCRYPTION_KEY as the gateway has it.',
  );
}

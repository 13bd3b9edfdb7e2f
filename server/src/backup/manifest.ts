import { BackupProblem } from './problem.ts';

export const manifestName = 'multiwa-backup.json';
export const format = 1;

/** The first entry of a backup: what it is and what it needs to be restored. */
export interface Manifest {
  format: number;
  /** Of MultiWA. */
  version: string;
  madeAt: string;
  /** The database; absent when it is another server's (DATABASE_URL) and saved beside the backup. */
  database?: { postgres: string; platform: string; migrations: string[] };
}

/** The files of a database are of one kind of machine. */
export const platform = `${process.platform}-${process.arch}`;

/**
 * Reads a manifest and refuses a backup that this installation can't restore.
 * @throws BackupProblem with what to do instead.
 */
export function readManifest(text: string, knownMigrations: readonly string[], postgres: string): Manifest {
  const manifest = JSON.parse(text) as Manifest;
  if (typeof manifest.format !== 'number' || manifest.format > format) {
    throw new BackupProblem(
      `This backup was made by a newer MultiWA (${manifest.version}). Restore it with that one.`,
    );
  }
  const { database } = manifest;
  if (!database) return manifest;
  const unknown = database.migrations.filter((name) => !knownMigrations.includes(name));
  if (unknown.length > 0) {
    throw new BackupProblem(
      `This backup was made by MultiWA ${manifest.version}, whose database this version does not know ` +
        `(${unknown.join(', ')}). Restore it with that version or a newer one.`,
    );
  }
  if (database.postgres !== postgres) {
    throw new BackupProblem(
      `This backup holds a database of PostgreSQL ${database.postgres}, and PostgreSQL ${postgres} comes with this ` +
        `version. Restore it with MultiWA ${manifest.version}.`,
    );
  }
  if (database.platform !== platform) {
    throw new BackupProblem(
      `This backup was made on ${database.platform}, and a database's files fit that kind of machine only; ` +
        `this one is ${platform}.`,
    );
  }
  return manifest;
}

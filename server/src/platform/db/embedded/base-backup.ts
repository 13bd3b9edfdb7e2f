import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, type ClientConfig } from 'pg';
import { DatabaseUnusable } from '../database-unusable.ts';

/** One file or folder of the database, by its path below the database's folder. */
export interface DatabaseFile {
  name: string;
  isFolder: boolean;
  size: number;
  /** The path to read it from, or its content. */
  from: string | Buffer;
}

/** Folders whose contents a server creates itself, and the log, of which the needed part comes last. */
const emptyFolders = [
  'pg_wal',
  'pg_dynshmem',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
];
/** Files about the running server or another backup. */
const excluded =
  /^(postmaster\.(pid|opts)|backup_(label|manifest)(\.old)?|tablespace_map(\.old)?|current_logfiles.*|postgresql\.auto\.conf\.tmp)$/;
const temporary = /(^|\/)(pgsql_tmp|pg_internal\.init)/;
const control = 'global/pg_control';
/** The default of `initdb`. */
const walSegmentBytes = 16 * 1024 * 1024;

/**
 * Copies every file of a running database so that together they are consistent: changes during the copy are in the
 * log between PostgreSQL's start and stop of a backup, which comes last and is replayed at the first start.
 */
export async function copyDatabase(
  config: ClientConfig,
  databaseDir: string,
  take: (file: DatabaseFile, total: number) => Promise<void>,
): Promise<void> {
  const client = new Client(config);
  await client.connect();
  try {
    // Keeps the log from being recycled until we have copied it; the slot ends with this connection.
    await client.query('select pg_create_physical_replication_slot($1, true, true)', [
      `backup_${process.pid}`,
    ]);
    await client.query(`select pg_backup_start('multiwa', true)`);
    const files = await listDatabase(databaseDir);
    const total = files.reduce((sum, { size }) => sum + size, 0);
    for (const file of files) await take(file, total);
    const from = await controlFile(join(databaseDir, control));
    await take({ name: control, isFolder: false, size: from.length, from }, total);
    const { rows } = await client.query<{ last: string; labelfile: string }>(
      'select pg_walfile_name(lsn) as last, labelfile from pg_backup_stop(false)',
    );
    const { last = '', labelfile = '' } = rows[0] ?? {};
    for (const name of segmentsBetween(labelSegment(labelfile), last)) {
      const path = join(databaseDir, 'pg_wal', name);
      await take(
        { name: `pg_wal/${name}`, isFolder: false, size: (await stat(path)).size, from: path },
        total,
      );
    }
    const label = Buffer.from(labelfile);
    await take({ name: 'backup_label', isFolder: false, size: label.length, from: label }, total);
  } finally {
    await client.end();
  }
}

/** Everything but `pg_control`, folders before what is in them. */
async function listDatabase(databaseDir: string, below = ''): Promise<DatabaseFile[]> {
  const files: DatabaseFile[] = [];
  for (const entry of await readdir(join(databaseDir, below), { withFileTypes: true })) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    const from = join(databaseDir, name);
    if (below === 'pg_tblspc') {
      throw new DatabaseUnusable(
        `${from} leads to a tablespace outside the database, which a backup would miss.`,
      );
    }
    if (name === control || excluded.test(name) || temporary.test(name)) continue;
    if (entry.isDirectory()) {
      files.push({ name, isFolder: true, size: 0, from });
      if (!emptyFolders.includes(name)) files.push(...(await listDatabase(databaseDir, name)));
    } else if (entry.isFile() && !emptyFolders.includes(below)) {
      const stats = await stat(from).catch(() => undefined);
      if (stats) files.push({ name, isFolder: false, size: stats.size, from });
    }
  }
  return files;
}

/** The server rewrites the file in place, so it is read until two readings are the same. */
async function controlFile(path: string): Promise<Buffer> {
  for (let before = await readFile(path); ; ) {
    const next = await readFile(path);
    if (before.equals(next)) return next;
    before = next;
  }
}

/** The first part of the log that the backup needs, as its label says. */
function labelSegment(label: string): string {
  const segment = /^START WAL LOCATION: .*\(file ([0-9A-F]{24})\)/m.exec(label)?.[1];
  if (!segment) throw new DatabaseUnusable(`PostgreSQL's label of the backup can't be read: ${label}`);
  return segment;
}

/** The names of the parts of the log from one to another, both included. */
function segmentsBetween(first: string, last: string): string[] {
  const timeline = first.slice(0, 8);
  const perFile = 0x1_0000_0000 / walSegmentBytes;
  const number = (name: string) =>
    Number.parseInt(name.slice(8, 16), 16) * perFile + Number.parseInt(name.slice(16), 16);
  const hex = (value: number) => value.toString(16).toUpperCase().padStart(8, '0');
  const names: string[] = [];
  for (let at = number(first); at <= number(last); at++) {
    names.push(`${timeline}${hex(Math.floor(at / perFile))}${hex(at % perFile)}`);
  }
  return names;
}

import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { connectDatabase, type Database } from '../src/platform/db/connect.ts';
import { silentLog } from '../src/platform/log.ts';
import { databaseUrlOn, onServer } from './global-setup.ts';

/** A migrated, empty database of one test file. */
export interface TestDatabase {
  /** For a second node, or a server started as its own process. */
  databaseUrl: string;
  database: Database;
  /** Closes `database` and removes it; with KEEP_TEST_DB=1 it stays and its URL is printed. */
  drop(): Promise<void>;
}

/** Copies the run's migrated template: call it in `beforeAll`, and `drop()` in `afterAll`. */
export async function testDatabase(): Promise<TestDatabase> {
  // Page by page through the server's buffers and its log, as is usual, costs three times as much.
  const how = `template ${inject('postgres').template} strategy file_copy`;
  const { databaseUrl, drop } = await createDatabase(how);
  const database = await connectDatabase({ databaseUrl, dataDir: '', log: silentLog, poolSize: 8 });
  return {
    databaseUrl,
    database,
    async drop() {
      await database.close();
      await drop();
    },
  };
}

/** A database that no migration has touched; `how` ends the statement that creates it. */
export async function createDatabase(
  how = `template template0 encoding 'UTF8' locale 'C.UTF-8'`,
): Promise<{ databaseUrl: string; drop(): Promise<void> }> {
  const { url, template } = inject('postgres');
  const name = `${template}_${randomBytes(4).toString('hex')}`;
  await onServer(url, `create database ${name} ${how}`);
  const databaseUrl = databaseUrlOn(url, name);
  return {
    databaseUrl,
    async drop() {
      if (process.env.KEEP_TEST_DB === '1') return console.info(`Test database kept: ${databaseUrl}`);
      await onServer(url, `drop database ${name} with (force)`);
    },
  };
}

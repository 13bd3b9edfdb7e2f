import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { createDatabase, type TestDatabase, testDatabase } from '../../../test/database.ts';
import { eventually } from '../../../test/kit/eventually.ts';
import { silentLog } from '../log.ts';
import { notify } from './channels.ts';
import { assertServerFits } from './checks.ts';
import { type ConnectOptions, connectDatabase } from './connect.ts';
import { DatabaseUnusable } from './database-unusable.ts';
import { readPostmaster } from './embedded/postmaster.ts';

const options: ConnectOptions = { dataDir: '', log: silentLog, poolSize: 4 };

async function opened(): Promise<TestDatabase> {
  const made = await testDatabase();
  onTestFinished(made.drop);
  return made;
}

test('columns arrive as numbers, dates and objects', async () => {
  const { database } = await opened();
  const { rows } = await sql`
    select 9007199254740991::bigint as big, array[1, null]::bigint[] as bigs, count(*) as counted,
           timestamptz '2026-01-02 03:04:05.678Z' as moment, '{"a": [1]}'::jsonb as body, '\\x00ff'::bytea as bytes
    from generate_series(1, 3)`.execute(database.db);
  expect(rows).toEqual([
    {
      big: 9007199254740991,
      bigs: [1, null],
      counted: 3,
      moment: new Date('2026-01-02T03:04:05.678Z'),
      body: { a: [1] },
      bytes: Buffer.from([0, 255]),
    },
  ]);
});

test('a number too large to be exact is an error, never a rounded number', async () => {
  const { database } = await opened();
  await expect(sql`select 9007199254740993::bigint`.execute(database.db)).rejects.toThrow(/9007199254740993/);
  expect((await sql`select 1 as one`.execute(database.db)).rows).toEqual([{ one: 1 }]);
});

test('days are cut in UTC wherever the server stands', async () => {
  const { databaseUrl, database } = await opened();
  await sql
    .raw(`alter database ${new URL(databaseUrl).pathname.slice(1)} set timezone to 'Asia/Tokyo'`)
    .execute(database.db);
  const pool = database.newPool(1);
  expect((await pool.query(`select current_setting('timezone') as zone`)).rows).toEqual([{ zone: 'UTC' }]);
});

test('where the data lives is said without the password', async () => {
  const { databaseUrl } = await opened();
  const second = await connectDatabase({
    ...options,
    databaseUrl: databaseUrl.replace('multiwa@', 'multiwa:hush@'),
  });
  onTestFinished(second.close);
  expect(second.where).toMatch(/^PostgreSQL \d+\.\d+ at .*, database mwa_test_/);
  expect(second.where).not.toContain('hush');
});

test('a database whose locale knows Latin letters only is refused with the remedy', async () => {
  const how = `template template0 encoding 'UTF8' locale_provider libc locale 'C'`;
  const { databaseUrl, drop } = await createDatabase(how);
  onTestFinished(drop);
  const refusal = connectDatabase({ ...options, databaseUrl });
  await expect(refusal).rejects.toThrow(DatabaseUnusable);
  await expect(refusal).rejects.toThrow(/create database multiwa template template0/);
});

test('a database that does not exist is refused at once', async () => {
  const { databaseUrl } = await opened();
  const refusal = connectDatabase({ ...options, databaseUrl: databaseUrl.replace('/mwa_test_', '/no_') });
  await expect(refusal).rejects.toThrow(/DATABASE_URL can't be used: database "no_.*" does not exist/);
});

test('a server that is too old, or not in UTF-8, is refused', async () => {
  const answering = (row: object) => ({ query: async () => ({ rows: [row] }) }) as never;
  const old = { number: 140_011, version: '14.11 (Debian 14.11-1)', encoding: 'UTF8' };
  await expect(assertServerFits(answering(old))).rejects.toThrow(/PostgreSQL 14.11 .*needs 15 or newer/);
  const latin = { number: 160_002, version: '16.2', encoding: 'LATIN1' };
  await expect(assertServerFits(answering(latin))).rejects.toThrow(/LATIN1/);
});

test('losing every connection, even amid a transaction, costs errors and not the process', async () => {
  const { database } = await opened();
  const extra = database.newPool(2);
  const held = await extra.connect();
  await held.query('begin');
  await database.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`,
  );
  await expect(held.query('select 1')).rejects.toThrow();
  held.release();
  await eventually(() => extra.query('select 1'));
});

test('PostgreSQL killed while in use comes back by itself, for queries and listeners', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'mwa-connect-'));
  await chmod(dataDir, 0o711);
  const database = await connectDatabase({ ...options, dataDir });
  onTestFinished(async () => {
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  expect(database.where).toContain('of this installation, in');
  const payloads: string[] = [];
  const caughtUp = Promise.withResolvers<void>();
  await database.listen('news', (payload) => payloads.push(payload), { onReconnect: caughtUp.resolve });
  const underWay = database.db.transaction().execute(async (tx) => {
    await sql`select pg_sleep(60)`.execute(tx);
  });
  const lost = expect(underWay).rejects.toThrow();

  const databaseDir = join(dataDir, 'postgres');
  process.kill((await readPostmaster(databaseDir))?.pid ?? 0, 'SIGKILL');
  await lost;
  await eventually(() => database.pool.query('select 1'));
  await caughtUp.promise;
  await notify(database.db, 'news', 'up again');
  await eventually(() => expect(payloads).toEqual(['up again']));
  expect(await readFile(`${databaseDir}.log`, 'utf8')).toContain('database system was interrupted');
});

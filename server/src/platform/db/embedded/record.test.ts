import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { silentLog } from '../../log.ts';
import { findBinaries } from './binaries.ts';
import { startEmbedded } from './index.ts';
import { choosePlaces, type Places, recordPlaces } from './places.ts';
import { abandonedDatabases, awayRoot, readRecord } from './record.ts';

const isRoot = process.getuid?.() === 0;
const nobody = 65534;

/** A folder for data folders that PostgreSQL's user may not enter. */
async function closedParent(): Promise<string> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'mwa-record-')));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

function forget(databaseDir: string): void {
  onTestFinished(async () => {
    for (const end of ['', '-lib', '.log', '.json'])
      await rm(`${databaseDir}${end}`, { recursive: true, force: true });
  });
}

/** What a start decides and notes, without a server. */
async function chosen(dataDir: string): Promise<Places> {
  const places = await choosePlaces(dataDir, await findBinaries());
  await recordPlaces(dataDir, places, false);
  await recordPlaces(dataDir, places, true);
  return places;
}

/** As much of a database as is looked at to see that one is there. */
async function pretendDatabase(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await writeFile(join(dir, 'PG_VERSION'), '18\n');
  if (isRoot) await promisify(execFile)('chown', ['-R', `${nobody}:${nobody}`, dir]);
}

test.runIf(isRoot)(
  'moved or renamed, a data folder finds its database elsewhere; a copy beside it is refused',
  async () => {
    const parent = await closedParent();
    const start = (dataDir: string) => startEmbedded({ dataDir, log: silentLog, settings: { fsync: 'off' } });
    const first = await start(join(parent, 'first'));
    forget(first.databaseDir);
    const { id } = (await readRecord(join(parent, 'first'))) ?? {};
    expect(first.databaseDir).toBe(join(awayRoot, id ?? ''));
    const ask = async (server: typeof first, statement: string) => {
      const client = new Client(server.poolConfig('multiwa'));
      await client.connect();
      return client.query(statement).finally(() => client.end());
    };
    await ask(first, 'create table kept as select 1 as one');
    await first.stop();

    await rename(join(parent, 'first'), join(parent, 'moved'));
    const moved = await start(join(parent, 'moved'));
    expect(moved.databaseDir).toBe(first.databaseDir);
    expect((await ask(moved, 'select one from kept')).rows).toEqual([{ one: 1 }]);
    await moved.stop();

    await promisify(execFile)('cp', ['-a', join(parent, 'moved'), join(parent, 'copy')]);
    const refusal = start(join(parent, 'copy'));
    await expect(refusal).rejects.toThrow(`${parent}/copy is a copy of ${parent}/moved`);
    await expect(refusal).rejects.toThrow('npm run restore');
    await rm(join(parent, 'moved'), { recursive: true });
    expect(await abandonedDatabases()).toContain(first.databaseDir);
    expect((await chosen(join(parent, 'copy'))).databaseDir).toBe(first.databaseDir);
    expect(await abandonedDatabases()).not.toContain(first.databaseDir);
  },
);

test.runIf(isRoot)(
  'a database named by the hash of its folder’s path is taken over, and by that folder alone',
  async () => {
    const parent = await closedParent();
    const dataDir = join(parent, 'data');
    await mkdir(dataDir);
    const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
    const old = join(awayRoot, hash);
    await pretendDatabase(old);
    forget(old);
    expect((await chosen(dataDir)).databaseDir).toBe(old);
    expect(await readRecord(dataDir)).toEqual({ id: hash, dir: old });

    await rename(dataDir, join(parent, 'moved'));
    await mkdir(dataDir);
    expect((await chosen(join(parent, 'moved'))).databaseDir).toBe(old);
    const fresh = await chosen(dataDir);
    forget(fresh.databaseDir);
    expect(fresh.databaseDir).not.toBe(old);
  },
);

test('a folder whose database is not where it was refuses to start and says where it was', async () => {
  const dataDir = await closedParent();
  await chmod(dataDir, 0o711);
  const home = join(dataDir, 'postgres');
  await pretendDatabase(home);
  await chosen(dataDir);
  await rename(home, join(dataDir, 'elsewhere'));
  await expect(chosen(dataDir)).rejects.toThrow(`was in ${home} and is not there`);
  await rename(join(dataDir, 'elsewhere'), home);
  expect((await chosen(dataDir)).databaseDir).toBe(home);
  await writeFile(join(dataDir, 'database.json'), 'torn');
  await expect(chosen(dataDir)).rejects.toThrow('database.json is damaged');
});

test('a folder that was used with another database refuses to become an empty gateway', async () => {
  const dataDir = await closedParent();
  await writeFile(join(dataDir, 'node-id'), 'any\n');
  await expect(chosen(dataDir)).rejects.toThrow(/used with a database that is not in it.*DATABASE_URL/);
});

test('a first start that was cut off is done anew', async () => {
  const dataDir = await closedParent();
  await chmod(dataDir, 0o711);
  const binaries = await findBinaries();
  const first = await choosePlaces(dataDir, binaries);
  await recordPlaces(dataDir, first, false);
  expect(await stat(first.databaseDir).catch(() => undefined)).toBeUndefined();
  expect(await choosePlaces(dataDir, binaries)).toMatchObject({
    id: first.id,
    databaseDir: first.databaseDir,
  });
  expect([dirname(first.databaseDir), basename(first.databaseDir)]).toEqual([dataDir, 'postgres']);
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { eventually } from '../../../../test/kit/eventually.ts';
import { silentLog } from '../../log.ts';
import { type EmbeddedPostgres, startEmbedded } from './index.ts';
import { isServerOf, readPostmaster } from './postmaster.ts';

const program = join(import.meta.dirname, '../../../../test/embedded-process.ts');
const isRoot = process.getuid?.() === 0;

let dataDir: string;
let children: ChildProcess[] = [];

beforeAll(async () => {
  dataDir = await freshFolder();
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  await endServer(join(dataDir, 'postgres'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

async function freshFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'mwa-embedded-'));
  await chmod(dir, 0o711);
  return dir;
}

/** A folder for one test, without a database. */
async function ownFolder(): Promise<string> {
  const dir = await freshFolder();
  onTestFinished(async () => {
    for (const child of children) child.kill('SIGKILL');
    await endServer(join(dir, 'postgres'));
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  });
  return dir;
}

/** What a test left running when it failed. */
async function endServer(databaseDir: string): Promise<void> {
  const left = await readPostmaster(databaseDir);
  if (left?.alive) {
    process.kill(left.pid, 'SIGQUIT');
    await eventually(async () => expect(await isServerOf(left.pid, databaseDir)).toBe(false));
  }
  if (left) await rm(left.socketDir, { recursive: true, force: true });
}

const start = (dir = dataDir): Promise<EmbeddedPostgres> =>
  startEmbedded({ dataDir: dir, log: silentLog, settings: { fsync: 'off' } });

async function ask(server: EmbeddedPostgres, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client(server.poolConfig('multiwa'));
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

/** Another process of ours on the same data folder; resolves when it has its server. */
async function startProcess(
  dir = dataDir,
  lingerSeconds = 30,
): Promise<{
  child: ChildProcess;
  found: { adopted: boolean; firstStart: boolean };
}> {
  const args = [program, dir, String(lingerSeconds)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = await once(child.stdout, 'data');
  return { child, found: JSON.parse(String(line)) };
}

async function kill9(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function postmasterPid(server: EmbeddedPostgres): Promise<number> {
  return (await readPostmaster(server.databaseDir))?.pid ?? 0;
}

test('the second start finds what the first one kept', async () => {
  const first = await start();
  expect(first).toMatchObject({ firstStart: true, adopted: false });
  await ask(first, `create table kept as select 'наш' as word`);
  await first.stop();
  expect(await readPostmaster(first.databaseDir)).toBeUndefined();

  const second = await start();
  expect(second).toMatchObject({ firstStart: false, adopted: false });
  expect(await ask(second, 'select word from kept')).toEqual([{ word: 'наш' }]);
  await second.stop();
});

test('a server whose parent was killed is adopted, with its data, and ended by the adopter', async () => {
  const { child } = await startProcess();
  await kill9(child);
  const server = await start();
  expect(server).toMatchObject({ adopted: true, firstStart: false });
  const pid = await postmasterPid(server);
  await server.stop();
  expect(await isServerOf(pid, server.databaseDir)).toBe(false);
});

test('the server of killed processes ends by itself, cleanly, and not before the last of them', async () => {
  const [first, second] = [await startProcess(dataDir, 2), await startProcess(dataDir, 2)];
  const databaseDir = join(dataDir, 'postgres');
  const pid = (await readPostmaster(databaseDir))?.pid ?? 0;
  await kill9(first.child);
  const joined = await startProcess(dataDir, 2);
  expect(joined.found.adopted).toBe(true);
  expect((await readPostmaster(databaseDir))?.pid).toBe(pid);
  await kill9(joined.child);
  await kill9(second.child);
  await eventually(async () => expect(await isServerOf(pid, databaseDir)).toBe(false));
  expect(await readPostmaster(databaseDir)).toBeUndefined();
  expect((await readFile(`${databaseDir}.log`, 'utf8')).trimEnd()).toMatch(/database system is shut down$/);
});

test('of two processes that start at once one makes the database and the other joins it', async () => {
  const dir = await ownFolder();
  const both = await Promise.all([startProcess(dir), startProcess(dir)]);
  expect(both.map(({ found }) => found.firstStart).sort()).toEqual([false, true]);
  expect(both.map(({ found }) => found.adopted).sort()).toEqual([false, true]);
});

test('a process that ends leaves the server running while another uses it', async () => {
  const { child } = await startProcess();
  const server = await start();
  expect(server.adopted).toBe(true);
  const ended = once(child, 'exit');
  child.stdin?.end();
  expect(await ended).toEqual([0, null]);
  expect(await ask(server, 'select 1 as one')).toEqual([{ one: 1 }]);
  await server.stop();
});

test('a first start killed half-way is done anew', async () => {
  const dir = await ownFolder();
  const child = spawn(process.execPath, [program, dir], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  await vi.waitFor(
    async () => {
      const half = (await readdir(dir)).find((name) => name.startsWith('postgres.half-'));
      expect(await readdir(join(dir, half ?? 'none', 'base'))).not.toEqual([]);
    },
    { timeout: 60_000, interval: 2 },
  );
  await kill9(child);
  expect(await readdir(dir)).not.toContain('postgres');

  const server = await start(dir);
  expect(server.firstStart).toBe(true);
  expect(await ask(server, 'select 1 as one')).toEqual([{ one: 1 }]);
  await server.stop();
});

test('a server whose folder was deleted under it does not stop a new one in the same place', async () => {
  const dir = await ownFolder();
  const first = await start(dir);
  const orphan = await readPostmaster(join(dir, 'postgres'));
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { mode: 0o711 });
  const second = await start(dir);
  expect(second.firstStart).toBe(true);
  expect(await isServerOf(orphan?.pid ?? 0, join(dir, 'postgres'))).toBe(false);
  await second.stop();
  await first.stop();
});

test('the number of a killed server that is now another program does not stop the start', async () => {
  const { child } = await startProcess();
  await kill9(child);
  const pidFile = join(dataDir, 'postgres/postmaster.pid');
  const left = await readFile(pidFile, 'utf8');
  const pid = Number(left.split('\n')[0]);
  process.kill(pid, 'SIGKILL');
  await eventually(async () => expect(await isServerOf(pid, join(dataDir, 'postgres'))).toBe(false));
  // The other program must be the same user's: PostgreSQL itself tells another user's apart.
  const { uid, gid } = await stat(join(dataDir, 'postgres'));
  const other = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'], ...(isRoot && { uid, gid }) });
  children.push(other);
  await writeFile(pidFile, left.replace(/^\d+/, String(other.pid)));

  const server = await start();
  expect(server.adopted).toBe(false);
  expect(await postmasterPid(server)).not.toBe(other.pid);
  await server.stop();
});

test('a server killed while we use it is started again by itself', async () => {
  const server = await start();
  const pid = await postmasterPid(server);
  process.kill(pid, 'SIGKILL');
  await eventually(async () => expect(await ask(server, 'select 1 as one')).toEqual([{ one: 1 }]));
  expect(await postmasterPid(server)).not.toBe(pid);
  await server.stop();
});

test.runIf(isRoot)('as root the server runs as an ordinary user, in the data folder', async () => {
  const server = await start();
  expect(server.databaseDir).toBe(join(dataDir, 'postgres'));
  expect(server.moved).toBeUndefined();
  expect((await stat(`/proc/${await postmasterPid(server)}`)).uid).toBe(65534);
  await server.stop();
});

test.runIf(isRoot)(
  'as root with a closed data folder the database lies elsewhere, says so and stays there',
  async () => {
    const dir = await freshFolder();
    await chmod(dir, 0o700);
    const server = await start(dir);
    onTestFinished(async () => {
      await endServer(server.databaseDir);
      await rm(dir, { recursive: true, force: true });
      for (const end of ['', '-lib', '.log', '.json'])
        await rm(`${server.databaseDir}${end}`, { recursive: true, force: true });
    });
    expect(server.databaseDir).toMatch(/^\/var\/lib\/multiwa\/[0-9a-f-]{36}$/);
    expect(server.moved).toContain(dir);
    await ask(server, 'create table kept as select 1 as one');
    await server.stop();

    await chmod(dir, 0o711);
    const again = await start(dir);
    expect(again.databaseDir).toBe(server.databaseDir);
    expect(await ask(again, 'select one from kept')).toEqual([{ one: 1 }]);
    await again.stop();
  },
);

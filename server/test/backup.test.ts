import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Client } from 'pg';
import { beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { runCommand } from '../src/backup/command.ts';
import { readConfig } from '../src/platform/config/config.ts';
import { holdDataFolder } from '../src/platform/data-folder.ts';
import { startEmbedded } from '../src/platform/db/embedded/index.ts';
import { silentLog } from '../src/platform/log.ts';
import { testDatabase } from './database.ts';
import { builtFolder } from './kit/built.ts';
import { sandboxAt } from './sandbox.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { connectedProfile, newCustomer, newTenant } from './tenant.ts';
import { until } from './until.ts';

let base: string;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'mwa-backup-'));
  await chmod(base, 0o711);
  return () => rm(base, { recursive: true, force: true, maxRetries: 5 });
});

/** Runs `backup FILE` in a process of its own, as an operator does. */
async function backup(file: string, dataDir: string): Promise<number> {
  const cwd = await builtFolder();
  const child = spawn(process.execPath, ['dist/server.js', 'backup', file], {
    cwd,
    env: { PATH: process.env.PATH ?? '', DATA_DIR: dataDir },
    stdio: 'ignore',
  });
  const [code] = await once(child, 'exit');
  return code;
}

/** The same in this process, which is quicker: what it says, or why it refuses. */
async function command(words: string[], env: Record<string, string>): Promise<string> {
  let said = '';
  const write = (text: string | Uint8Array) => {
    said += text.toString();
    return true;
  };
  await runCommand({
    words,
    config: readConfig(env, '/'),
    version: '9.8.7',
    log: silentLog,
    out: { write, isTTY: false },
  });
  return said;
}

async function gateway(dataDir: string): Promise<ServerProcess> {
  const sandboxPort = new URL(inject('sandboxUrl')).port;
  const server = await startServer({ DATA_DIR: dataDir, SANDBOX: 'external', SANDBOX_PORT: sandboxPort });
  onTestFinished(() => server.stop());
  return server;
}

type Rows = Map<string, string[]>;

/** Every row of every table, as text. */
async function allRows(dataDir: string): Promise<Rows> {
  const server = await startEmbedded({ dataDir, log: silentLog });
  const client = new Client(server.poolConfig('multiwa'));
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read');
    const tables = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    const rows: Rows = new Map();
    for (const { name } of tables.rows) {
      const found = await client.query<{ row: string }>(
        `select t::text as row from only ${name} t order by 1`,
      );
      rows.set(
        name,
        found.rows.map(({ row }) => row),
      );
    }
    return rows;
  } finally {
    await client.end();
    await server.stop();
  }
}

test('a backup under load, restored, holds all that was accepted; its profiles connect and send', async () => {
  const [source, target, third] = ['source', 'target', 'third'].map((name) => join(base, name)) as [
    string,
    string,
    string,
  ];
  const server = await gateway(source);
  const sandbox = sandboxAt(inject('sandboxUrl'));
  const tenant = await newTenant(server.api);
  const profile = await connectedProfile(tenant, sandbox);
  const customers = await Promise.all([newCustomer(sandbox), newCustomer(sandbox)]);
  await mkdir(join(source, 'media/2026'), { recursive: true });
  await writeFile(join(source, 'media/2026/photo'), 'bread');

  let isRunning = true;
  const accepted: string[] = [];
  const programs = customers.map(async ({ number }, program) => {
    for (let n = 0; isRunning; n++) {
      const { messageId } = await profile.send(number, `${program} ${n}`);
      accepted.push(messageId);
      await pause(30);
    }
  });
  await until('messages flow', () => accepted.length > 40);
  const before = await allRows(source);
  const acceptedBefore = [...accepted];
  const file = join(base, 'under-load');
  expect(await backup(file, source)).toBe(0);
  expect(accepted.length).toBeGreaterThan(acceptedBefore.length);
  const after = await allRows(source);
  isRunning = false;
  await Promise.all(programs);
  await server.stop();
  expect((await stat(file)).mode & 0o777).toBe(0o600);

  expect(await command(['restore', file], { DATA_DIR: target })).toContain('1 profiles');
  expect(await readFile(join(target, 'media/2026/photo'), 'utf8')).toBe('bread');
  expect(await readFile(join(target, 'encryption-key'))).toEqual(
    await readFile(join(source, 'encryption-key')),
  );
  const rows = await allRows(target);
  expect([...rows.keys()].sort()).toEqual([...before.keys()].sort());
  for (const [table, were] of before) {
    const stayed = new Set(after.get(table)).intersection(new Set(were));
    expect([...stayed.difference(new Set(rows.get(table)))], table).toEqual([]);
  }
  const messages = rows.get('public.messages')?.join('\n') ?? '';
  expect(acceptedBefore.filter((id) => !messages.includes(id))).toEqual([]);
  for (const program of [0, 1]) {
    const numbers = [...messages.matchAll(new RegExp(`"${program} (\\d+)"`, 'g'))].map(([, n]) => Number(n));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, n) => n));
  }

  const again = await gateway(target);
  const key = again.api.as(tenant.credentials);
  await until(
    'connected',
    async () => (await key.get(`/profiles/${profile.id}/status`)).status === 'connected',
  );
  const [customer] = customers;
  if (!customer) throw new Error('nobody to write to');
  await key.post('/messages/text', { profileId: profile.id, to: customer.number, text: 'from the backup' });
  const isRead = async () => (await customer.messages()).some(({ text }) => text === 'from the backup');
  await until('the customer reads it', isRead);
  await again.stop();

  const stopped = await allRows(target);
  const second = join(base, 'stopped');
  await command(['backup', second], { DATA_DIR: target });
  await command(['restore', second], { DATA_DIR: third });
  expect(await allRows(third)).toEqual(stopped);
});

test('a backup beside a foreign database has the key, and says how to save the database', async () => {
  const database = await testDatabase();
  onTestFinished(() => database.drop());
  const [folder, target] = [join(base, 'foreign'), join(base, 'foreign-restored')];
  await mkdir(folder);
  const key = `${'cd'.repeat(32)}\n`;
  await writeFile(join(folder, 'encryption-key'), key);
  const env = { DATA_DIR: folder, DATABASE_URL: database.databaseUrl };
  const file = join(base, 'key-alone');
  expect(await command(['backup', file], env)).toContain('pg_dump');
  expect(await command(['restore', file], { DATA_DIR: target })).toContain('pg_restore');
  expect(await readFile(join(target, 'encryption-key'), 'utf8')).toBe(key);

  await database.database.db
    .insertInto('installation')
    .values({ key_fingerprint: 'another', created_at: new Date() })
    .execute();
  await expect(command(['backup', join(base, 'other-key')], env)).rejects.toThrow('Set ENCRYPTION_KEY');
  expect((await readdir(base)).filter((name) => name.startsWith('other-key'))).toEqual([]);
});

test('a backup that is damaged, cut off or newer is refused, and the folder stays empty', async () => {
  const [folder, empty] = [join(base, 'small'), join(base, 'empty')];
  await mkdir(folder);
  await writeFile(join(folder, 'encryption-key'), 'ef'.repeat(32));
  await writeFile(join(folder, 'noise'), randomBytes(100_000));
  const database = await testDatabase();
  onTestFinished(() => database.drop());
  const whole = join(base, 'whole');
  await command(['backup', whole], { DATA_DIR: folder, DATABASE_URL: database.databaseUrl });
  const bytes = await readFile(whole);
  const refused = async (content: Uint8Array, says: RegExp) => {
    const file = join(base, 'refused');
    await writeFile(file, content);
    await expect(command(['restore', file], { DATA_DIR: empty })).rejects.toThrow(says);
    expect((await readdir(empty)).filter((name) => !name.startsWith('running.lock'))).toEqual([]);
  };
  await refused(bytes.subarray(0, -20), /damaged or not whole/);
  const middle = Math.floor(bytes.length / 2);
  await refused(bytes.with(middle, (bytes[middle] ?? 0) ^ 1), /damaged or not whole/);
  const unpacked = gunzipSync(bytes);
  await refused(gzipSync(unpacked.subarray(0, unpacked.indexOf('SHA256SUMS') - 1)), /damaged or not whole/);
  const swapped = Buffer.from(unpacked);
  swapped.write('aa', unpacked.indexOf('ef'.repeat(32)));
  await refused(gzipSync(swapped), /folder\/encryption-key is not what was saved/);
  const newer = Buffer.from(unpacked);
  newer.write('9', unpacked.indexOf('"format": 1') + 10);
  await refused(gzipSync(newer), /made by a newer MultiWA/);

  await command(['restore', whole], { DATA_DIR: empty });
  await expect(command(['restore', whole], { DATA_DIR: empty })).rejects.toThrow(
    /is not empty \(encryption-key, noise\)/,
  );
});

test('a backup refuses a place in the data folder, a folder with no gateway and an existing file', async () => {
  const folder = join(base, 'nothing');
  await mkdir(folder);
  const env = { DATA_DIR: folder };
  await expect(command(['backup', join(folder, 'backup')], env)).rejects.toThrow('Choose a place outside');
  await expect(command(['backup', join(base, 'nothing-saved')], env)).rejects.toThrow('has no database');
  expect(await readdir(folder)).toEqual([]);
  await writeFile(join(folder, 'encryption-key'), 'ab'.repeat(32));
  const foreign = { ...env, DATABASE_URL: 'postgres://localhost:1/none' };
  await expect(command(['backup', join(folder, 'encryption-key')], foreign)).rejects.toThrow('outside');
  await writeFile(join(base, 'there'), 'kept');
  await expect(command(['backup', join(base, 'there')], foreign)).rejects.toThrow('exists already');
  expect(await readFile(join(base, 'there'), 'utf8')).toBe('kept');
});

test('a restore that was cut off is no gateway, and is done anew', async () => {
  const folder = join(base, 'cut-off');
  await mkdir(join(folder, 'restoring'), { recursive: true });
  await writeFile(join(folder, 'half'), 'something');
  await expect(holdDataFolder(folder)).rejects.toThrow(/restore into .* was not finished/);
  await expect(command(['restore', join(base, 'none')], { DATA_DIR: folder })).rejects.toThrow(
    'There is no file',
  );
  await writeFile(join(base, 'text'), 'no backup');
  await expect(command(['restore', join(base, 'text')], { DATA_DIR: folder })).rejects.toThrow(
    'no backup of MultiWA',
  );
  expect((await readdir(folder)).filter((name) => !name.startsWith('running.lock'))).toEqual([]);
});

import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectDatabase } from '../src/platform/db/connect.ts';
import { silentLog } from '../src/platform/log.ts';
import { type Owner, TestDoor } from './door.ts';
import { databaseUrlOn, onServer } from './global-setup.ts';
import { startTestServer, type TestServer } from './postgres-server.ts';
import { until } from './until.ts';

/** A disk of a few megabytes that PostgreSQL may use; undefined where this process may not mount one. */
function smallDisk(): { path: string; fill(): void; empty(): void; remove(): void } | undefined {
  const path = mkdtempSync(join(tmpdir(), 'mwa-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=755', 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    rmSync(path, { recursive: true });
    return undefined;
  }
  const filler = join(path, 'filler');
  return {
    path,
    fill() {
      const block = Buffer.alloc(65_536);
      try {
        for (;;) writeFileSync(filler, block, { flag: 'a' });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    },
    empty: () => rmSync(filler, { force: true }),
    remove() {
      execFileSync('umount', ['-l', path]);
      rmSync(path, { recursive: true });
    },
  };
}

const disk = smallDisk();
let postgres: TestServer | undefined;
let door: TestDoor;
let owner: Owner;
/** On a PostgreSQL of its own: while a disk of one is full, it can write down nothing for anybody else either. */
beforeAll(async () => {
  if (!disk) return console.info('skipped: this process may not mount a small disk');
  postgres = await startTestServer();
  // The server may run as another user than the tests.
  const { uid, gid } = statSync(await folderOf(postgres));
  chownSync(disk.path, uid, gid);
  await onServer(postgres.url, `create tablespace small location '${disk.path}'`);
  await onServer(
    postgres.url,
    `create database small template template0 encoding 'UTF8' locale 'C.UTF-8' tablespace small`,
  );
  const databaseUrl = databaseUrlOn(postgres.url, 'small');
  const database = await connectDatabase({ databaseUrl, dataDir: '', log: silentLog, poolSize: 8 });
  door = await TestDoor.open({}, { house: { databaseUrl, database, drop: () => database.close() } });
  owner = await door.register();
});
afterAll(async () => {
  await door?.close();
  await postgres?.stop();
  disk?.remove();
});

async function folderOf({ url }: TestServer): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(`select current_setting('data_directory') as folder`);
  await client.end();
  return rows[0].folder;
}

const create = () =>
  door.ask('POST', '/workspaces', {
    headers: owner.bearer,
    payload: {
      name: 'Branch',
      settings: { filler: crypto.getRandomValues(Buffer.alloc(40_000)).toString('hex') },
    },
  });
const ready = () => door.ask('GET', '/health/ready');

test.skipIf(!disk)(
  'a full disk is answered 503 in words and not ready, until there is room again',
  async () => {
    expect((await create()).status).toBe(201);
    disk?.fill();
    const refused = await until('the disk is full', async () => {
      const answer = await create();
      return answer.status !== 201 && answer;
    });
    expect(refused).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
    expect(refused.body.message).toContain('The disk of the database is full');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await door.ask('GET', '/workspaces', { headers: owner.bearer })).status).toBe(200);
    expect((await door.ask('GET', '/health')).status).toBe(200);
    // For longer than a refusal is remembered: what lasts is found by trying.
    for (const untilMs = performance.now() + 3_000; performance.now() < untilMs; ) {
      const { status, body } = await ready();
      expect([status, body.checks]).toEqual([503, { database: 'error', storage: 'ok' }]);
      expect(body.message).toContain('The disk of the database is full');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    disk?.empty();
    await until('it is ready again', async () => (await ready()).status === 200);
    expect((await create()).status).toBe(201);
  },
);

test.skipIf(!disk)('a full disk under the data folder is not ready either', async () => {
  const node = await door.node({ DATA_DIR: disk?.path ?? '' });
  const state = async () => (await node.inject('/api/v1/health/ready')).json();
  expect((await state()).checks).toEqual({ database: 'ok', storage: 'ok' });
  disk?.fill();
  expect(await state()).toMatchObject({
    checks: { storage: 'error' },
    message: expect.stringContaining('The disk of this server is full'),
  });
  disk?.empty();
  expect((await state()).checks).toMatchObject({ storage: 'ok' });
  await node.close();
});

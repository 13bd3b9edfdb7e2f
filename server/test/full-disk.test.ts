import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { testDatabase } from './database.ts';
import { type Owner, TestDoor } from './door.ts';
import { onServer } from './global-setup.ts';
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
const space = `small_${process.pid}`;
let door: TestDoor;
let owner: Owner;
beforeAll(async () => {
  if (!disk) return console.info('skipped: this process may not mount a small disk');
  const { url } = inject('postgres');
  // The server may run as another user than the tests.
  const { folder } = await serverFolder();
  const { uid, gid } = statSync(folder);
  chownSync(disk.path, uid, gid);
  await onServer(url, `create tablespace ${space} location '${disk.path}'`);
  door = await TestDoor.open({}, [], await testDatabase(`tablespace ${space}`));
  owner = await door.register();
}, 30_000);
afterAll(async () => {
  await door?.close();
  if (door) await onServer(inject('postgres').url, `drop tablespace ${space}`);
  disk?.remove();
});

async function serverFolder(): Promise<{ folder: string }> {
  const probe = await testDatabase();
  const { rows } = await probe.database.pool.query(`select current_setting('data_directory') as folder`);
  await probe.drop();
  return rows[0];
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
  60_000,
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

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepBounded } from './retention.ts';
import { openStore } from './sqlite.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-store-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

test('what grows with every message is kept to its newest rows', () => {
  vi.useFakeTimers();
  const store = openStore(folder);
  for (let index = 0; index < 50; index += 1) {
    store.run('INSERT INTO accepted (number, device, id) VALUES (?, ?, ?)', '1', 0, String(index));
  }
  const stop = keepBounded(store, { accepted: 10, ledger: 10 }, 1000);
  vi.advanceTimersByTime(1000);
  const ids = store.all<{ id: string }>('SELECT id FROM accepted ORDER BY seq').map((row) => row.id);
  expect(ids).toEqual(['40', '41', '42', '43', '44', '45', '46', '47', '48', '49']);
  stop();
  store.close();
});

test('what follows a commit follows it all, though one deed fails, and the failure is told', async () => {
  const told: string[] = [];
  const store = openStore(folder, (line, error) => told.push(`${line}: ${String(error)}`));
  const done: number[] = [];
  store.afterCommit(() => done.push(1));
  store.afterCommit(() => {
    throw new Error('no');
  });
  store.afterCommit(() => done.push(2));
  await store.settled();
  expect(done).toEqual([1, 2]);
  expect(told).toEqual(['what was to follow a commit failed: Error: no']);
  store.close();
});

test('a folder of the first version is brought up to date and keeps what it knew', () => {
  const old = new DatabaseSync(join(folder, 'sandbox.sqlite'));
  old.exec(`CREATE TABLE accepted (number TEXT NOT NULL, device INTEGER NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (number, device, id)) WITHOUT ROWID; INSERT INTO accepted VALUES ('628', 1, 'KNOWN');`);
  old.close();
  for (const _ of [1, 2]) {
    const store = openStore(folder);
    const sql = 'INSERT OR IGNORE INTO accepted (number, device, id) VALUES (?, ?, ?)';
    expect(store.run(sql, '628', 1, 'KNOWN')).toBe(0);
    store.close();
  }
});

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
  const stop = keepBounded(store, { rowsMax: { accepted: 10, ledger: 10 }, everyMs: 1000 });
  vi.advanceTimersByTime(1000);
  const ids = store.all<{ id: string }>('SELECT id FROM accepted ORDER BY seq').map((row) => row.id);
  expect(ids).toEqual(['40', '41', '42', '43', '44', '45', '46', '47', '48', '49']);
  stop();
  store.close();
});

test('the oldest of too many retry wishes, letters and keys given out are dropped', () => {
  vi.useFakeTimers();
  const store = openStore(folder);
  const tables = {
    retries: ['number', 'device', 'id', 'wanting', 'wanting_device'],
    retry_chats: ['number', 'device', 'id', 'chat'],
    inbox_receipts: ['number', 'id', 'member', 'status', 'at'],
    prekeys_given: ['number', 'device', 'id'],
    queue: ['number', 'device', 'key', 'tag', 'told', 'node'],
  };
  for (const [table, columns] of Object.entries(tables)) {
    const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
    for (let row = 0; row < 20; row += 1) store.run(sql, ...columns.map(() => row));
  }
  const rowsMax = Object.fromEntries(Object.keys(tables).map((table) => [table, 10]));
  const stops = [keepBounded(store, { rowsMax, everyMs: 1000 }), keepBounded(store, { everyMs: 1000 })];
  vi.advanceTimersByTime(1000);
  for (const table of Object.keys(tables))
    expect(store.get(`SELECT count(*) AS n, min(seq) AS first FROM ${table}`), table).toEqual({
      n: 10,
      first: 11,
    });
  for (const stop of stops) stop();
});

test('the few letters of a device that is away stay, however many others come and go meanwhile', () => {
  vi.useFakeTimers();
  const store = openStore(folder);
  const columns = 'number, device, key, tag, told, node';
  const post = (seq: number, number: string): number =>
    store.run(`INSERT INTO queue (seq, ${columns}) VALUES (?, ?, 1, '', '', 0, x'')`, seq, number);
  for (const seq of [1, 2, 3]) post(seq, 'away');
  post(5000, 'busy');
  const dropped: unknown[] = [];
  const onMailDropped = (...what: unknown[]): number => dropped.push(what);
  const stop = keepBounded(store, { rowsMax: { queue: 10 }, everyMs: 1000, onMailDropped });
  vi.advanceTimersByTime(1000);
  expect(store.get('SELECT count(*) AS n FROM queue')).toEqual({ n: 4 });
  for (let seq = 6000; seq < 6008; seq += 1) post(seq, 'busy');
  vi.advanceTimersByTime(1000);
  expect(store.get('SELECT count(*) AS n, min(seq) AS first FROM queue')).toEqual({ n: 10, first: 3 });
  expect(dropped).toEqual([['away', 1, 2]]);
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
    PRIMARY KEY (number, device, id)) WITHOUT ROWID; INSERT INTO accepted VALUES ('628', 1, 'KNOWN');
    CREATE TABLE retries (number TEXT NOT NULL, device INTEGER NOT NULL, id TEXT NOT NULL, wanting TEXT NOT NULL,
    wanting_device INTEGER NOT NULL, PRIMARY KEY (number, device, id, wanting, wanting_device)) WITHOUT ROWID;
    INSERT INTO retries VALUES ('628', 1, 'WANTED', '629', 2);`);
  old.close();
  for (const _ of [1, 2]) {
    const store = openStore(folder);
    const sql = 'INSERT OR IGNORE INTO accepted (number, device, id) VALUES (?, ?, ?)';
    expect(store.run(sql, '628', 1, 'KNOWN')).toBe(0);
    expect(store.all('SELECT id, wanting FROM retries')).toEqual([{ id: 'WANTED', wanting: '629' }]);
    store.close();
  }
});

test('a network that has ended writes nothing to the store of the next, and finds nothing there', () => {
  const store = openStore(folder);
  const insert = 'INSERT INTO accepted (number, device, id) VALUES (?, ?, ?)';
  const select = 'SELECT id FROM accepted';
  const [first, second] = [store.forNetwork(), store.forNetwork()];
  expect(first.run(insert, '1', 0, 'first')).toBe(1);
  first.end();
  store.clear();
  expect(first.run(insert, '1', 0, 'late')).toBe(0);
  expect(second.all(select)).toEqual([]);
  expect(second.run(insert, '1', 0, 'second')).toBe(1);
  expect([first.all(select), first.get(select), second.get(select)]).toEqual([
    [],
    undefined,
    { id: 'second' },
  ]);
  store.close();
});

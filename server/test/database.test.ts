import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from './database.ts';

let first: TestDatabase;
let second: TestDatabase;

beforeAll(async () => {
  [first, second] = await Promise.all([testDatabase(), testDatabase()]);
});
afterAll(async () => {
  await Promise.all([first?.drop(), second?.drop()]);
});

test('a test database is migrated and empty', async () => {
  expect(await first.database.db.selectFrom('event_log').selectAll().execute()).toEqual([
    { id: true, last_position: 0, kept_after: 0 },
  ]);
  expect(await first.database.db.selectFrom('organizations').selectAll().execute()).toEqual([]);
});

test('two test databases share nothing', async () => {
  await first.database.db.updateTable('event_log').set({ last_position: 7 }).execute();
  expect(await second.database.db.selectFrom('event_log').select('last_position').execute()).toEqual([
    { last_position: 0 },
  ]);
});

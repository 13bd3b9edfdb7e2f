import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { analyzeGrown } from './statistics.store.ts';

let house: TestDatabase;
beforeAll(async () => {
  house = await testDatabase();
  const { db } = house.database;
  for (const statement of tables) await sql.raw(statement).execute(db);
});
afterAll(() => house?.drop());

// Nobody else looks at these.
const tables = [
  'create table grown_one (id int primary key) with (autovacuum_enabled = off)',
  'create table grown_two (id int primary key) with (autovacuum_enabled = off)',
];

/** Adds rows and has the server count them at once. */
async function fill(table: string, from: number, to: number): Promise<void> {
  await house.database.db.connection().execute(async (session) => {
    await sql`insert into ${sql.table(table)} select generate_series(${from}::int, ${to}::int)`.execute(
      session,
    );
    await sql`select pg_stat_force_next_flush()`.execute(session);
    await sql`select 1`.execute(session);
  });
}
async function knownSize(table: string): Promise<number> {
  const { rows } = await sql<{ size: number }>`select reltuples::float8 as size from pg_class
    where relname = ${table}`.execute(house.database.db);
  return rows[0]?.size ?? 0;
}

test('a table that grows past a step is looked at once for each, and no other one is', async () => {
  const { db } = house.database;
  await fill('grown_one', 1, 99);
  await fill('grown_two', 1, 5);
  expect(await analyzeGrown(db)).toEqual([]);
  await fill('grown_one', 100, 130);
  expect([await analyzeGrown(db), await knownSize('grown_one')]).toEqual([['grown_one'], 130]);
  await fill('grown_one', 131, 999);
  expect(await analyzeGrown(db)).toEqual([]);
  await fill('grown_one', 1_000, 12_000);
  expect([await analyzeGrown(db), await knownSize('grown_one')]).toEqual([['grown_one'], 12_000]);
  await fill('grown_one', 12_001, 40_000);
  expect(await analyzeGrown(db)).toEqual([]);
});

test('nodes that look at the same moment do not wait for each other', async () => {
  const { db } = house.database;
  await fill('grown_two', 6, 200);
  await db.transaction().execute(async (tx) => {
    await sql`lock table grown_two in share update exclusive mode`.execute(tx);
    expect(await analyzeGrown(db)).toEqual(['grown_two']);
  });
  expect(await knownSize('grown_two')).toBe(-1);
  await Promise.all([analyzeGrown(db), analyzeGrown(db), analyzeGrown(db)]);
  expect(await knownSize('grown_two')).toBe(200);
});

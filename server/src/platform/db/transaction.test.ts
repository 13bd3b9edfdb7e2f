import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { afterCommit, type Db, inTransaction, type Tx, watchTransactions } from './transaction.ts';

let test1: TestDatabase;
let db: Db;

beforeAll(async () => {
  test1 = await testDatabase();
  db = test1.database.db;
  await sql`create table counters (name text primary key, value integer not null)`.execute(db);
  await sql`insert into counters values ('a', 0), ('b', 0)`.execute(db);
});
afterAll(() => test1?.drop());

const add = (tx: Db | Tx, name: string) =>
  sql`update counters set value = value + 1 where name = ${name}`.execute(tx);

async function value(name: string): Promise<number | undefined> {
  const { rows } = await sql<{ value: number }>`select value from counters where name = ${name}`.execute(db);
  return rows[0]?.value;
}

test('two transactions that deadlock both come through, each once', async () => {
  const before = [await value('a'), await value('b')] as number[];
  const held = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let runs = 0;
  const cross = (mine: string, theirs: string, i: number) =>
    inTransaction(db, async (tx) => {
      runs++;
      await add(tx, mine);
      held[i]?.resolve();
      await held[1 - i]?.promise;
      await add(tx, theirs);
    });
  await Promise.all([cross('a', 'b', 0), cross('b', 'a', 1)]);
  // On a busy machine the one that runs again may be quicker than the other, and they deadlock once more.
  expect(runs).toBeGreaterThanOrEqual(3);
  expect([await value('a'), await value('b')]).toEqual(before.map((count) => count + 2));
});

test('an error that time does not heal is thrown at once', async () => {
  let runs = 0;
  const work = inTransaction(db, (tx) => {
    runs++;
    return sql`select broken`.execute(tx);
  });
  await expect(work).rejects.toThrow(/column "broken" does not exist/);
  expect(runs).toBe(1);
});

test('a transaction that keeps failing ends after its retries', async () => {
  let runs = 0;
  const work = inTransaction(
    db,
    (tx) => {
      runs++;
      return sql`do $$ begin raise exception 'again' using errcode = '40001'; end $$`.execute(tx);
    },
    { retries: 2 },
  );
  await expect(work).rejects.toThrow('again');
  // On a busy machine the one that runs again may be quicker than the other, and they deadlock once more.
  expect(runs).toBeGreaterThanOrEqual(3);
});

test('what waits for the commit runs once, when others can see the change', async () => {
  const before = await value('a');
  const visible = Promise.withResolvers<number | undefined>();
  let called = 0;
  await inTransaction(db, async (tx) => {
    await add(tx, 'a');
    afterCommit(tx, () => {
      called++;
      visible.resolve(value('a'));
    });
    expect(called).toBe(0);
  });
  expect(called).toBe(1);
  expect(await visible.promise).toBe((before ?? 0) + 1);
});

test('what waits for the commit never runs without one, nor for an attempt that was undone', async () => {
  const called: string[] = [];
  const failed = inTransaction(db, async (tx) => {
    afterCommit(tx, () => void called.push('failed'));
    throw new Error('changed my mind');
  });
  await expect(failed).rejects.toThrow('changed my mind');

  let attempt = 0;
  await inTransaction(db, async (tx) => {
    attempt++;
    const name = `attempt ${attempt}`;
    afterCommit(tx, () => void called.push(name));
    if (attempt === 1)
      await sql`do $$ begin raise exception 'again' using errcode = '40P01'; end $$`.execute(tx);
  });
  expect(called).toEqual(['attempt 2']);
});

test('a transaction inside a transaction joins it: one commit, one chance for callbacks', async () => {
  const before = await value('b');
  const called: string[] = [];
  const outer = inTransaction(db, async (tx) => {
    await inTransaction(tx, async (inner) => {
      await add(inner, 'b');
      afterCommit(inner, () => void called.push('inner'));
    });
    throw new Error('undo all');
  });
  await expect(outer).rejects.toThrow('undo all');
  expect(await value('b')).toBe(before);
  expect(called).toEqual([]);
});

test('a callback that fails does not make the committed work fail', async () => {
  const warned = Promise.withResolvers<Error>();
  process.once('warning', warned.resolve);
  const done = await inTransaction(db, async (tx) => {
    afterCommit(tx, () => Promise.reject(new Error('poke failed')));
    return 'done';
  });
  expect(done).toBe('done');
  expect((await warned.promise).message).toBe('poke failed');
});

test('inside a watched transaction no second connection is given; what outlives it may have one', async () => {
  const later = Promise.withResolvers<void>();
  let outlives: Promise<number | undefined> | undefined;
  const stop = watchTransactions();
  const said = await inTransaction(db, async () => {
    outlives = later.promise.then(() => value('a'));
    return await value('a').catch((error: Error) => error.message);
  }).finally(stop);
  expect(said).toContain('inside a transaction');
  later.resolve();
  expect(await outlives).toEqual(expect.any(Number));
});

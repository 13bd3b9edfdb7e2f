import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.drop());

const plans = 'select count(*)::int as kept from pg_prepared_statements where name like $1';

test('a statement that comes again keeps its plan, and answers by its values all the same', async () => {
  const client = await database.database.pool.connect();
  try {
    const double = async (n: number) => (await client.query('select $1::int * 2 as n', [n])).rows[0].n;
    expect([await double(1), await double(2), await double(3)]).toEqual([2, 4, 6]);
    expect((await client.query(plans, ['plan_%'])).rows[0].kept).toBe(1);
  } finally {
    client.release(true);
  }
});

test('statements that never come again are not kept, and long lists do not fill the server', async () => {
  const client = await database.database.pool.connect();
  try {
    for (let n = 1; n <= 400; n++) {
      const list = Array.from({ length: n }, (_, index) => `$${index + 1}::int`).join(', ');
      for (let twice = 0; twice < 2; twice++) {
        await client.query(`select 1 where 0 in (${list})`, Array(n).fill(n));
      }
    }
    expect((await client.query(plans, ['plan_%'])).rows[0].kept).toBeLessThanOrEqual(150);
  } finally {
    client.release(true);
  }
});

test('a column that another node adds disturbs a kept plan once at most', async () => {
  const { pool } = database.database;
  await pool.query('create table kept_plans (id int)');
  const client = await pool.connect();
  try {
    const read = () => client.query('select * from kept_plans where id = $1', [1]);
    for (let n = 0; n < 3; n++) await read();
    await pool.query('alter table kept_plans add column name text');
    await expect(read()).rejects.toThrow('cached plan must not change result type');
    expect((await read()).fields.map((field) => field.name)).toEqual(['id', 'name']);
  } finally {
    client.release(true);
  }
});

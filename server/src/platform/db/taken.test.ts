import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { whenTaken } from './taken.ts';

let store: TestDatabase;
beforeAll(async () => {
  store = await testDatabase();
  await store.database.pool.query(`create table named (
    name text constraint named_once unique, number int constraint numbered_once unique, check (number > 0))`);
  await insert('a', 1);
});
afterAll(() => store?.drop());

const insert = (name: string, number: number) =>
  store.database.pool.query('insert into named values ($1, $2)', [name, number]);
const named = (work: () => Promise<unknown>) => whenTaken('named_once', 'ROLE_NAME_TAKEN', work);

test('a value that somebody else has fails with the code, with what PostgreSQL said as its cause', async () => {
  await expect(named(() => insert('a', 2))).rejects.toMatchObject({
    code: 'ROLE_NAME_TAKEN',
    cause: { code: '23505', constraint: 'named_once' },
  });
});

test('another constraint, another kind of constraint and any other error go on as they are', async () => {
  await expect(named(() => insert('b', 1))).rejects.toMatchObject({
    code: '23505',
    constraint: 'numbered_once',
  });
  await expect(named(() => insert('b', -1))).rejects.toMatchObject({ code: '23514' });
  await expect(named(() => Promise.reject('thrown'))).rejects.toBe('thrown');
  expect(await named(async () => 'done')).toBe('done');
});

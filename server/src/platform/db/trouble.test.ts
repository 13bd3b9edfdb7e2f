import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { isDatabaseAway, troubleOf } from './trouble.ts';

let store: TestDatabase;
beforeAll(async () => {
  store = await testDatabase();
});
afterAll(() => store?.drop());

const failing = (statement: string, ...values: unknown[]) =>
  store.database.pool.query(statement, values).then(
    () => undefined,
    (error: unknown) => error,
  );

test('what PostgreSQL refuses is told apart from what is wrong with PostgreSQL', async () => {
  expect(troubleOf(await failing('select $1::text', 'a\u0000'))).toBe('data');
  expect(troubleOf(await failing('select $1::jsonb', '"\\u0000"'))).toBe('data');
  expect(troubleOf(await failing(`select $1::timestamptz`, 'NaN'))).toBe('data');
  expect(troubleOf(await failing('select pg_terminate_backend(pg_backend_pid())'))).toBe('passing');
  expect(troubleOf(await failing('select * from no_such_table'))).toBe('unknown');
  const { rows } = await sql<{ one: number }>`select 1 as one`.execute(store.database.db);
  expect(rows).toEqual([{ one: 1 }]);
});

test.each([
  [Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), 'passing'],
  [new Error('Connection terminated unexpectedly'), 'passing'],
  [new Error('timeout exceeded when trying to connect'), 'passing'],
  [new TypeError('x is not a function'), 'data'],
  [Object.assign(new Error('broken pipe'), { code: 'EPIPE' }), 'passing'],
  [Object.assign(new Error('io'), { code: 'EROFS' }), 'passing'],
  [new Error('Client was closed and is not queryable'), 'passing'],
  [Object.assign(new TypeError('bad argument'), { code: 'ERR_INVALID_ARG_TYPE' }), 'data'],
  [new Error('of our own'), 'unknown'],
  ['thrown', 'unknown'],
])('%s is %s', (error, trouble) => {
  expect(troubleOf(error)).toBe(trouble);
});

test('a lost database is told from a wrong query and from a missing file', () => {
  const error = (fields: object, message = 'x') => Object.assign(new Error(message), fields);
  expect(isDatabaseAway(error({ code: 'ECONNREFUSED', syscall: 'connect' }))).toBe(true);
  expect(isDatabaseAway(error({ code: '57P01' }))).toBe(true);
  expect(isDatabaseAway(error({}, 'Connection terminated unexpectedly'))).toBe(true);
  expect(isDatabaseAway(new AggregateError([error({ code: 'ECONNREFUSED', syscall: 'connect' })]))).toBe(
    true,
  );
  expect(isDatabaseAway(error({ code: '42601' }))).toBe(false);
  expect(isDatabaseAway(error({ code: 'ENOENT', syscall: 'open' }))).toBe(false);
  expect(isDatabaseAway('text')).toBe(false);
});

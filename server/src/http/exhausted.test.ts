import { Writable } from 'node:stream';
import { pino } from 'pino';
import Type from 'typebox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/database.ts';
import type { App, Feature } from '../platform/feature.ts';
import { sparingly } from '../platform/log.ts';
import { openDoor } from './testing.ts';

let house: TestDatabase;
let app: App;
/** Fails as PostgreSQL or the system does; SQLSTATEs are raised by the real one. */
const failing: Feature = {
  name: 'failing',
  routes(api) {
    api.post(
      '/fail',
      { config: { access: 'public' }, schema: { tags: ['T'], body: Type.Object({ code: Type.String() }) } },
      async (request) => {
        const { code } = request.body;
        if (code.startsWith('E')) throw Object.assign(new Error(code), { code, syscall: 'write' });
        return house.database.pool.query(`do $$ begin raise exception 'x' using errcode = '${code}'; end $$`);
      },
    );
  },
};
const lines: string[] = [];
const sink = new Writable({
  write(chunk, _encoding, done) {
    lines.push(String(chunk));
    done();
  },
});
beforeAll(async () => {
  house = await testDatabase();
  const log = pino({ hooks: { logMethod: sparingly() } }, sink);
  app = await openDoor(house, [failing], { log });
});
afterAll(async () => {
  await app?.close();
  await house?.drop();
});

const fail = (code: string) => app.inject({ method: 'POST', url: '/api/v1/fail', payload: { code } });

test.each([
  ['53100', 'The disk of the database is full'],
  ['53200', 'The database is out of memory'],
  ['53000', 'The database is out of resources'],
  ['53300', 'The database has no connection left'],
  ['53400', 'a limit of its settings'],
  ['58000', 'The system under the database fails'],
  ['58030', 'The disk of the database fails'],
  ['25006', 'The database is read-only'],
  ['57P03', 'The database does not answer'],
  ['57P01', 'The database does not answer'],
  ['ENOSPC', 'The disk of this server is full'],
  ['EDQUOT', 'The disk quota of this server'],
  ['EROFS', 'The disk of this server is read-only'],
  ['EIO', 'The disk of this server fails'],
  ['EMFILE', 'as many files open'],
])('a failure with %s is answered 503, and what is the matter is said: %s', async (code, says) => {
  const answer = await fail(code);
  expect([answer.statusCode, answer.json().error.code]).toEqual([503, 'UNAVAILABLE']);
  expect(answer.json().message).toContain(says);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
});

test('a refusal that is none of these stays an error of ours', async () => {
  expect((await fail('22012')).statusCode).toBe(500);
});

test('a hundred requests that fail for the same full disk leave one line in the log', async () => {
  lines.length = 0;
  await Promise.all(Array.from({ length: 100 }, () => fail('53100')));
  expect(lines.length).toBeLessThanOrEqual(1);
  await fail('22012');
  await fail('22012');
  expect(lines.filter((line) => line.includes('22012'))).toHaveLength(2);
});

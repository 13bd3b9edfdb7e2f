import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { eventually } from '../../../test/kit/eventually.ts';
import { notify } from './channels.ts';
import { inTransaction } from './transaction.ts';

let test1: TestDatabase;

beforeAll(async () => {
  test1 = await testDatabase();
});
afterAll(() => test1?.drop());

/** Ends every listening connection on the server's side, as a restart does. */
async function cutListeners(): Promise<number> {
  const { rowCount } = await test1.database.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and query ilike 'listen %'`,
  );
  return rowCount ?? 0;
}

test('a channel is heard from the moment listen resolves, and only that channel', async () => {
  const { database } = test1;
  const payloads: string[] = [];
  const stop = await database.listen('one', (payload) => payloads.push(payload));
  await notify(database.db, 'other', 'not for you');
  await notify(database.db, 'one', 'first');
  await notify(database.db, 'one');
  await eventually(() => expect(payloads).toEqual(['first', '']));
  await stop();
});

test('what a transaction tells is heard when it commits and never when it does not', async () => {
  const { database } = test1;
  const payloads: string[] = [];
  const stop = await database.listen('tx', (payload) => payloads.push(payload));
  await inTransaction(database.db, async (tx) => {
    await notify(tx, 'tx', 'undone');
    throw new Error('undo');
  }).catch(() => undefined);
  await inTransaction(database.db, (tx) => notify(tx, 'tx', 'done'));
  await eventually(() => expect(payloads).toEqual(['done']));
  await stop();
});

test('one listener leaving does not deafen another on the same channel', async () => {
  const { database } = test1;
  const payloads: string[] = [];
  const stopFirst = await database.listen('shared', () => payloads.push('first'));
  const stopSecond = await database.listen('shared', () => payloads.push('second'));
  await stopFirst();
  await notify(database.db, 'shared');
  await eventually(() => expect(payloads).toEqual(['second']));
  await stopSecond();
});

test('a listener that throws does not keep others from hearing', async () => {
  const { database } = test1;
  const payloads: string[] = [];
  const stops = [
    await database.listen('careless', () => {
      throw new Error('careless');
    }),
    await database.listen('careless', (payload) => payloads.push(payload)),
  ];
  await notify(database.db, 'careless', 'still here');
  await eventually(() => expect(payloads).toEqual(['still here']));
  for (const stop of stops) await stop();
});

test('a lost connection is replaced, listeners are told to catch up, then hear again', async () => {
  const { database } = test1;
  const payloads: string[] = [];
  const back = Promise.withResolvers<void>();
  const stop = await database.listen('lasting', (payload) => payloads.push(payload), {
    onReconnect: back.resolve,
  });
  expect(await cutListeners()).toBe(1);
  await back.promise;
  await notify(database.db, 'lasting', 'after');
  await eventually(() => expect(payloads).toEqual(['after']));
  await stop();
});

test('all channels share one connection', async () => {
  const { database } = test1;
  const stops = await Promise.all(
    ['a', 'b', 'c'].map((channel) => database.listen(channel, () => undefined)),
  );
  expect(await cutListeners()).toBe(1);
  for (const stop of stops) await stop();
});

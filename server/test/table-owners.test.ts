import { expect, test } from 'vitest';
import { readSource } from '../../scripts/statements.ts';

const written = (source: string) => readSource('some.store.ts', source).writes.map(({ table }) => table);
const statements = (source: string) => readSource('some.service.ts', source).statements.length;

test('whatever writes a table is seen, in builders, statements and their parts', () => {
  expect(written(`await tx.insertInto('messages').values(row).execute();`)).toEqual(['messages']);
  expect(written(`await tx.updateTable('messages as m').set(values).execute();`)).toEqual(['messages']);
  expect(written(`tx.with('gone', (db) => db.deleteFrom('messages')).insertInto('events')`).sort()).toEqual([
    'events',
    'messages',
  ]);
  expect(written(`sql\`delete from only messages where id = \${id}\``)).toEqual(['messages']);
  expect(
    written(`sql<Row>\`with moved as (update messages m set status = \${status} returning *),
      told as (insert into events (id) select id from moved) select * from moved\``).sort(),
  ).toEqual(['events', 'messages']);
  expect(written('const text = `update events set position = 1`;')).toEqual(['events']);
  expect(written(`sql\`update \${sql.table('messages')} set a = 1\``)).toEqual(['messages']);
});

test('a table whose name is computed counts as a write of an unknown one', () => {
  expect(written('await tx.deleteFrom(table).execute();')).toEqual([undefined]);
  expect(written(`sql\`delete from \${sql.table(table)}\``)).toEqual([undefined]);
});

test('locks, upserts and prose are no writes of another table', () => {
  expect(written('sql`select id from messages order by id for update skip locked`')).toEqual([]);
  expect(written('sql`select id from messages for no key update of messages`')).toEqual([]);
  expect(
    written(`sql\`insert into messages as m (id) values (\${id}) on conflict (id) do update set a = 1\``),
  ).toEqual(['messages']);
  expect(written("const what = 'A status update was set; delete from the list what you like.';")).toEqual([]);
});

test('a condition is no statement, and a statement in any form is one', () => {
  expect(statements(`sql\`a.id = \${id}\``)).toBe(0);
  expect(statements("const about = 'Select a chat from the list.';")).toBe(0);
  expect(statements("db.selectFrom('messages')")).toBe(1);
  expect(statements('sql`select 1`.execute(db)')).toBe(1);
  expect(statements("client.query('select set_config($1)')")).toBe(1);
});

import { Kysely, PostgresDialect, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDatabase } from '../../../test/database.ts';
import { newId } from '../ids.ts';
import { silentLog } from '../log.ts';
import { DatabaseUnusable } from './database-unusable.ts';
import { migrateToLatest } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { createPools, type Pools } from './pools.ts';
import type { Tables } from './tables.ts';
import type { Db } from './transaction.ts';

let databaseUrl: string;
let drop: () => Promise<void>;
let pools: Pools;

beforeEach(async () => {
  ({ databaseUrl, drop } = await createDatabase());
  pools = createPools({ connectionString: databaseUrl }, silentLog);
});
afterEach(async () => {
  await pools.close();
  await drop();
});

/** A node's own connections to the one database. */
const node = (): Db => new Kysely<Tables>({ dialect: new PostgresDialect({ pool: pools.open(2) }) });

const does = (statement: string): Migration => ({
  up: async (db) => {
    await sql.raw(statement).execute(db);
  },
  // Ours go forward only; this shows a node that would go back because another was quicker.
  down: async (db) => {
    await sql`insert into ran values ('undone')`.execute(db);
  },
});
const first = { '0001-a': does('create table ran (name text)') };
const second = { ...first, '0002-b': does(`insert into ran values ('b')`) };

async function ran(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from ran order by name`.execute(db);
  return rows.map(({ name }) => name);
}

test('four nodes that start at once run each migration once', async () => {
  const nodes = [node(), node(), node(), node()];
  await Promise.all(nodes.map((db) => migrateToLatest(db, silentLog, second)));
  expect(await ran(node())).toEqual(['b']);
});

test('a migrated database takes only what is new', async () => {
  const db = node();
  await migrateToLatest(db, silentLog, first);
  await migrateToLatest(db, silentLog, second);
  await migrateToLatest(db, silentLog, second);
  expect(await ran(db)).toEqual(['b']);
});

test('a failing migration is named and undone whole, and those before it stay', async () => {
  const db = node();
  await migrateToLatest(db, silentLog, first);
  const broken = { ...second, '0003-c': does(`insert into ran values ('c'); select broken`) };
  await expect(migrateToLatest(db, silentLog, broken)).rejects.toThrow(
    /migration 0003-c failed and was undone: column "broken" does not exist/,
  );
  expect(await ran(db)).toEqual(['b']);

  await migrateToLatest(db, silentLog, { ...second, '0003-c': does(`insert into ran values ('c')`) });
  expect(await ran(db)).toEqual(['b', 'c']);
});

test('a new database whose migration fails is empty, and the next start makes all of it', async () => {
  const db = node();
  const broken = { ...second, '0003-c': does(`insert into ran values ('c'); select broken`) };
  await expect(migrateToLatest(db, silentLog, broken)).rejects.toThrow(
    /migration 0003-c failed and was undone/,
  );
  const { rows } = await sql`select to_regclass('ran') as found`.execute(db);
  expect(rows).toEqual([{ found: null }]);
  await migrateToLatest(db, silentLog, second);
  expect(await ran(db)).toEqual(['b']);
});

test('a database that a newer version migrated is refused, untouched', async () => {
  const db = node();
  await migrateToLatest(db, silentLog, second);
  const refusal = migrateToLatest(db, silentLog, {
    ...first,
    '0001-z': does(`insert into ran values ('z')`),
  });
  await expect(refusal).rejects.toThrow(DatabaseUnusable);
  await expect(refusal).rejects.toThrow(/newer version of MultiWA \(0002-b\)/);
  expect(await ran(db)).toEqual(['b']);
});

test('an older server whose oldest events were purged goes on refusing the same cursors', async () => {
  const db = node();
  const { '0001-foundation': foundation } = migrations;
  if (!foundation) throw new Error('the first migration is gone');
  await migrateToLatest(db, silentLog, { '0001-foundation': foundation });
  await sql`insert into organizations (id, name, slug, created_at, updated_at)
    values (${newId()}, 'Bakery', 'bakery', now(), now())`.execute(db);
  await sql`insert into events (id, name, position, organization_id, body, occurred_at)
    select gen_random_uuid(), 'message.sent', position, organizations.id, '{}', now()
    from organizations, generate_series(41, 50) as position`.execute(db);
  await sql`update event_log set last_position = 50`.execute(db);
  await migrateToLatest(db, silentLog, migrations);
  const { rows } = await sql`select kept_after::int from event_log`.execute(db);
  expect(rows).toEqual([{ kept_after: 40 }]);
});

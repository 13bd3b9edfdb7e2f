import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { insertProfile, whoseProfile } from '../../../test/profile-rows.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { newId } from '../../platform/ids.ts';
import { createFindStore, type Scope } from './find.store.ts';
import { createPeopleStore } from './people.store.ts';

/** What is counted is the way along the index; a busy machine must not lead another one. */
const patient = { msMax: 60_000 };

let house: TestDatabase;
let whose: { organizationId: string; profileId: string };
let others: { organizationId: string; profileId: string };

/** Messages with their words and a few people of a profile, written by the database itself. */
async function fill(db: Db, of: typeof whose, messages: number): Promise<void> {
  const conversation = newId();
  const { organizationId, profileId } = of;
  await sql`insert into conversations (id, organization_id, profile_id, chat, type, name, created_at, updated_at)
    select case n when 0 then ${conversation}::uuid else gen_random_uuid() end, ${organizationId}, ${profileId},
      (628100000000 + n) || '@c.us', 'user', 'Customer ' || n, now(), now()
    from generate_series(0, 3000) n`.execute(db);
  await sql`insert into contacts (id, organization_id, profile_id, phone, name, created_at, updated_at)
    select gen_random_uuid(), ${organizationId}, ${profileId}, (628100000000 + n)::text, 'Customer ' || n, now(), now()
    from generate_series(0, 3000) n`.execute(db);
  await sql`with made as (
      insert into messages (id, organization_id, profile_id, conversation_id, wa_message_id, direction, type, content,
        status, timestamp, created_at, updated_at)
      select gen_random_uuid(), ${organizationId}, ${profileId}, ${conversation}, 'm' || n, 'incoming', 'text',
        jsonb_build_object('text', 'bread number ' || n || case when n < 9000 then ' stale' else '' end),
        'read', now() - (${messages}::int - n) * interval '1 second', now(), now()
      from generate_series(1, ${messages}::int) n returning *
    )
    insert into message_words (message_id, organization_id, profile_id, conversation_id, at, words)
    select id, organization_id, profile_id, conversation_id, date_trunc('milliseconds', timestamp),
      right(organization_id::text, 3) || ' ' || (content->>'text') from made`.execute(db);
}

beforeAll(async () => {
  house = await testDatabase();
  const { db } = house.database;
  // Nobody tells the planner of what grows.
  for (const table of ['message_words', 'contacts', 'conversations']) {
    await sql`alter table ${sql.table(table)} set (autovacuum_enabled = off)`.execute(db);
  }
  whose = await whoseProfile(db, await insertProfile(db));
  others = await whoseProfile(db, await insertProfile(db));
  await fill(db, whose, 30_000);
  await fill(db, others, 10_000);
  // As the server does itself when a table has grown.
  await sql`analyze message_words`.execute(db);
});
afterAll(() => house?.drop());

/** How many rows of a table these deeds read, and whether any was read one after the other; all in one session. */
async function rowsRead(session: Db, table: string, deeds: () => Promise<void>) {
  const read = async () => {
    await sql`select pg_stat_force_next_flush()`.execute(session);
    const { rows } = await sql<{ one: string; along: string }>`
      select seq_tup_read as one, idx_tup_fetch as along from pg_stat_user_tables where relname = ${table}`.execute(
      session,
    );
    return { one: Number(rows[0]?.one), along: Number(rows[0]?.along) };
  };
  const before = await read();
  await deeds();
  const after = await read();
  return { one: after.one - before.one, along: after.along - before.along };
}

const scopes = (): Scope[] => [
  { organizationId: whose.organizationId, in: 'organization' },
  { organizationId: whose.organizationId, in: 'profiles', ids: [whose.profileId, newId()] },
];

test('a window reads its own rows of the newest, and goes on where it ended', async () => {
  await house.database.db.connection().execute(async (session) => {
    const store = createFindStore(session, patient);
    for (const scope of scopes()) {
      const look = (term: string) =>
        store.inWindow(scope, {}, [term], { after: undefined, rows: 1_000, limit: 10 });
      const { one, along } = await rowsRead(session, 'message_words', async () => {
        for (let n = 0; n < 8; n++) expect((await look('never')).found).toEqual([]);
      });
      expect(one).toBe(0);
      expect(along / 8).toBeLessThan(2_200);
      expect((await look('bread')).found).toHaveLength(10);
      const { edge } = await look('never');
      const next = await store.inWindow(scope, {}, ['bread'], { after: edge, rows: 1_000, limit: 1 });
      expect(next.found[0]?.at.getTime()).toBeLessThan(edge?.at.getTime() ?? 0);
    }
  });
});

test('what is rare is found along the index, and rows of other organisations are not read', async () => {
  await house.database.db.connection().execute(async (session) => {
    const store = createFindStore(session, patient);
    for (const scope of scopes()) {
      const look = () => store.byTrigrams(scope, {}, ['number', '4711'], { after: undefined, limit: 50 });
      const { one, along } = await rowsRead(session, 'message_words', async () => {
        for (let n = 0; n < 8; n++) expect((await look())?.length).toBe(3);
      });
      expect(one).toBe(0);
      expect(along / 8).toBeLessThan(40);
    }
  });
});

test('a long number among words is found by the number alone, with what it stands in', async () => {
  const [scope] = scopes();
  if (!scope) throw new Error('no scope');
  const asked: string[] = [];
  const db = house.database.db.withPlugin({
    transformQuery: ({ node }) => {
      asked.push(...(JSON.stringify(node).match(/%[^%"]*%/g) ?? []));
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  const store = createFindStore(db, patient);
  const find = (term: string) => store.byTrigrams(scope, {}, [term], { after: undefined, limit: 50 });
  expect(await find('bread number 23456')).toHaveLength(1);
  expect(asked).toEqual(['% 23456%']);
  expect(await find('no number 23456')).toEqual([]);
});

test('what thousands of messages say is not sorted: the store says so, whatever the filter', async () => {
  const store = createFindStore(house.database.db, patient);
  const [scope] = scopes();
  if (!scope) throw new Error('no scope');
  const page = { after: undefined, limit: 50 };
  expect(await store.byTrigrams(scope, {}, ['stale'], page)).toBeUndefined();
  expect(await store.byTrigrams(scope, { type: 'image' }, ['stale'], page)).toBeUndefined();
});

test('people are found along the indexes of their names, with a kept plan too', async () => {
  await house.database.db.connection().execute(async (session) => {
    const store = createPeopleStore(session, patient);
    const tenancy = { organizationId: whose.organizationId };
    for (const table of ['contacts', 'conversations'] as const) {
      const { one, along } = await rowsRead(session, table, async () => {
        for (let n = 0; n < 8; n++) {
          expect(await store[table](tenancy, ['CUSTOMER', '271'], true, 20)).toHaveLength(13);
          expect(await store[table](tenancy, ['8100002711'], true, 5)).toHaveLength(1);
        }
      });
      expect(one).toBe(0);
      expect(along / 8).toBeLessThan(20);
      expect(await store[table](tenancy, ['%'], true, 5)).toEqual([]);
    }
  });
});

import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { makeOrganization } from '../../platform/events/testing.ts';
import { newId } from '../../platform/ids.ts';
import { createDeliveryQueue } from './delivery-queue.store.ts';

let house: TestDatabase;
let webhookIds: string[];
beforeAll(async () => {
  house = await testDatabase();
  const { db } = house.database;
  // Nobody tells the planner of what grows, as in the first seconds of a burst.
  await sql`alter table webhook_deliveries set (autovacuum_enabled = off)`.execute(db);
  const organizationId = await makeOrganization(db);
  webhookIds = [newId(), newId(), newId()];
  for (const id of webhookIds) {
    await db
      .insertInto('webhooks')
      .values({
        ...{ id, organization_id: organizationId, url: 'https://example.com', events: ['*'] },
        ...{ secret: Buffer.from([1]), created_at: new Date(), updated_at: new Date() },
      })
      .execute();
  }
});
afterAll(() => house?.drop());

const moment = new Date('2026-03-01T00:00:00Z');
let sequence = 0;

/** Adds waiting deliveries of one webhook; answers their numbers. */
async function add(db: Db, webhookId: string | undefined, count: number): Promise<number[]> {
  const rows = Array.from({ length: count }, () => ({
    ...{ id: newId(), webhook_id: webhookId ?? '', event_id: newId(), event_name: 'test.counted' },
    ...{ sequence: ++sequence, body: '{}', due_at: moment, created_at: moment },
  }));
  await db.insertInto('webhook_deliveries').values(rows).execute();
  return rows.map((row) => row.sequence);
}

async function claim(
  db: Db,
  only: readonly (string | undefined)[] | undefined,
  held: [string, number][] = [],
) {
  const claims = await createDeliveryQueue(db).claim({
    ...{ now: moment, perEndpoint: 4, held: new Map(held), nodeId: 'node', present: ['node'] },
    only: only?.map((id) => id ?? ''),
  });
  await sql`update webhook_deliveries set status = 'delivered' where id = any(${claims.map(({ id }) => id)}::uuid[])`.execute(
    db,
  );
  return claims.map((one) => one.sequence).sort((a, b) => (a ?? 0) - (b ?? 0));
}

test('of each webhook that is named the oldest are claimed, as many as its place allows', async () => {
  const { db } = house.database;
  const [one = '', two = '', three = ''] = webhookIds;
  const [first, second, third] = [await add(db, one, 6), await add(db, two, 6), await add(db, three, 1)];
  expect(await claim(db, [])).toEqual([]);
  expect(await claim(db, [one])).toEqual(first.slice(0, 4));
  expect(await claim(db, [one, two], [[two, 3]])).toEqual([...first.slice(4), ...second.slice(0, 1)]);
  expect(await claim(db, [two], [[two, 9]])).toEqual([]);
  expect(await claim(db, undefined, [[two, 2]])).toEqual([...second.slice(1, 3), ...third]);
  expect(await claim(db, undefined)).toEqual(second.slice(3));
});

test('a claim is planned once, and its plan reads what it claims whatever there is beside it', async () => {
  await house.database.db.connection().execute(async (session) => {
    const [id] = webhookIds;
    for (let n = 0; n < 12; n++) {
      const added = await add(session, id, 1);
      expect(await claim(session, [id])).toEqual(added);
    }
    await add(session, id, 1_000);
    const read = async () => {
      await sql`select pg_stat_force_next_flush()`.execute(session);
      const { rows } = await sql<{ read: string }>`select seq_tup_read as read from pg_stat_user_tables
        where relname = 'webhook_deliveries'`.execute(session);
      return Number(rows[0]?.read);
    };
    const before = await read();
    await createDeliveryQueue(session).claim({
      ...{
        now: moment,
        perEndpoint: 4,
        held: new Map(),
        nodeId: 'node',
        present: ['node'],
        only: [id ?? ''],
      },
    });
    expect((await read()) - before).toBe(0);
    const { rows } = await sql<{ kept: string; anew: string }>`
      select generic_plans as kept, custom_plans as anew from pg_prepared_statements
      where statement like '%claimed_by = %' and statement like '%w.id = $%'`.execute(session);
    expect(rows.map(({ kept, anew }) => [Number(kept) > 0, Number(anew)])).toEqual([[true, 5]]);
  });
});

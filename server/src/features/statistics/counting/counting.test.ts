import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import { eventually } from '../../../../test/kit/eventually.ts';
import { seeded } from '../../../../test/seeded.ts';
import { systemClock } from '../../../platform/clock.ts';
import { up } from '../../../platform/db/migrations/0061-statistics.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import { createRecorder } from '../../../platform/events/record.ts';
import { numberBatch } from '../../../platform/events/relay.sql.ts';
import { makeOrganization, makeProfile, startEventNode } from '../../../platform/events/testing.ts';
import type { EventReader } from '../../../platform/feature.ts';
import { createResponseStore } from '../responses/responses.store.ts';
import { createResponses } from '../responses/responses.ts';
import { type Chat, countedDays, countedRows, createTraffic, makeChat } from '../testing.ts';
import { createBackfill } from './backfill.ts';
import { createBacklogStore } from './backlog.store.ts';
import { createFollower, readerName } from './follow.ts';
import { createCountPast } from './past.ts';

let house: TestDatabase;
let db: Db;
const chats: Chat[] = [];
const random = seeded(61);

beforeAll(async () => {
  house = await testDatabase();
  db = house.database.db;
  // The clocks of both change in these days, each on another; one is ahead by a half hour.
  for (const timeZone of ['Europe/Berlin', 'Australia/Lord_Howe', null]) {
    const organizationId = await makeOrganization(db);
    const settings = JSON.stringify({ timeZone });
    await db.updateTable('organizations').set({ settings }).where('id', '=', organizationId).execute();
    chats.push(await makeChat(db, organizationId, await makeProfile(db, organizationId)));
  }
});
afterAll(() => house?.drop());

const backlog = () => createBacklogStore(db);

/** As the server has it, but that some batches fail after their work. */
function shaken(): EventReader {
  const reader = createFollower({ backlog: backlog(), responses: createResponses(createResponseStore(db)) });
  return {
    name: reader.name,
    async read(events, tx) {
      await reader.read?.(events, tx);
      if (random() < 0.3) throw new Error('the process ends here, before the commit');
    },
  };
}

test('counts equal the rows, whenever nodes end, with older messages counted meanwhile', async () => {
  const recorder = createRecorder(systemClock, () => undefined);
  const from = new Date('2026-03-26T00:00:00Z');
  const traffic = createTraffic({ db, recorder, random, chats, from, days: 12 });
  for (let n = 0; n < 120; n++) await traffic.step();
  await sql.raw(numberBatch.text).execute(db);
  // Events that are not numbered yet when the new version begins.
  for (let n = 0; n < 30; n++) await traffic.step();
  await sql`drop table message_days, message_totals, awaiting, response_days, response_times, statistics_backlog,
    statistics_changes`.execute(db);
  await inTransaction(db, (tx) => up(tx as unknown as Kysely<unknown>));
  const inJobs = { enqueue: async () => undefined, discard: async () => 0 } as never;
  const step = createBackfill({ db, jobs: inJobs, store: backlog(), atOnce: 9 });
  const counting = step.run({}, new AbortController().signal);
  const nodes = [await startEventNode(house.database, [shaken()])];
  for (let round = 0; round < 6; round++) {
    nodes.push(await startEventNode(house.database, [shaken()]));
    for (let n = 0; n < 20; n++) {
      await traffic.step();
      if (n % 7 === 0) nodes.at(-1)?.relay.poke();
    }
    await nodes.shift()?.stop();
  }
  await counting;
  await eventually(async () => {
    nodes[0]?.relay.poke();
    const cursor = await db
      .selectFrom('event_cursors')
      .select('position')
      .where('reader', '=', readerName)
      .executeTakeFirst();
    const { count } = await db
      .selectFrom('events')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where((eb) => eb.or([eb('position', 'is', null), eb('position', '>', cursor?.position ?? 0)]))
      .executeTakeFirstOrThrow();
    expect(count).toBe(0);
  });
  for (const node of nodes) await node.stop();
  const rows = await countedRows(db);
  expect(rows.length).toBeGreaterThan(100);
  expect(await countedDays(db)).toEqual(rows);
  const { rows: totals } = await sql`select profile_id, incoming, outgoing from message_totals
    order by profile_id`.execute(db);
  const { rows: ofRows } =
    await sql`select profile_id, count(*) filter (where direction = 'incoming') as incoming,
    count(*) filter (where direction = 'outgoing') as outgoing from messages group by 1 order by 1`.execute(
      db,
    );
  expect(totals).toEqual(ofRows);
  expect(await backlog().hasBacklog()).toBe(false);
  expect((await sql`select from statistics_changes`.execute(db)).rows).toEqual([]);
});

test('the past of a phone counts on its days, but not what its organisation keeps no longer', async () => {
  const organizationId = await makeOrganization(db);
  const chat = await makeChat(db, organizationId, await makeProfile(db, organizationId));
  const settings = JSON.stringify({ messageRetentionDays: 30 });
  await db.updateTable('organizations').set({ settings }).where('id', '=', organizationId).execute();
  const now = new Date('2026-05-01T12:00:00Z');
  const recorder = { recordAll: async () => undefined };
  const past = { db, recorder, random, chats: [chat] };
  const counts = createCountPast({ clock: { now: () => now } });
  const ofDay = async (from: Date) => {
    const traffic = createTraffic({ ...past, from, days: 1 });
    for (let n = 0; n < 12; n++) await traffic.step();
  };
  const own = (days: Record<string, unknown>[]) => days.filter((day) => day.profile_id === chat.profileId);
  await ofDay(new Date('2026-04-20T00:00:00Z'));
  const kept = own(await countedRows(db));
  await ofDay(new Date('2026-03-01T00:00:00Z'));
  const ids = await db.selectFrom('messages').select('id').where('profile_id', '=', chat.profileId).execute();
  await inTransaction(db, (tx) =>
    counts(
      tx,
      organizationId,
      ids.map(({ id }) => id),
    ),
  );
  expect(own(await countedDays(db))).toEqual(kept);
});

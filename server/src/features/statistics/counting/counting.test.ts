import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import { eventually } from '../../../../test/kit/eventually.ts';
import { seeded } from '../../../../test/seeded.ts';
import { systemClock } from '../../../platform/clock.ts';
import { up } from '../../../platform/db/migrations/0061-statistics.ts';
import { up as upOfOrganizations } from '../../../platform/db/migrations/0076-organization-days.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import { createRecorder } from '../../../platform/events/record.ts';
import { numberBatch } from '../../../platform/events/relay.sql.ts';
import { makeOrganization, makeProfile, startEventNode } from '../../../platform/events/testing.ts';
import type { EventReader } from '../../../platform/feature.ts';
import { createResponseStore } from '../responses/responses.store.ts';
import { createResponses } from '../responses/responses.ts';
import { type Chat, countedDays, countedRows, createTraffic, makeChat } from '../testing.ts';
import { noteZoneChange, zoneChangeOf } from '../zones.store.ts';
import { createCountAnew } from './anew.ts';
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

const dropFunctions = ['days', 'response_days', 'response_times']
  .flatMap((of) => ['insert', 'update', 'delete'].map((when) => `drop function organization_${of}_${when}()`))
  .join('; ');

/** What is kept of organisations, and the sums of their profiles. */
async function countedOfOrganizations() {
  const counts = sql.raw(
    'sum(n)::int as n, sum(read)::int as read, sum(failed)::int as failed, sum(h7)::int as h7',
  );
  const sums = (table: string) =>
    sql`select organization_id, day::text, direction, type, ${counts} from ${sql.table(table)}
      group by 1, 2, 3, 4 having sum(n) <> 0 order by 1, 2, 3, 4`.execute(db);
  const times = (table: string) =>
    sql`select organization_id, day::text, answered_by, bucket, sum(n)::int as n from ${sql.table(table)}
      group by 1, 2, 3, 4 having sum(n) <> 0 order by 1, 2, 3, 4`.execute(db);
  const [kept, summed, keptTimes, summedTimes] = await Promise.all([
    sums('organization_days'),
    sums('message_days'),
    times('organization_response_times'),
    times('response_times'),
  ]);
  return { kept: [...kept.rows, ...keptTimes.rows], summed: [...summed.rows, ...summedTimes.rows] };
}

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
  await sql`drop table organization_days, organization_response_days, organization_response_times`.execute(
    db,
  );
  await sql.raw(dropFunctions).execute(db);
  await inTransaction(db, async (tx) => {
    await up(tx as unknown as Kysely<unknown>);
    await upOfOrganizations(tx as unknown as Kysely<unknown>);
  });
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
  const ofOrganizations = await countedOfOrganizations();
  expect(ofOrganizations.kept.length).toBeGreaterThan(20);
  expect(ofOrganizations.kept).toEqual(ofOrganizations.summed);
  expect((await sql`select from statistics_changes`.execute(db)).rows).toEqual([]);
});

test('by other clocks the days are counted anew, and what is read later counts once', async () => {
  const [chat] = chats as [Chat];
  const settings = JSON.stringify({ timeZone: 'America/St_Johns' });
  await db.updateTable('organizations').set({ settings }).where('id', '=', chat.organizationId).execute();
  const recorder = createRecorder(systemClock, () => undefined);
  const traffic = createTraffic({
    db,
    recorder,
    random,
    chats: [chat],
    from: new Date('2026-04-01T00:00:00Z'),
    days: 4,
  });
  for (let n = 0; n < 20; n++) await traffic.step();
  await sql.raw(numberBatch.text).execute(db);
  for (let n = 0; n < 10; n++) await traffic.step();
  const anew = createCountAnew({ db, backlog: backlog() });
  const signal = new AbortController().signal;
  const { organizationId, profileId } = chat;
  const changed = () =>
    inTransaction(db, (tx) => noteZoneChange(tx, organizationId, new Date('2026-04-10T12:00:00Z')));
  await changed();
  expect(await zoneChangeOf(db, organizationId)).toMatchObject({ isCounting: true });
  for (const _ of ['once', 'twice']) await anew.run({ organizationId }, signal);
  expect(await zoneChangeOf(db, organizationId)).toMatchObject({ isCounting: false, messagesFrom: null });
  // A day of messages that are not kept any more.
  await sql`insert into message_days (organization_id, profile_id, day, direction, type, n, h7)
    values (${organizationId}, ${profileId}, '2019-03-27', 'incoming', 'text', 5, 5)`.execute(db);
  await changed();
  await anew.run({ organizationId }, signal);
  const { rows: first } = await sql<{
    day: string;
  }>`select min(timestamp at time zone 'America/St_Johns')::date::text
    as day from messages where profile_id = ${profileId}`.execute(db);
  expect(await zoneChangeOf(db, organizationId)).toMatchObject({ messagesFrom: first[0]?.day });
  await sql`delete from message_days where day = '2019-03-27'`.execute(db);
  const reader = createFollower({ backlog: backlog(), responses: createResponses(createResponseStore(db)) });
  const node = await startEventNode(house.database, [reader]);
  await eventually(async () => {
    node.relay.poke();
    expect(await countedDays(db)).toEqual(await countedRows(db));
  });
  await node.stop();
  const sums = await countedOfOrganizations();
  expect(sums.kept).toEqual(sums.summed);
});

test('the counts of a profile go from those of its organisation when it does', async () => {
  const [chat] = chats as [Chat];
  const other = await makeProfile(db, chat.organizationId);
  await sql`insert into message_days (organization_id, profile_id, day, direction, type, n, h7)
    values (${chat.organizationId}, ${other}, '2026-03-27', 'incoming', 'text', 5, 5)`.execute(db);
  const with_ = await countedOfOrganizations();
  expect(with_.kept).toEqual(with_.summed);
  await db.deleteFrom('profiles').where('id', '=', other).execute();
  const without = await countedOfOrganizations();
  expect(without.kept).toEqual(without.summed);
  expect(without.kept).not.toEqual(with_.kept);
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
  const all = ids.map(({ id }) => id);
  await inTransaction(db, (tx) => counts.stored(tx, organizationId, all));
  expect(own(await countedDays(db))).toEqual(kept);
  // Events tell of them after all: they count by these.
  await inTransaction(db, (tx) => counts.told(tx, organizationId, all));
  expect(own(await countedDays(db)).every(({ n, delivered }) => n === 0 && delivered === 0)).toBe(true);
});

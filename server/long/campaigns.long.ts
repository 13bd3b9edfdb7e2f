import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBroadcastStore } from '../src/features/broadcasts/broadcasts.store.ts';
import { createPreparation } from '../src/features/broadcasts/prepare/prepare.ts';
import { crashDuringCampaign } from '../test/campaign-crash-rig.ts';
import { type TestDatabase, testDatabase } from '../test/database.ts';
import { turnedClock } from '../test/kit/clock.ts';
import { insertProfile, whoseProfile } from '../test/profile-rows.ts';

const people = 1_000_000;
const bytesMax = 256 * 1_048_576;

let house: TestDatabase;
beforeAll(async () => {
  house = await testDatabase();
});
afterAll(() => house?.drop());

const table = (report: object) =>
  console.log(
    [
      '',
      '| campaigns | |',
      '| --- | --- |',
      ...Object.entries(report).map((row) => `| ${row.join(' | ')} |`),
      '',
    ].join('\n'),
  );

test('2,000 recipients and 25 kills: the ledger shows each person one message, and the counters agree', async () => {
  const report = await crashDuringCampaign({
    ...{ kills: 25, recipients: 2_000, seed: 20_260_302, delayMax: 0, livesMs: 700 },
  });
  const { stats, ...rest } = report;
  table({ ...rest, ...stats });
  expect(report).toMatchObject({
    ...{ lost: 0, shownTwice: 0, underTwoIds: 0, strangers: 0 },
    stats: { total: 2_000, sent: 2_000, delivered: 2_000, failed: 0, pending: 0 },
  });
}, 1_800_000);

test('a million contacts are prepared within 256 MB, however often it is interrupted', async () => {
  const { db } = house.database;
  const clock = turnedClock();
  const profileId = await insertProfile(db);
  const { organizationId } = await whoseProfile(db, profileId);
  const now = clock.now();
  for (let at = 0; at < people; at += 5_000) {
    await db
      .insertInto('contacts')
      .values(
        Array.from({ length: 5_000 }, (_, n) => ({
          ...{ id: crypto.randomUUID(), organization_id: organizationId, profile_id: profileId },
          ...{ phone: String(628_100_000_000 + at + n), created_at: now, updated_at: now },
        })),
      )
      .execute();
  }
  const store = createBroadcastStore(db);
  const id = crypto.randomUUID();
  const preparation = createPreparation({
    ...{ clock, store, defaultCountry: 'ID', messages: { senderOf: async () => undefined as never } },
    jobs: { enqueue: async () => undefined },
    ending: { completeIfDone: async () => false } as never,
    poke: () => undefined,
  });
  await store.inTransaction(async (tx) => {
    const row = await store.insert(tx, {
      ...{ id, organization_id: organizationId, profile_id: profileId, kind: 'broadcast', name: 'All' },
      ...{ message: '{}', audience: JSON.stringify({ type: 'all', value: [] }), settings: '{}' },
      ...{ status: 'running', created_kind: 'user', created_at: now, updated_at: now },
    });
    if (row) await preparation.begin(tx, row);
  });
  let peak = 0;
  const startedMs = performance.now();
  for (let runs = 0, done = false; !done && runs < 1_000; runs++) {
    const interrupted = new AbortController();
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 50);
    setTimeout(() => interrupted.abort(), 5_000);
    await preparation.run({ broadcastId: id }, interrupted.signal).then(
      () => {
        done = true;
      },
      () => undefined,
    );
    clearInterval(watch);
  }
  const { pending } = await db
    .selectFrom('broadcast_counters')
    .selectAll()
    .where('broadcast_id', '=', id)
    .executeTakeFirstOrThrow();
  const { n } = await db
    .selectFrom('broadcast_recipients')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('broadcast_id', '=', id)
    .executeTakeFirstOrThrow();
  table({
    prepared: n,
    seconds: Math.round((performance.now() - startedMs) / 1000),
    peakMB: Math.round(peak / 1e6),
  });
  expect([n, pending]).toEqual([people, people]);
  expect(peak).toBeLessThan(bytesMax);
}, 1_800_000);

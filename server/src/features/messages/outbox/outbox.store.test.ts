import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import { insertProfile, whoseProfile } from '../../../../test/profile-rows.ts';
import { phoneChat } from '../../../platform/chat-id.ts';
import { later, systemClock } from '../../../platform/clock.ts';
import { inTransaction } from '../../../platform/db/transaction.ts';
import { createRecorder } from '../../../platform/events/record.ts';
import { newId } from '../../../platform/ids.ts';
import { resolveConversation } from '../../conversations/index.ts';
import { adopt } from '../adopt.store.ts';
import { keepMessages, type ReadyMessage } from '../keep.sql.ts';
import { forwardMessages } from '../receipts.store.ts';
import { createOutboxStore } from './outbox.store.ts';

const events = createRecorder(systemClock, () => undefined);
const [one, other] = [phoneChat('628111000001'), phoneChat('628111000002')];
let nowMs = Date.now();
const clock = { now: () => new Date(nowMs) };
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.drop());

/** The queue of a profile that is owned with generation 1. */
async function queue() {
  const { db } = database.database;
  const whose = await whoseProfile(db, await insertProfile(db));
  for (const chat of [one, other]) {
    await inTransaction(db, (tx) =>
      resolveConversation(tx, { clock, adopt, tell: async () => undefined }, whose, chat),
    );
  }
  const store = createOutboxStore(db, clock, events);
  return {
    ...{ db, store, profileId: whose.profileId },
    async keep(text: string, chat = one, more: Partial<ReadyMessage> = {}) {
      const message: ReadyMessage = {
        ...{
          id: newId(),
          ...whose,
          chat,
          sender: null,
          waMessageId: newId(),
          type: 'text',
          content: { text },
        },
        ...{
          quotedId: null,
          clientReference: null,
          retryOf: null,
          origin: { kind: 'api', id: null },
          acceptedAt: clock.now(),
        },
        ...{ expiresAt: later(clock.now(), 3_600_000), ...more },
      };
      await keepMessages(db, events, [message]);
      return message;
    },
    async claim(limit = 10, unfinished = false) {
      const claimed = await store.claim(whose.profileId, 1, limit, { unfinished, inFlight: [] });
      return claimed.map(({ content }) => content.text);
    },
  };
}

const ofCampaign = { origin: { kind: 'broadcast', id: 'spring' } };

test('what somebody waits for goes before what is planned, and both before campaigns', async () => {
  const { keep, claim } = await queue();
  for (const text of ['c1', 'c2', 'c3']) await keep(text, one, ofCampaign);
  await keep('planned', one, { origin: { kind: 'schedule', id: null } });
  await keep('campaign elsewhere', other, ofCampaign);
  expect(await claim(1)).toEqual(['c1']);
  await keep('reply', other);
  expect(await claim()).toEqual(['campaign elsewhere', 'reply', 'c2', 'c3', 'planned']);
});

test('a message takes along what waits before it in its chat, so nothing overtakes there', async () => {
  const { keep, claim } = await queue();
  await keep('offer', one, ofCampaign);
  await keep('offer elsewhere', other, ofCampaign);
  await keep('reply', one);
  expect(await claim(2)).toEqual(['offer', 'reply']);
  expect(await claim()).toEqual(['offer elsewhere']);
});

test('a message that is due later is claimed once its time has come; the next moment is known', async () => {
  const { keep, claim, store, profileId } = await queue();
  const begun = clock.now();
  await keep('later', one, { dueAt: later(begun, 60_000) });
  await keep('latest', one, { dueAt: later(begun, 90_000) });
  await keep('now', one);
  expect(await claim()).toEqual(['now']);
  expect(await store.release()).toEqual({ profileIds: [], next: later(begun, 60_000) });
  nowMs += 60_000;
  expect(await store.release()).toEqual({ profileIds: [profileId], next: later(begun, 90_000) });
  expect(await claim()).toEqual(['later']);
  nowMs += 60_000;
  expect(await store.release()).toEqual({ profileIds: [profileId], next: undefined });
});

test('a receipt takes a message out of the queue, so whoever has it is not sent it again', async () => {
  const { db, keep, claim, profileId } = await queue();
  const { waMessageId } = await keep('it arrived');
  await claim();
  await forwardMessages(db, events, [{ profileId, waMessageId, status: 'delivered' }], clock.now());
  expect(await claim(10, true)).toEqual([]);
});

test('the steps of a message change no index: each finds room beside the row', async () => {
  const { db, keep, claim, store, profileId } = await queue();
  const updates = async () => {
    await sql`select pg_stat_force_next_flush()`.execute(db);
    const { rows } = await sql<{
      all: number;
      hot: number;
    }>`select n_tup_upd::int as all, n_tup_hot_upd::int as hot
      from pg_stat_user_tables where relname = 'messages'`.execute(db);
    return rows[0] ?? { all: 0, hot: 0 };
  };
  const before = await updates();
  for (let n = 0; n < 30; n++) {
    const { id, waMessageId } = await keep(`number ${n}`);
    await claim();
    await store.markSent([id]);
    await forwardMessages(db, events, [{ profileId, waMessageId, status: 'delivered' }], clock.now());
  }
  await expect
    .poll(async () => (await updates()).all - before.all, { timeout: 60_000 })
    .toBeGreaterThanOrEqual(90);
  const after = await updates();
  expect((after.hot - before.hot) / (after.all - before.all)).toBeGreaterThan(0.6);
});

test('one look tells which profiles have something due, those being sent among them', async () => {
  const [waiting, underWay, planned, empty] = [await queue(), await queue(), await queue(), await queue()];
  await waiting.keep('waits');
  await underWay.keep('goes');
  await underWay.claim();
  await planned.keep('planned');
  await sql`update outbox set due_at = ${later(clock.now(), 60_000)} where profile_id = ${planned.profileId}`.execute(
    planned.db,
  );
  const all = [waiting, underWay, planned, empty].map(({ profileId }) => profileId);
  expect((await waiting.store.withSomething(all)).toSorted()).toEqual(
    [waiting.profileId, underWay.profileId].toSorted(),
  );
});

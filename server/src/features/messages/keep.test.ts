import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { insertProfile, whoseProfile } from '../../../test/profile-rows.ts';
import { phoneChat } from '../../platform/chat-id.ts';
import { systemClock } from '../../platform/clock.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { createRecorder } from '../../platform/events/record.ts';
import { resolveConversation } from '../conversations/index.ts';
import { adopt } from './adopt.store.ts';
import { keepMessages } from './keep.sql.ts';
import { readyText } from './testing-keep.ts';

const chat = phoneChat('628111000002');
const events = createRecorder(systemClock, () => undefined);
let store: TestDatabase;
beforeAll(async () => {
  store = await testDatabase();
});
afterAll(() => store?.drop());

/** A profile that this node owns with generation 1, and how it keeps messages to a chat that exists. */
async function owner() {
  const { db } = store.database;
  const whose = await whoseProfile(db, await insertProfile(db));
  const { id } = await inTransaction(db, (tx) =>
    resolveConversation(tx, { clock: systemClock, adopt, tell: async () => undefined }, whose, chat),
  );
  const message = (generation?: number) => readyText(whose, chat, { generation });
  return {
    ...{ db, profileId: whose.profileId, conversationId: id, message },
    async keeps(generation?: number) {
      const [kept] = await keepMessages(db, events, [message(generation)]);
      const row = await db
        .selectFrom('messages')
        .innerJoin('outbox', 'message_id', 'id')
        .select(['status', 'is_claimed', 'outbox.generation', 'attempts', 'expiration'])
        .where('id', '=', kept?.id ?? '')
        .executeTakeFirstOrThrow();
      return { claimed: kept?.claimed, row };
    },
  };
}

test('a message that its node can send at once is kept as being sent, with the way to its chat', async () => {
  const { db, conversationId, keeps } = await owner();
  const since = new Date('2026-11-01T10:00:00Z');
  await db
    .updateTable('conversations')
    .set({ expiration: 86_400, expiration_since: since, address_checked_at: since })
    .where('id', '=', conversationId)
    .execute();
  const { claimed, row } = await keeps(1);
  expect(row).toEqual({
    status: 'sending',
    is_claimed: true,
    generation: 1,
    attempts: 1,
    expiration: 86_400,
  });
  expect(claimed).toMatchObject({
    ...{ chat, conversation_id: conversationId, status: 'sending', type: 'text', content: { text: 'hello' } },
    ...{ expiration: 86_400, expiration_since: since, address_checked_at: since, to_new_group: false },
  });
});

test('what waits already goes first: behind a queued message the next one is queued', async () => {
  const { keeps } = await owner();
  expect((await keeps()).row).toMatchObject({ status: 'queued', generation: null, attempts: 0 });
  const { claimed, row } = await keeps(1);
  expect(claimed).toBeUndefined();
  expect(row).toEqual({
    ...{ status: 'queued', is_claimed: false, generation: null, attempts: 0, expiration: null },
  });
});

test.each([
  ['with a pace', { message_delay_ms: 100 }],
  ['with a pace that varies', { message_delay_jitter_ms: 100 }],
  ['with a limit for the day', { daily_message_limit: 100 }],
  ['that WhatsApp asked to send less', { sending_pauses: 1 }],
])('a profile %s claims its messages from the queue', async (_name, change) => {
  const { db, profileId, keeps } = await owner();
  await db.updateTable('profiles').set(change).where('id', '=', profileId).execute();
  expect((await keeps(1)).row.status).toBe('queued');
});

test('a node that lost its lease, or whose lease ran out, keeps messages for the next owner', async () => {
  const { db, profileId, keeps } = await owner();
  expect((await keeps(2)).row.status).toBe('queued');
  const other = await owner();
  await db
    .updateTable('profile_leases')
    .set({ expires_at: new Date(0) })
    .where('profile_id', '=', other.profileId)
    .execute();
  expect((await other.keeps(1)).row.status).toBe('queued');
  expect(profileId).not.toBe(other.profileId);
});

test('kept twice, a message is there once and is claimed once', async () => {
  const { db, message } = await owner();
  const same = message(1);
  const [first] = await keepMessages(db, events, [same]);
  const [second] = await keepMessages(db, events, [same]);
  expect([first?.claimed?.id, second?.claimed]).toEqual([same.id, undefined]);
  expect(second?.conversation_id).toBe(first?.conversation_id);
});

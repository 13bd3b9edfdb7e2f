import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { insertProfile, whoseProfile } from '../../../test/profile-rows.ts';
import { systemClock } from '../../platform/clock.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { createRecorder } from '../../platform/events/record.ts';
import { silentLog } from '../../platform/log.ts';
import { noTracing } from '../../platform/tracing/tracing.ts';
import { createAccept } from './accept.ts';
import { createMessageStore } from './messages.store.ts';
import { createQuickAccept } from './quick-accept.ts';
import { createQuotes } from './quotes.ts';
import { createSenders } from './senders.ts';
import { createWaiting } from './waiting.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.drop());

test('another feature sends in its own transaction: with it or not at all, and says why', async () => {
  const { db } = database.database;
  const profileId = await insertProfile(db);
  const { organizationId } = await whoseProfile(db, profileId);
  const poked: string[] = [];
  const events = createRecorder(systemClock, () => undefined);
  const { deliver } = createAccept({
    tracing: noTracing,
    ...{ db, clock: systemClock, events, waiting: createWaiting(), senders: createSenders(db) },
    quick: createQuickAccept({
      db,
      log: silentLog,
      events,
      outbox: { reserve: () => undefined },
      poke: () => undefined,
    }),
    quotes: createQuotes({ store: createMessageStore(db), statuses: { find: async () => undefined } }),
    engines: { sandbox: { newMessageId: () => `3EB0${poked.length}` } } as never,
    ...{ idempotency: {} as never, defaultCountry: 'ID', validitySeconds: 60 },
    poke: (profile) => poked.push(profile),
    due: { at: () => undefined },
    previews: { of: async () => undefined },
    membersOf: async () => undefined,
    gate: async () => ({ is: 'send' }),
    outgoingFiles: { take: async () => ({}), refer: async () => undefined },
  });
  const order = {
    type: 'text',
    body: { profileId, to: '+62 811-1000-002', text: 'Your bread is ready.' },
    origin: { kind: 'automation', id: 'morning' },
  };

  const undone = inTransaction(db, async (tx) => {
    await deliver(tx, { organizationId }, order);
    throw new Error('changed its mind');
  });
  await expect(undone).rejects.toThrow('changed its mind');
  expect(await db.selectFrom('messages').select('id').execute()).toEqual([]);
  expect(poked).toEqual([]);

  const answer = await inTransaction(db, (tx) => deliver(tx, { organizationId }, order));
  expect(answer).toMatchObject({ success: true, status: 'queued' });
  expect(poked).toEqual([profileId]);
  const message = await db.selectFrom('messages').selectAll().executeTakeFirstOrThrow();
  expect(message).toMatchObject({
    ...{ id: answer.messageId, type: 'text', content: { text: 'Your bread is ready.' } },
    ...{ direction: 'outgoing', origin_kind: 'automation', origin_id: 'morning' },
  });
  const [event, ...more] = await db
    .selectFrom('events')
    .selectAll()
    .where('name', 'like', 'message.%')
    .execute();
  expect(more).toEqual([]);
  expect(event).toMatchObject({
    name: 'message.queued',
    body: { to: '628111000002@c.us', status: 'queued', origin: { kind: 'automation', id: 'morning' } },
  });
});

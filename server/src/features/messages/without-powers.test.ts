import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { insertProfile, whoseProfile } from '../../../test/profile-rows.ts';
import { until } from '../../../test/until.ts';
import { phoneChat } from '../../platform/chat-id.ts';
import { systemClock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { createRecorder } from '../../platform/events/record.ts';
import { newId } from '../../platform/ids.ts';
import { silentLog } from '../../platform/log.ts';
import type { Live } from '../profiles/index.ts';
import { type Claimed, createOutboxStore } from './outbox/outbox.store.ts';
import { createRecipients } from './outbox/recipients.ts';
import { createReadReceipts } from './read-receipts.ts';

const chat = phoneChat('628111000002');

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await testDatabase();
  ({ db } = database.database);
});
afterAll(() => database?.drop());

/** A connection of an engine that can send and hear and nothing else, and a message in it. */
async function plainConnection(direction: 'incoming' | 'outgoing') {
  const profileId = await insertProfile(db);
  const whose = await whoseProfile(db, profileId);
  const live = {
    ...whose,
    generation: 1,
    session: {},
    ended: new AbortController().signal,
  } as unknown as Live;
  const at = new Date();
  const [conversationId, id] = [newId(), newId()];
  const owner = { organization_id: whose.organizationId, profile_id: profileId };
  const stamps = { created_at: at, updated_at: at };
  await db
    .insertInto('conversations')
    .values({ id: conversationId, ...owner, chat, type: 'user', ...stamps })
    .execute();
  await db
    .insertInto('messages')
    .values({
      ...{ id, ...owner, conversation_id: conversationId, wa_message_id: id, direction, type: 'text' },
      ...{
        content: { text: 'Hello' },
        status: 'queued',
        receipt_due: direction === 'incoming',
        timestamp: at,
        ...stamps,
      },
    })
    .execute();
  return { live, id };
}

test('where an engine can’t look numbers up, a message goes to the number as it was dialled', async () => {
  const { live, id } = await plainConnection('outgoing');
  const message = { id, chat, address_checked_at: null } as unknown as Claimed;
  const events = createRecorder(systemClock, () => undefined);
  const store = createOutboxStore(db, systemClock, events);
  const { reach } = createRecipients({ db, clock: systemClock, store, events });
  expect(await reach(live, message, { anew: false, moving: () => undefined })).toMatchObject({ id, chat });
});

test('where an engine can’t tell that messages were read, nothing of that waits for ever', async () => {
  const { live, id } = await plainConnection('incoming');
  createReadReceipts({ db, log: silentLog }).run(live);
  await until('nothing is due', async () => {
    const row = await db.selectFrom('messages').select('receipt_due').where('id', '=', id).executeTakeFirst();
    return row?.receipt_due === false;
  });
});

import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databaseBefore, type EarlierDatabase, idBegin as id, insertEarlierProfile } from './testing.ts';

let earlier: EarlierDatabase;
beforeAll(async () => {
  earlier = await databaseBefore('0015');
});
afterAll(() => earlier?.drop());

test('what waited before waits on, in its order, and what was half sent is known as such', async () => {
  const { db, migrate } = earlier;
  await insertEarlierProfile(db);
  await sql
    .raw(`
    insert into conversations (id, organization_id, profile_id, chat, type, created_at, updated_at)
      values ('${id}5', '${id}1', '${id}3', 'one@c.us', 'user', now(), now());
    insert into messages (id, organization_id, profile_id, conversation_id, wa_message_id, direction, type, content,
        status, attempts, timestamp, created_at, updated_at)
      select gen_random_uuid(), '${id}1', '${id}3', '${id}5', status, 'outgoing', 'text', '{}', status, n, now(), now(), now()
      from unnest(array['sent', 'sending', 'queued', 'failed']) with ordinality as m (status, n)`)
    .execute(db);
  await migrate();
  const waiting = await db
    .selectFrom('outbox')
    .innerJoin('messages', 'id', 'message_id')
    .select(['status', 'is_claimed', 'outbox.attempts', 'lane'])
    .whereRef('outbox.seq', '=', 'messages.seq')
    .orderBy('outbox.seq')
    .execute();
  expect(waiting).toEqual([
    { status: 'sending', is_claimed: true, attempts: 2, lane: 0 },
    { status: 'queued', is_claimed: false, attempts: 3, lane: 0 },
  ]);
});

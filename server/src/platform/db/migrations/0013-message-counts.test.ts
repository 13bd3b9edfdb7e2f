import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databaseBefore, type EarlierDatabase, idBegin as id, insertEarlierProfile } from './testing.ts';

let earlier: EarlierDatabase;
beforeAll(async () => {
  earlier = await databaseBefore('0013');
});
afterAll(() => earlier?.drop());

test('conversations from before know how many messages they have', async () => {
  const { db, migrate } = earlier;
  await insertEarlierProfile(db);
  await sql
    .raw(`
    insert into conversations (id, organization_id, profile_id, chat, type, created_at, updated_at)
      values ('${id}5', '${id}1', '${id}3', 'many@c.us', 'user', now(), now()),
        ('${id}6', '${id}1', '${id}3', 'none@c.us', 'user', now(), now());
    insert into messages (id, organization_id, profile_id, conversation_id, wa_message_id, direction, type, content,
        status, timestamp, created_at, updated_at)
      select gen_random_uuid(), '${id}1', '${id}3', '${id}5', 'M' || n, 'incoming', 'text', '{}', 'read', now(), now(), now()
      from generate_series(1, 7) n`)
    .execute(db);
  await migrate();
  const counts = await db
    .selectFrom('conversations')
    .select(['chat', 'message_count'])
    .orderBy('chat')
    .execute();
  expect(counts).toEqual([
    { chat: 'many@c.us', message_count: 7 },
    { chat: 'none@c.us', message_count: 0 },
  ]);
});

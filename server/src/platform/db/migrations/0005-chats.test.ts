import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databaseBefore, type EarlierDatabase, idBegin as id, insertEarlierProfile } from './testing.ts';

let earlier: EarlierDatabase;
beforeAll(async () => {
  earlier = await databaseBefore('0005');
});
afterAll(() => earlier?.drop());

test('stories stored as messages move to their own place, and chats get their names', async () => {
  const { db, migrate } = earlier;
  await insertEarlierProfile(db);
  await sql
    .raw(`
    insert into contacts (id, organization_id, profile_id, phone, whatsapp_name, created_at, updated_at)
      values ('${id}4', '${id}1', '${id}3', '628111000001', 'Dana', now(), now());
    insert into conversations (id, organization_id, profile_id, contact_id, chat, type, unread_count, created_at, updated_at)
      values ('${id}5', '${id}1', '${id}3', null, 'status@broadcast', 'broadcast', 3, now(), now()),
        ('${id}6', '${id}1', '${id}3', '${id}4', '628111000001@c.us', 'user', 1, now(), now());
    insert into messages (id, organization_id, profile_id, conversation_id, wa_message_id, direction, sender, type,
        content, status, timestamp, created_at, updated_at)
      select gen_random_uuid(), '${id}1', '${id}3', ('${id}' || place)::uuid, wa, 'incoming', '628111000001@c.us', type,
        content::jsonb, 'received', now(), now(), now()
      from (values ('5', 'A', 'text', '{"text":"stays"}'), ('5', 'B', 'text', '{"text":"gone"}'),
        ('5', 'C', 'revoked', '{"targetId":"B"}'), ('6', 'D', 'text', '{"text":"hi"}')) as m (place, wa, type, content)`)
    .execute(db);
  await migrate();

  const statuses = await db.selectFrom('statuses').selectAll().orderBy('wa_message_id').execute();
  expect(
    statuses.map(({ wa_message_id, revoked_at, content }) => [wa_message_id, revoked_at !== null, content]),
  ).toEqual([
    ['A', false, { text: 'stays' }],
    ['B', true, { text: 'gone' }],
  ]);
  const conversations = await db
    .selectFrom('conversations')
    .select(['chat', 'name', 'unread_count'])
    .execute();
  expect(conversations).toEqual([{ chat: '628111000001@c.us', name: 'Dana', unread_count: 1 }]);
  expect(await db.selectFrom('messages').select('wa_message_id').execute()).toEqual([{ wa_message_id: 'D' }]);
});

import { Kysely, PostgresDialect, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../../../../test/database.ts';
import { silentLog } from '../../log.ts';
import { migrateToLatest } from '../migrate.ts';
import { createPools, type Pools } from '../pools.ts';
import type { Tables } from '../tables.ts';
import { migrations } from './index.ts';

let pools: Pools;
let drop: () => Promise<void>;

beforeAll(async () => {
  const made = await createDatabase();
  drop = made.drop;
  pools = createPools({ connectionString: made.databaseUrl }, silentLog);
});
afterAll(async () => {
  await pools?.close();
  await drop?.();
});

test('stories stored as messages move to their own place, and chats get their names', async () => {
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: pools.open(2) }) });
  const before = Object.entries(migrations).filter(([name]) => name < '0005');
  await migrateToLatest(db, silentLog, Object.fromEntries(before));
  const id = '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c1';
  await sql
    .raw(`
    insert into organizations (id, name, slug, created_at, updated_at) values ('${id}1', 'B', 'b', now(), now());
    insert into workspaces (id, organization_id, name, slug, created_at, updated_at)
      values ('${id}2', '${id}1', 'B', 'b', now(), now());
    insert into profiles (id, organization_id, workspace_id, display_name, engine, message_delay_ms, created_at, updated_at)
      values ('${id}3', '${id}1', '${id}2', 'B', 'sandbox', 0, now(), now());
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
  await migrateToLatest(db, silentLog);

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

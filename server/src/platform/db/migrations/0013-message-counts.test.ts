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

test('conversations from before know how many messages they have', async () => {
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: pools.open(2) }) });
  const before = Object.entries(migrations).filter(([name]) => name < '0013');
  await migrateToLatest(db, silentLog, Object.fromEntries(before));
  const id = '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c1';
  await sql
    .raw(`
    insert into organizations (id, name, slug, created_at, updated_at) values ('${id}1', 'B', 'b', now(), now());
    insert into workspaces (id, organization_id, name, slug, created_at, updated_at)
      values ('${id}2', '${id}1', 'B', 'b', now(), now());
    insert into profiles (id, organization_id, workspace_id, display_name, engine, message_delay_ms, created_at, updated_at)
      values ('${id}3', '${id}1', '${id}2', 'B', 'sandbox', 0, now(), now());
    insert into conversations (id, organization_id, profile_id, chat, type, created_at, updated_at)
      values ('${id}5', '${id}1', '${id}3', 'many@c.us', 'user', now(), now()),
        ('${id}6', '${id}1', '${id}3', 'none@c.us', 'user', now(), now());
    insert into messages (id, organization_id, profile_id, conversation_id, wa_message_id, direction, type, content,
        status, timestamp, created_at, updated_at)
      select gen_random_uuid(), '${id}1', '${id}3', '${id}5', 'M' || n, 'incoming', 'text', '{}', 'read', now(), now(), now()
      from generate_series(1, 7) n`)
    .execute(db);
  await migrateToLatest(db, silentLog);
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

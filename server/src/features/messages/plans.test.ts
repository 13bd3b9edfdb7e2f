import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrivingProfile, arrivingText } from '../../../test/arrivals.ts';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { insertProfile, whoseProfile } from '../../../test/profile-rows.ts';
import { phoneChat } from '../../platform/chat-id.ts';
import { systemClock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { createRecorder } from '../../platform/events/record.ts';
import { newId } from '../../platform/ids.ts';
import { createMessageStore } from './messages.store.ts';
import { forwardMessages } from './receipts.store.ts';

const chat = phoneChat('628123456789');
let house: TestDatabase;
let profileId: string;
let conversationId: string;
let organizationId: string;
beforeAll(async () => {
  house = await testDatabase();
  const { db } = house.database;
  // Nobody tells the planner of what grows, as in the first seconds of a burst.
  await sql`alter table messages set (autovacuum_enabled = off)`.execute(db);
  profileId = await insertProfile(db);
  ({ organizationId } = await whoseProfile(db, profileId));
  conversationId = newId();
  const now = new Date();
  await db
    .insertInto('conversations')
    .values({
      ...{ id: conversationId, organization_id: organizationId, profile_id: profileId },
      ...{ chat, type: 'user', created_at: now, updated_at: now },
    })
    .execute();
});
afterAll(() => house?.drop());

/** Messages `m<from>` to `m<to>`, sent, a second apart. */
async function fill(from: number, to: number, type = 'text'): Promise<void> {
  await sql`insert into messages (id, organization_id, profile_id, conversation_id, wa_message_id, direction, type,
      content, status, timestamp, created_at, updated_at)
    select gen_random_uuid(), ${organizationId}, ${profileId}, ${conversationId}, 'm' || n, 'outgoing', ${type},
      '{"text": "hello"}', 'sent', now() + n * interval '1 second', now(), now()
    from generate_series(${from}::int, ${to}::int) n`.execute(house.database.db);
}

/** How many entries of an index these deeds read, all in one session. */
async function entriesRead(session: Db, index: string, deeds: () => Promise<void>): Promise<number> {
  const read = async () => {
    await sql`select pg_stat_force_next_flush()`.execute(session);
    const { rows } = await sql<{ read: string }>`select idx_tup_read as read from pg_stat_user_indexes
      where indexrelname = ${index}`.execute(session);
    return Number(rows[0]?.read);
  };
  const before = await read();
  await deeds();
  return (await read()) - before;
}

/** How many rows of tables these deeds read, all in one session. */
async function rowsRead(session: Db, tables: string[], deeds: () => Promise<void>): Promise<number> {
  const read = async () => {
    await sql`select pg_stat_force_next_flush()`.execute(session);
    const { rows } = await sql<{ read: string }>`select sum(seq_tup_read + idx_tup_fetch) as read
      from pg_stat_user_tables where relname = any(${tables}::text[])`.execute(session);
    return Number(rows[0]?.read);
  };
  const before = await read();
  await deeds();
  return (await read()) - before;
}

test('a receipt reads its own messages, also along a plan from when there were few', async () => {
  const events = createRecorder(systemClock, () => undefined);
  await house.database.db.connection().execute(async (session) => {
    const deliver = async (from: number, to: number) => {
      for (let n = from; n <= to; n++) {
        const receipt = { profileId, waMessageId: `m${n}`, status: 'delivered' as const };
        const moved = await forwardMessages(session, events, [receipt], new Date());
        expect(moved.map((row) => row.wa_message_id)).toEqual([`m${n}`]);
      }
    };
    await fill(1, 300);
    await deliver(1, 20);
    await fill(301, 2_000);
    const inProfile = await entriesRead(session, 'messages_in_profile', () => deliver(1_901, 1_920));
    const byId = await entriesRead(session, 'messages_by_wa_id', () => deliver(1_921, 1_940));
    expect(inProfile).toBe(0);
    expect(byId).toBeLessThan(100);
  });
});

test('the list of a rare kind reads the messages of that kind, with a kept plan too', async () => {
  await fill(10_001, 13_000);
  await fill(20_001, 20_007, 'image');
  await fill(30_001, 33_000);
  await house.database.db.connection().execute(async (session) => {
    const store = createMessageStore(session);
    const list = (type: string) => store.list({ organizationId }, { profileId, type }, { limit: 50 });
    const lists = async () => {
      for (let n = 0; n < 10; n++) expect(await list('image')).toHaveLength(7);
      expect(await list('sticker')).toEqual([]);
    };
    expect(await entriesRead(session, 'messages_in_profile', lists)).toBe(0);
    expect(await entriesRead(session, 'messages_of_kind', lists)).toBe(70);
    expect(await list('text')).toHaveLength(50);
  });
});

test('what arrives reads its own chat, however many there are', async () => {
  await house.database.db.connection().execute(async (session) => {
    const { receive, live, stored } = await arrivingProfile(session);
    await receive([arrivingText('first', '628111000001')]);
    await sql`insert into contacts (id, organization_id, profile_id, phone, created_at, updated_at)
      select gen_random_uuid(), ${live.organizationId}, ${live.profileId}, 628120000000 + n, now(), now()
      from generate_series(1, 5000) n`.execute(session);
    await sql`insert into conversations (id, organization_id, profile_id, contact_id, chat, type, created_at, updated_at)
      select gen_random_uuid(), organization_id, profile_id, id, phone || '@c.us', 'user', now(), now()
      from contacts where profile_id = ${live.profileId} and phone like '62812%'`.execute(session);
    const read = await rowsRead(session, ['contacts', 'conversations'], async () => {
      for (let n = 0; n < 12; n++) await receive([arrivingText(`message ${n}`, '628111000001')]);
    });
    expect(read).toBeLessThan(200);
    expect(await stored()).toHaveLength(13);
  });
});

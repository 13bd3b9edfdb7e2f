import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { insertProfile, whoseProfile } from '../../../test/profile-rows.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { newId } from '../../platform/ids.ts';
import { type ConversationFilter, createConversationStore } from './conversations.store.ts';

const many = 20_000;
let house: TestDatabase;
let profileId: string;
let organizationId: string;
const userId = newId();

beforeAll(async () => {
  house = await testDatabase();
  const { db } = house.database;
  profileId = await insertProfile(db);
  ({ organizationId } = await whoseProfile(db, profileId));
  await sql`insert into users (id, organization_id, email, password_hash, name, role, created_at, updated_at)
    values (${userId}, ${organizationId}, 'plans@example.org', '', 'Member', 'member', now(), now())`.execute(
    db,
  );
  await sql`insert into conversations (id, organization_id, profile_id, chat, type, name, last_message_at, created_at,
      updated_at)
    select gen_random_uuid(), ${organizationId}, ${profileId}, 628120000000 + n || '@c.us', 'user', 'Guest ' || n,
      now() - n * interval '1 minute', now(), now()
    from generate_series(1, ${many}::int) n`.execute(db);
  // A few of each, and the oldest: nobody finds them by looking through the newest.
  for (const values of [
    sql`unread_count = 1`,
    sql`is_pinned = true`,
    sql`is_archived = true`,
    sql`assigned_user_id = ${userId}::uuid`,
    sql`status = 'closed'`,
  ]) {
    await sql`update conversations set ${values} where id in (select id from conversations
      where profile_id = ${profileId} order by last_message_at limit 5)`.execute(db);
  }
  await sql`analyze conversations`.execute(db);
});
afterAll(() => house?.drop());

/** How many rows of a table these deeds read, all in one session. */
async function rowsRead(session: Db, deeds: () => Promise<void>, table = 'conversations'): Promise<number> {
  const read = async () => {
    await sql`select pg_stat_force_next_flush()`.execute(session);
    const { rows } = await sql<{ read: string }>`select seq_tup_read + idx_tup_fetch as read
      from pg_stat_user_tables where relname = ${table}`.execute(session);
    return Number(rows[0]?.read);
  };
  const before = await read();
  await deeds();
  return (await read()) - before;
}

const filters: ConversationFilter[] = [
  {},
  { unread: true },
  { pinned: true },
  { archived: true },
  { assignedTo: userId },
  { status: 'closed' },
  { archived: false, status: 'open' },
];

test('a page of the list reads its own conversations, however many there are, by any filter', async () => {
  await house.database.db.connection().execute(async (session) => {
    const store = createConversationStore(session);
    const asked = [[profileId], [profileId, newId()], undefined].flatMap((profileIds) =>
      filters.map((filter) => ({ ...filter, profileIds })),
    );
    for (const filter of asked) {
      for (const pinnedFirst of [true, false]) {
        const page = { limit: 21, offset: 0, pinnedFirst };
        let found = 0;
        const read = await rowsRead(session, async () => {
          // So often that a kept plan is used, too.
          for (let n = 0; n < 8; n++) {
            found = (await store.list({ organizationId }, filter, page)).length;
          }
        });
        expect(found, JSON.stringify(filter)).toBeGreaterThanOrEqual(5);
        expect(read / 8, `${JSON.stringify(filter)}, pinned first: ${pinnedFirst}`).toBeLessThan(150);
      }
    }
  });
});

test('a search reads what it finds, or the newest where nearly all are found', async () => {
  await sql`insert into contacts (id, organization_id, profile_id, phone, name, created_at, updated_at)
    select id, organization_id, profile_id, split_part(chat, '@', 1), 'Saved as ' || name, now(), now()
    from conversations where profile_id = ${profileId}`.execute(house.database.db);
  await sql`update conversations set contact_id = id where profile_id = ${profileId}`.execute(
    house.database.db,
  );
  await sql`analyze contacts`.execute(house.database.db);
  await sql`analyze conversations`.execute(house.database.db);
  await house.database.db.connection().execute(async (session) => {
    const store = createConversationStore(session);
    const page = { limit: 21, offset: 0, pinnedFirst: true };
    const searches = {
      'Nobody at all': 0,
      [`GUEST ${many - 7}`]: 1,
      [`saved as guest ${many - 7}`]: 1,
      [`0812 0001 ${many - 7}`.replace(/ /g, '')]: 0,
      gúest: 21,
      as: 21,
      qq: 0,
    };
    for (const [search, found] of Object.entries(searches)) {
      const filter = { profileIds: [profileId], search };
      for (const table of ['contacts', 'conversations']) {
        const deed = async () => {
          for (let n = 0; n < 6; n++) {
            const rows = await store.list({ organizationId }, filter, page);
            expect([search, rows.length]).toEqual([search, found]);
          }
        };
        const read = (await rowsRead(session, deed, table)) / 6;
        expect(read, `${search} in ${table}`).toBeLessThan(4_500);
      }
    }
    expect(await store.count({ organizationId }, { profileIds: [profileId], search: 'guest' })).toBe(1_000);
  });
});

import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { insertProfile, whoseProfile } from '../../../test/profile-rows.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { newId } from '../../platform/ids.ts';
import { createContactStore } from './contacts.store.ts';
import type { GoodRow } from './import/rows.ts';
import { takePeople } from './import/take-rows.store.ts';

const many = 20_000;
let house: TestDatabase;
let profileId: string;
let organizationId: string;

beforeAll(async () => {
  house = await testDatabase();
  const { db } = house.database;
  profileId = await insertProfile(db);
  ({ organizationId } = await whoseProfile(db, profileId));
  await sql`insert into contacts (id, organization_id, profile_id, phone, name, tags, created_at, updated_at)
    select gen_random_uuid(), ${organizationId}, ${profileId}, 6281200000000 + n, 'Guest ' || n,
      case when n % 2000 = 0 then '{rare}'::text[] else '{}' end, now(), now() - n * interval '1 minute'
    from generate_series(1, ${many}::int) n`.execute(db);
  await sql`analyze contacts`.execute(db);
});
afterAll(() => house?.drop());

/** How many contacts these deeds read, all in one session. */
async function rowsRead(session: Db, deeds: () => Promise<unknown>): Promise<number> {
  const read = async () => {
    await sql`select pg_stat_force_next_flush()`.execute(session);
    const { rows } = await sql<{ read: string }>`select seq_tup_read + idx_tup_fetch as read
      from pg_stat_user_tables where relname = 'contacts'`.execute(session);
    return Number(rows[0]?.read);
  };
  const before = await read();
  await deeds();
  return (await read()) - before;
}

test('a page, search, tag, export and chunk of an import read their own contacts only', async () => {
  await house.database.db.connection().execute(async (session) => {
    const store = createContactStore(session, async () => []);
    const page = { limit: 51, offset: 0 };
    const people = Array.from({ length: 50 }, (_, n): GoodRow => {
      const phone = String(6281200000100 + n * 7);
      return {
        line: n,
        written: phone,
        id: newId(),
        phone,
        lid: null,
        forms: [phone],
        name: null,
        tags: [],
        metadata: {},
      };
    });
    const how = { now: new Date(), isDryRun: true };
    const deeds: Record<string, [() => Promise<readonly unknown[]>, found: number]> = {
      page: [() => store.list({ organizationId }, { profileId }, page), 51],
      search: [() => store.list({ organizationId }, { profileId, search: 'guest 1999' }, page), 11],
      number: [() => store.list({ organizationId }, { profileId, search: '0812 0001 2345' }, page), 1],
      tag: [() => store.list({ organizationId }, { profileId, tags: ['rare'] }, page), 10],
      export: [
        () => store.exported({ organizationId, profileId }, {}, { name: 'Guest 19', id: newId() }, 50),
        50,
      ],
      import: [() => takePeople(session as never, { organizationId, profileId }, people, how), 50],
    };
    for (const [name, [deed, found]] of Object.entries(deeds)) {
      // So often that a kept plan is used, too.
      const read = await rowsRead(session, async () => {
        for (let n = 0; n < 8; n++) expect([name, (await deed()).length]).toEqual([name, found]);
      });
      expect([name, read < 8 * 300], `${name} read ${read}`).toEqual([name, true]);
    }
  });
});

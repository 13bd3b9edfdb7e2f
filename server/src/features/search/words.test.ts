import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { insertProfile, whoseProfile } from '../../../test/profile-rows.ts';
import { databaseBefore, idBegin, insertEarlierProfile } from '../../platform/db/migrations/testing.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import type { RecordedEvent } from '../../platform/events/define.ts';
import { newId } from '../../platform/ids.ts';
import { createFindStore } from './find.store.ts';
import { createFollower } from './follow.ts';
import { createGather } from './gather.ts';
import { createPeopleStore } from './people.store.ts';
import { createWordsStore } from './words.store.ts';

let house: TestDatabase;
let db: Db;
let whose: { organizationId: string; profileId: string };
let conversationId: string;
const jobs = { enqueue: async () => undefined };

beforeAll(async () => {
  house = await testDatabase();
  db = house.database.db;
  whose = await whoseProfile(db, await insertProfile(db));
  conversationId = await insertConversation(db, whose);
});
afterAll(() => house?.drop());

async function insertConversation(into: Db, of: typeof whose): Promise<string> {
  const id = newId();
  await sql`insert into conversations (id, organization_id, profile_id, chat, type, name, created_at, updated_at)
    values (${id}, ${of.organizationId}, ${of.profileId}, '628111000111@c.us', 'user', 'Rína', now(), now())`.execute(
    into,
  );
  return id;
}

async function insertMessages(into: Db, of: typeof whose, chat: string, texts: string[]): Promise<string[]> {
  const ids = texts.map(newId);
  await sql`insert into messages (id, organization_id, profile_id, conversation_id, wa_message_id, direction, type,
      content, status, timestamp, created_at, updated_at)
    select t.id, ${of.organizationId}, ${of.profileId}, ${chat}, t.id, 'incoming', 'text',
      jsonb_build_object('text', t.text), 'read', now(), now(), now()
    from unnest(${ids}::uuid[], ${texts}::text[]) as t (id, text)`.execute(into);
  return ids;
}

const wordsOf = async (ids: string[]) => {
  const rows = await db.selectFrom('message_words').select(['message_id', 'words']).execute();
  const found = new Map(rows.map((row) => [row.message_id, row.words.slice(4)]));
  return ids.map((id) => found.get(id));
};
const told = (name: string, id: string) => ({ name, body: { message: { id } } }) as unknown as RecordedEvent;

test('the same events read twice, also after a crash half-way, leave what messages say now', async () => {
  const follower = createFollower(createWordsStore(db));
  const ids = await insertMessages(db, whose, conversationId, ['One', 'Two']);
  const events = ids.map((id) => told('message.received', id));
  const crash = inTransaction(db, async (tx) => {
    await follower.read?.(events, tx);
    throw new Error('killed');
  });
  await expect(crash).rejects.toThrow('killed');
  expect(await wordsOf(ids)).toEqual([undefined, undefined]);
  for (let n = 0; n < 2; n++) await inTransaction(db, async (tx) => follower.read?.(events, tx));
  expect(await wordsOf(ids)).toEqual(['one', 'two']);
  await sql`update messages set revoked_at = now() where id = ${ids[0]}`.execute(db);
  await inTransaction(db, async (tx) => follower.read?.([told('message.revoked', ids[0] ?? '')], tx));
  expect(await wordsOf(ids)).toEqual(['', 'two']);
  await sql`delete from messages where id = ${ids[1]}`.execute(db);
  expect(await wordsOf(ids)).toEqual(['', undefined]);
});

test('events that name no message of ours stop nothing', async () => {
  const follower = createFollower(createWordsStore(db));
  const odd = [
    { name: 'message.received', body: {} },
    { name: 'message.received', body: { message: { id: 'x' } } },
    { name: 'message.sent', body: { source: 'phone', messageId: newId() } },
    { name: 'message.queued', body: { messageId: 5 } },
  ] as unknown as RecordedEvent[];
  await inTransaction(db, async (tx) => follower.read?.(odd, tx));
  expect(
    await follower.concerns?.([{ name: 'message.delivered', body: { messageId: newId() } } as never]),
  ).toBe(false);
});

test('the backlog goes on where a crash left it, and never undoes what an event brought', async () => {
  const store = createWordsStore(db);
  const texts = Array.from({ length: 1_200 }, (_, n) => `text ${n}`);
  const ids = await insertMessages(db, whose, conversationId, texts);
  const first = ids.at(0) ?? '';
  await sql`update messages set content = '{"text": "new"}', edited_at = now() where id = ${first}`.execute(
    db,
  );
  const follower = createFollower(store);
  await inTransaction(db, async (tx) => follower.read?.([told('message.edited', first)], tx));
  await sql`update messages set content = '{"text": "old"}' where id = ${first}`.execute(db);
  await db.insertInto('words_backlog').values({ organization_id: null, message_ids: null }).execute();
  let steps = 0;
  const dying = createGather({
    ...{ db, jobs },
    store: {
      ...store,
      async keep(tx, found, how) {
        await store.keep(tx, found, how);
        steps += 1;
        if (steps === 2) throw new Error('killed');
      },
    },
  });
  await expect(dying.run({}, new AbortController().signal)).rejects.toThrow('killed');
  expect(await store.hasBacklog(whose.organizationId)).toBe(true);
  await createGather({ db, jobs, store }).run({}, new AbortController().signal);
  expect(await store.hasBacklog()).toBe(false);
  expect(await wordsOf(ids)).toEqual(['new', ...texts.slice(1)]);
});

test('a database without trigrams starts, and its newest messages and people are found', async () => {
  const earlier = await databaseBefore('0037');
  const older = { organizationId: `${idBegin}1`, profileId: `${idBegin}3` };
  await insertEarlierProfile(earlier.db);
  const chat = await insertConversation(earlier.db, older);
  await insertMessages(earlier.db, older, chat, ['rye bread']);
  await sql`drop extension pg_trgm cascade`.execute(earlier.db);
  await earlier.migrate();
  const store = createWordsStore(earlier.db);
  expect(await store.hasTrigrams()).toBe(false);
  await createGather({ db: earlier.db, jobs, store }).run({}, new AbortController().signal);
  const scope = { organizationId: older.organizationId, in: 'organization' } as const;
  const page = { after: undefined, rows: 100, limit: 5 };
  expect((await createFindStore(earlier.db).inWindow(scope, {}, ['rye'], page)).found).toHaveLength(1);
  expect(await createPeopleStore(earlier.db).conversations(older, ['rina'], false, 5)).toHaveLength(1);
  await earlier.drop();
});

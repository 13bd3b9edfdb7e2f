import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { insertProfile, whoseProfile } from '../../../test/profile-rows.ts';
import { type ChatId, phoneChat, storedChat } from '../../platform/chat-id.ts';
import { systemClock } from '../../platform/clock.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { createRecorder } from '../../platform/events/record.ts';
import { tellOfPeople } from '../contacts/index.ts';
import { resolveConversation } from '../conversations/index.ts';
import { adopt } from './adopt.store.ts';
import { keepFirstMessages, type ReadyMessage } from './keep.sql.ts';
import { readyText } from './testing-keep.ts';

const events = createRecorder(systemClock, () => undefined);
const known = phoneChat('628111000003');
let store: TestDatabase;
beforeAll(async () => {
  store = await testDatabase();
});
afterAll(() => store?.drop());

/** A profile that this node owns with generation 1, and what is known of people there. */
async function owner() {
  const { db } = store.database;
  const whose = await whoseProfile(db, await insertProfile(db));
  const deps = { clock: systemClock, adopt, tell: tellOfPeople(events) };
  return {
    ...{ db, ...whose },
    message: (chat: ChatId, more: Partial<ReadyMessage> = {}) =>
      readyText(whose, chat, { generation: 1, ...more }),
    knows: (chat: ChatId) => inTransaction(db, (tx) => resolveConversation(tx, deps, whose, chat)),
    people: async () =>
      Promise.all([
        db
          .selectFrom('contacts')
          .selectAll()
          .where('profile_id', '=', whose.profileId)
          .orderBy('phone')
          .execute(),
        db
          .selectFrom('conversations')
          .selectAll()
          .where('profile_id', '=', whose.profileId)
          .orderBy('chat')
          .execute(),
      ]),
    told: () =>
      db
        .selectFrom('events')
        .select(['name', 'body'])
        .where('profile_id', '=', whose.profileId)
        .orderBy('seq')
        .execute(),
  };
}

test('first messages to a number make contact and chat as the long way does, told behind them', async () => {
  const { db, message, knows, people, told } = await owner();
  await knows(known);
  const stranger = phoneChat('628111000004');
  const both = [message(stranger), message(stranger)];
  const kept = await keepFirstMessages(db, events, both);
  expect(kept.map(({ id }) => id)).toEqual(both.map(({ id }) => id));
  expect(kept[0]?.claimed).toMatchObject({ chat: stranger, status: 'sending', address_checked_at: null });

  const [[first, second], chats] = await people();
  const own = [
    'id',
    'phone',
    'created_at',
    'updated_at',
    'chat',
    'contact_id',
    'message_count',
    'last_message_at',
  ];
  const others = (row: object = {}) => Object.entries(row).filter(([column]) => !own.includes(column));
  expect(others(second)).toEqual(others(first));
  expect(others(chats[1])).toEqual(others(chats[0]));
  expect(chats[1]).toMatchObject({
    ...{ chat: stranger, contact_id: second?.id, message_count: 2, last_message_at: both[1]?.acceptedAt },
  });

  const [like, ...news] = await told();
  expect(news.map(({ name }) => name)).toEqual(['contact.created', 'message.queued', 'message.queued']);
  const contact = (event: { body: unknown } | undefined) => (event?.body as { contact?: object })?.contact;
  const created = second?.created_at.toISOString();
  expect(contact(news[0])).toEqual({
    ...contact(like),
    ...{ id: second?.id, phone: '628111000004', chatId: stranger, createdAt: created, updatedAt: created },
  });
});

test.each<[string, (at: Awaited<ReturnType<typeof owner>>) => Promise<unknown> | ChatId]>([
  ['that has a chat', async ({ knows }) => knows(phoneChat('5511987654321'))],
  ['that is known in another form', async ({ knows }) => knows(phoneChat('551187654321'))],
  [
    'that leads to another address',
    ({ db, profileId, organizationId }) =>
      db
        .insertInto('dialled_numbers')
        .values({
          ...{ profile_id: profileId, organization_id: organizationId, learnt_at: new Date() },
          ...{ dialled: phoneChat('5511987654321'), address: phoneChat('551187654321') },
        })
        .execute(),
  ],
  [
    'for whose chat something was set',
    ({ db, profileId }) =>
      db
        .insertInto('chat_expirations')
        .values({
          ...{ profile_id: profileId, chat: phoneChat('5511987654321') },
          ...{ expiration: 86_400, expiration_since: new Date() },
        })
        .execute(),
  ],
  ['that is a group', async () => storedChat('120363000000000001@g.us')],
])('a message to a number %s is left to the long way, and makes nothing', async (_name, given) => {
  const at = await owner();
  const chat = await given(at);
  const before = await at.people();
  const to = typeof chat === 'string' ? (chat as ChatId) : phoneChat('5511987654321');
  expect(await keepFirstMessages(at.db, events, [at.message(to)])).toEqual([]);
  expect(await at.people()).toEqual(before);
});

test('of another organisation’s profile nothing is kept', async () => {
  const { db, message, people } = await owner();
  const other = await owner();
  const foreign = message(known, { organizationId: other.organizationId });
  expect(await keepFirstMessages(db, events, [foreign])).toEqual([]);
  expect(await people()).toEqual([[], []]);
});

test('many at once to one new number make one chat of it', async () => {
  const { db, message, people } = await owner();
  const statements = Array.from({ length: 8 }, () => keepFirstMessages(db, events, [message(known)]));
  const kept = (await Promise.all(statements)).flat();
  const [contacts, chats] = await people();
  expect([kept.length, contacts.length, chats.length, chats[0]?.message_count]).toEqual([1, 1, 1, 1]);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { insertProfile, whoseProfile } from '../../../test/profile-rows.ts';
import { seeded } from '../../../test/seeded.ts';
import { lidChat, phoneChat } from '../../platform/chat-id.ts';
import { inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { createRecorder } from '../../platform/events/record.ts';
import { tellOfPeople, type Whose } from '../contacts/index.ts';
import { adopt } from '../messages/adopt.store.ts';
import { learnSamePerson, resolveConversation } from './resolve.store.ts';
import { learnSamePeople } from './same-people.store.ts';
import { keepTold } from './states/chat-states.store.ts';

let house: TestDatabase;
/** It stands: what was done to one profile and then to another is told with the same times. */
const clock = { now: () => new Date('2026-11-30T09:00:00Z') };
const events = createRecorder(clock, () => undefined);
const deps = { clock, adopt, events, tell: tellOfPeople(events) };
beforeAll(async () => {
  house = await testDatabase();
});
afterAll(() => house?.drop());

const [phone, otherPhone, lid] = ['551187654321', '5511987654321', '98765432109876'];
const pair = { phone: phoneChat(phone), lid: lidChat(lid) };
/** What may be known of somebody before both addresses are. */
const known: Record<string, (tx: Tx, whose: Whose) => Promise<unknown>> = {
  'a chat by number': (tx, whose) => resolveConversation(tx, deps, whose, pair.phone),
  'a chat by linked identity': (tx, whose) =>
    resolveConversation(tx, deps, whose, pair.lid, { name: 'Maria ✨' }),
  'a chat by both': (tx, whose) => resolveConversation(tx, deps, whose, pair.phone, { alias: pair.lid }),
  'a chat by another form': (tx, whose) =>
    resolveConversation(tx, deps, whose, phoneChat(otherPhone), { isDialled: true }),
  'archived by linked identity': (tx, whose) => {
    const state = { chat: pair.lid, field: 'archived' as const, value: { archived: true }, at: clock.now() };
    return keepTold(tx, whose, [state]);
  },
  unreached: (tx, { profileId }) =>
    tx.updateTable('conversations').set({ unreached: true }).where('profile_id', '=', profileId).execute(),
  'a name of its own': (tx, { profileId }) =>
    tx.updateTable('contacts').set({ name: 'Maria' }).where('profile_id', '=', profileId).execute(),
};

async function profileWhere(names: readonly string[]): Promise<Whose> {
  const { db } = house.database;
  const whose = await whoseProfile(db, await insertProfile(db));
  for (const name of names) await inTransaction(db, async (tx) => known[name]?.(tx, whose));
  return whose;
}

/** All that is known of a profile's people, by what it says and not by its ids. */
async function told({ profileId }: Whose) {
  const { db } = house.database;
  const contacts = await db
    .selectFrom('contacts')
    .select(['phone', 'lid', 'name', 'whatsapp_name'])
    .where('profile_id', '=', profileId)
    .orderBy('created_at')
    .execute();
  const conversations = await db
    .selectFrom('conversations as c')
    .leftJoin('contacts as k', 'k.id', 'c.contact_id')
    .select([
      'c.chat',
      'c.lid',
      'c.name',
      'c.unreached',
      'c.is_archived',
      'k.phone as of_phone',
      'k.lid as of_lid',
    ])
    .where('c.profile_id', '=', profileId)
    .orderBy('c.chat')
    .execute();
  const states = await db
    .selectFrom('chat_states')
    .select(['chat', 'field', 'value'])
    .where('profile_id', '=', profileId)
    .execute();
  const rows = await db
    .selectFrom('events')
    .select(['name', 'body'])
    .where('profile_id', '=', profileId)
    .orderBy('seq')
    .execute();
  return {
    contacts,
    conversations,
    states,
    events: rows.map(({ name, body }) => {
      const { changed, contact } = body as { changed?: string[]; contact: Record<string, unknown> };
      const { id: _id, profileId: _profileId, ...shown } = contact;
      return { name, changed, contact: shown };
    }),
  };
}

test('whatever is known of a person, the short way leaves what the long way leaves', async () => {
  const { db } = house.database;
  const random = seeded(20_261_130);
  for (let round = 0; round < 60; round++) {
    const order = Object.keys(known)
      .filter(() => random() < 0.45)
      .map((name) => [random(), name] as const)
      .toSorted(([a], [b]) => a - b)
      .map(([, name]) => name);
    const [oneByOne, atOnce] = [await profileWhere(order), await profileWhere(order)];
    await inTransaction(db, (tx) => learnSamePerson(tx, deps, oneByOne, pair.phone, pair.lid));
    await learnSamePeople(db, deps, atOnce, [pair]);
    const said = order.join(', ');
    expect([said, await told(atOnce)]).toEqual([said, await told(oneByOne)]);
  }
});

test('a number just written to gets its linked identity once, however often it is told', async () => {
  const { db } = house.database;
  const whose = await profileWhere(['a chat by number']);
  const strangers = { phone: phoneChat('628120000001'), lid: lidChat('11111111111111') };
  await Promise.all([1, 2, 3, 4].map(() => learnSamePeople(db, deps, whose, [strangers, pair])));
  const { contacts, conversations, events: all } = await told(whose);
  expect(contacts).toEqual([{ phone, lid, name: null, whatsapp_name: null }]);
  expect(conversations).toMatchObject([{ chat: pair.phone, lid, of_phone: phone, of_lid: lid }]);
  expect(all.map(({ name, changed }) => ({ name, changed }))).toEqual([
    { name: 'contact.created', changed: undefined },
    { name: 'contact.updated', changed: ['lid'] },
  ]);
});

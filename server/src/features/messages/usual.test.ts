import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrivingProfile, arrivingText } from '../../../test/arrivals.ts';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import type { EngineMessageId, IncomingMessage } from '../../engines/port.ts';
import { lidChat } from '../../platform/chat-id.ts';
import type { Db } from '../../platform/db/transaction.ts';

let store: TestDatabase;
let db: Db;
beforeAll(async () => {
  store = await testDatabase();
  db = store.database.db;
});
afterAll(() => store?.drop());

const now = new Date('2026-03-01T09:00:00.250Z');
const second = (n: number) => new Date(Date.UTC(2026, 2, 1, 8, 59, n));
const group = '120363000000000011@g.us' as IncomingMessage['chat'];
const channel = '120363000000000012@newsletter' as IncomingMessage['chat'];
const [bob, eve] = ['628111000021', '628111000022'];

function message(n: number, from: string, more: Partial<IncomingMessage> = {}): IncomingMessage {
  const id = `message ${n}` as EngineMessageId;
  return { ...arrivingText(id, from), timestamp: second(n), ...more };
}

function inGroup(n: number, from: string, more: Partial<IncomingMessage> = {}): IncomingMessage {
  const { chatAlias: _, ...said } = message(n, from, more);
  return { ...said, chat: group };
}

/** What comes first, and what is usual of those chats from then on. */
const before = [message(1, bob), message(2, eve), inGroup(3, bob), inGroup(4, eve)];
before.push({ ...inGroup(5, bob), chat: channel, sender: {} });
const mentions = { type: 'text', text: `@9${eve} @55 hello`, mentions: [lidChat(`9${eve}`), lidChat('55')] };
const usual: IncomingMessage[][] = [
  [message(10, bob)],
  [message(11, bob, { quotedId: 'message 1' as EngineMessageId, late: true })],
  [
    message(12, eve, { content: { type: 'image', mimetype: 'image/png', hasMedia: true, width: 12.5 } }),
    inGroup(13, bob),
    message(14, bob, { fromMe: true, sender: {}, quotedId: 'message 10' as EngineMessageId }),
    inGroup(15, eve, { content: mentions }),
    message(12, eve),
    message(16, eve, { timestamp: second(2) }),
    message(17, bob, { content: { type: 'text', text: 'a “quote”, a \\ and a 💐' } }),
  ],
  [message(10, bob), message(18, bob)],
  [
    inGroup(19, eve, { sender: { lid: lidChat(`9${bob}`) } }),
    { ...inGroup(20, bob), chat: channel, sender: {} },
  ],
  [inGroup(21, bob, { fromMe: true, sender: {} })],
];

async function arrive(isLong: boolean) {
  const profile = await arrivingProfile(db, { clock: { now: () => now }, isLong });
  await profile.receive(before);
  const { profileId } = profile.live;
  await db
    .updateTable('conversations')
    .set({ is_muted: true, is_pinned: true, metadata: { color: 'red' }, lid: null, expiration: 0 })
    .where('profile_id', '=', profileId)
    .where('chat', 'like', `${eve}%`)
    .execute();
  await db.updateTable('contacts').set({ name: null }).where('profile_id', '=', profileId).execute();
  const costs: number[] = [];
  for (const messages of usual) {
    const had = profile.held.count('');
    await profile.receive(messages);
    costs.push(profile.held.count('') - had);
  }
  return { profile, costs };
}

/** Everything of a profile, with ids by the order in which they first appear. */
async function everythingOf(profileId: string): Promise<unknown> {
  const rowsOf = async (table: 'messages' | 'conversations' | 'contacts' | 'events') => {
    const rows = await db.selectFrom(table).selectAll().where('profile_id', '=', profileId).execute();
    return (rows as Record<string, unknown>[]).toSorted((a, b) =>
      String(a.chat ?? a.seq ?? a.phone).localeCompare(String(b.chat ?? b.seq ?? b.phone), 'en', {
        numeric: true,
      }),
    );
  };
  const rows = {
    messages: await rowsOf('messages'),
    conversations: await rowsOf('conversations'),
    contacts: await rowsOf('contacts'),
    events: await rowsOf('events'),
  };
  const ids = new Map<string, string>();
  const named = JSON.stringify(rows, (key, value) => (key === 'seq' ? undefined : value)).replace(
    /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g,
    (id) => ids.get(id) ?? (ids.set(id, `id ${ids.size}`).get(id) as string),
  );
  return JSON.parse(named);
}

test('what is usual leaves the same rows and events in one statement as in a transaction', async () => {
  const [short, long] = [await arrive(false), await arrive(true)];
  expect(await everythingOf(short.profile.live.profileId)).toEqual(
    await everythingOf(long.profile.live.profileId),
  );
  expect(await short.profile.events()).toHaveLength(17);
  expect(short.profile.settled).toEqual(long.profile.settled);
  expect(short.profile.looked).toEqual(expect.arrayContaining([group]));
});

test('a usual message costs one statement, and one more where somebody is named by identity only', async () => {
  const { costs } = await arrive(false);
  expect(costs).toEqual([1, 1, 2, 1, 2, 1]);
});

test.each<[string, (profile: { organizationId: string; profileId: string }) => Promise<IncomingMessage>]>([
  ['a new name', async () => message(30, bob, { sender: { ...message(30, bob).sender, name: 'Robert' } })],
  ['another address', async () => message(31, bob, { chatAlias: lidChat('77') })],
  ['a timer', async () => message(32, bob, { expiration: { seconds: 60, since: now } })],
  ['a new chat', async () => message(33, '628111000023')],
  [
    'a chat that was out of the lists',
    async ({ profileId }) => {
      await db
        .updateTable('conversations')
        .set({ unreached: true })
        .where('profile_id', '=', profileId)
        .execute();
      return message(34, bob);
    },
  ],
  [
    'a saved name',
    async ({ profileId }) => {
      await db.updateTable('contacts').set({ name: 'Bobby' }).where('profile_id', '=', profileId).execute();
      return message(35, bob);
    },
  ],
])('a message that brings %s is stored as before', async (_what, made) => {
  const results = [];
  for (const isLong of [false, true]) {
    const { profile } = await arrive(isLong);
    const news = await made(profile.live);
    await profile.receive([message(40, eve), { ...news, timestamp: second(30) }]);
    results.push(await everythingOf(profile.live.profileId));
  }
  expect(results[0]).toEqual(results[1]);
});

test('a reaction that came before its message is applied when that comes', async () => {
  const { profile } = await arrive(false);
  await profile.receive([
    message(50, bob, { content: { type: 'reaction', targetId: 'message 51', emoji: '🥐' } }),
  ]);
  await profile.receive([message(51, bob)]);
  expect((await profile.events()).map(({ name }) => name).slice(-2)).toEqual([
    'message.received',
    'message.reaction',
  ]);
});

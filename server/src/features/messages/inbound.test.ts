import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrivingProfile, arrivingText as text } from '../../../test/arrivals.ts';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import type { EngineMessageId, IncomingMessage } from '../../engines/port.ts';
import { lidChat, phoneChat } from '../../platform/chat-id.ts';
import type { Db } from '../../platform/db/transaction.ts';

let store: TestDatabase;
let db: Db;

beforeAll(async () => {
  store = await testDatabase();
  db = store.database.db;
});
afterAll(() => store?.drop());

const openProfile = () => arrivingProfile(db);

test('many messages that arrive together cost no more statements than one', async () => {
  const { held, receive, stored, events } = await openProfile();
  await receive([text('first', '628111000001')]);
  await receive([text('second', '628111000001')]);
  const before = held.count('');
  await receive([text('third', '628111000001')]);
  const cost = held.count('') - before;
  const many = Array.from({ length: 40 }, (_, index) => text(`many ${index}`, '628111000001'));
  await receive(many);
  expect(held.count('') - before - cost).toBe(cost);

  const ids = ['first', 'second', 'third', ...many.map(({ id }) => id)];
  expect((await stored()).map((row) => row.wa_message_id)).toEqual(ids);
  const told = (await events()).map(({ body }) => body as { conversation: { unreadCount: number } });
  expect(told.map(({ conversation }) => conversation.unreadCount)).toEqual(ids.map((_, index) => index + 1));
});

test.each([
  ['in a transaction', true, 1],
  ['at once, or else in a transaction', false, 4],
] as const)('a timer and a name cost statements only when they are news (%s)', async (_, isLong, more) => {
  const { held, receive } = await arrivingProfile(db, { isLong });
  const lasting = (id: string, seconds: number, name = 'Bob'): IncomingMessage => {
    const message = text(id, '628111000007');
    const expiration = { seconds, since: message.timestamp };
    return { ...message, sender: { ...message.sender, name }, expiration };
  };
  const cost = async (message: IncomingMessage) => {
    const before = held.count('');
    await receive([message]);
    return held.count('') - before;
  };
  await cost(text('first', '628111000007'));
  const usual = await cost(text('second', '628111000007'));
  expect(await cost(lasting('third', 60))).toBe(usual + more);
  expect(await cost(lasting('fourth', 60))).toBe(usual);
  expect(await cost(lasting('fifth', 60, 'Robert'))).toBeGreaterThan(usual);
  expect(await cost(lasting('sixth', 60, 'Robert'))).toBe(usual);
});

test('what somebody calls themselves in a group names their chat too, and is looked at once', async () => {
  const { held, receive, listed } = await openProfile();
  const { sender, ...first } = text('first', '628111000009');
  const { name: _, ...nameless } = sender;
  await receive([{ ...first, sender: nameless }]);
  expect(await listed({ type: 'user' })).toMatchObject([{ name: null }]);
  const { chatAlias: __, ...said } = text('said', '628111000009');
  const group = '120363000000000004@g.us' as IncomingMessage['chat'];
  const cost = async (id: string) => {
    const before = held.count('');
    await receive([{ ...said, id: id as EngineMessageId, chat: group }]);
    return held.count('') - before;
  };
  await cost('begins');
  expect(await listed({ type: 'user' })).toMatchObject([{ name: 'Bob', contact_name: 'Bob' }]);
  expect(await cost('second')).toBe(await cost('third'));
});

test('what a channel posts is told as such and never unread', async () => {
  const { receive, stored, events, listed } = await openProfile();
  const { chatAlias: _, ...post } = text('post', '628111000008');
  await receive([{ ...post, chat: '120363000000000003@newsletter' as IncomingMessage['chat'], sender: {} }]);
  expect(await stored()).toMatchObject([{ wa_message_id: 'post', sender: null }]);
  const [event] = await events();
  expect(event).toMatchObject({ name: 'channel.received', body: { conversation: { unreadCount: 0 } } });
  expect(await listed({})).toEqual([]);
  expect(await listed({ type: 'newsletter' })).toMatchObject([{ type: 'newsletter', unread_count: 0 }]);
});

test('what many members say in one group costs no more statements than what one says', async () => {
  const { held, receive, stored } = await openProfile();
  const said = (id: string, from: string): IncomingMessage => {
    const { chatAlias: _, ...message } = text(id, from);
    const sender = { ...message.sender, name: `Member ${from}` };
    return { ...message, chat: '120363000000000002@g.us' as IncomingMessage['chat'], sender };
  };
  await receive([said('first', '628111000006')]);
  const before = held.count('');
  await receive([said('second', '628111000066')]);
  const cost = held.count('') - before;
  await receive(Array.from({ length: 20 }, (_, index) => said(`many ${index}`, `6281110001${index}`)));
  expect(held.count('') - before - cost).toBe(cost);
  expect(await stored()).toHaveLength(22);
});

test('a message that comes twice, in one batch or in two, is there once and told once', async () => {
  const { receive, settled, stored, events } = await openProfile();
  const [one, two] = [text('one', '628111000002'), text('two', '628111000003')];
  await receive([one, one, two]);
  await receive([two, one]);
  expect((await stored()).map((row) => row.wa_message_id)).toEqual(['one', 'two']);
  expect(await events()).toHaveLength(2);
  expect(settled).toEqual(['one', 'one', 'two', 'two', 'one']);
});

test('a message whose data are refused is shown as unsupported, and holds up none beside it', async () => {
  const { receive, settled, stored, events } = await openProfile();
  const poison = text('poison', '628111000004', 'no database takes a \u0000');
  await receive([text('before', '628111000004'), poison, text('after', '628111000004')]);
  const rows = await stored();
  expect(rows.map((row) => row.wa_message_id)).toEqual(['before', 'poison', 'after']);
  expect(rows.map((row) => row.type)).toEqual(['text', 'unsupported', 'text']);
  expect(rows[1]?.content).toEqual({ code: 'UNSTORABLE', reason: expect.stringMatching(/^The database/) });
  expect(settled).toEqual(['before', 'poison', 'after']);
  const told = (await events()).map(({ body }) => (body as { message: { type: string } }).message.type);
  expect(told).toEqual(['text', 'unsupported', 'text']);
  await receive([poison]);
  expect(await stored()).toHaveLength(3);
  expect(await events()).toHaveLength(3);
});

test('a message is settled even when nothing can be stored in its place', async () => {
  const { receive, settled, stored } = await openProfile();
  const poison = text('poison \u0000', '628111000014');
  await receive([text('before', '628111000014'), poison, text('after', '628111000014')]);
  expect((await stored()).map((row) => row.wa_message_id)).toEqual(['before', 'after']);
  expect(settled).toEqual(['before', 'poison \u0000', 'after']);
});

test('while the database is away nothing is set aside: all of it is brought again', async () => {
  const { held, receive, settled, stored } = await openProfile();
  const messages = [text('one', '628111000015'), text('two', '628111000015')];
  const back = held.fail('conversations');
  await expect(receive(messages)).rejects.toThrow('the database has gone');
  back();
  expect(settled).toEqual([]);
  await receive(messages);
  expect((await stored()).map((row) => row.type)).toEqual(['text', 'text']);
});

test('whoever is named by linked identity only is shown by the phone number that is known', async () => {
  const { receive, stored } = await openProfile();
  const known = text('by number', '628111000005');
  const { lid } = known.sender;
  const group = { ...known, chat: '120363000000000001@g.us' as IncomingMessage['chat'] };
  delete group.chatAlias;
  await receive([known]);
  await receive([
    { ...group, id: 'by identity' as EngineMessageId, sender: { ...(lid && { lid }) } },
    { ...group, id: 'unknown' as EngineMessageId, sender: { lid: lidChat('77') } },
  ]);
  expect(await stored()).toMatchObject([
    { wa_message_id: 'by number', sender: phoneChat('628111000005') },
    { wa_message_id: 'by identity', sender: phoneChat('628111000005') },
    { wa_message_id: 'unknown', sender: lidChat('77') },
  ]);
});

test.each([
  ['in a transaction', true],
  ['at once, or else in a transaction', false],
])('a message that the past told of before it came is news once it comes (%s)', async (_, isLong) => {
  const { live, receive, events, listed } = await arrivingProfile(db, { isLong });
  const from = '628111000031';
  const mine = { ...text('mine', from), fromMe: true, sender: {} };
  await receive([text('first', from), text('early', from), mine]);
  const before = (await events()).length;
  const metadata = JSON.stringify({ history: true });
  await db.updateTable('messages').set({ metadata }).where('profile_id', '=', live.profileId).execute();
  const fromAnother = { ...text('first', from), sender: { phone: phoneChat('628111000032') } };
  await receive([fromAnother]);
  expect(await events()).toHaveLength(before);
  await receive([text('early', from), text('late', from), mine]);
  await receive([text('early', from)]);
  const told = (await events()).slice(before).map(({ name, body }) => {
    const { message } = body as { message: { waMessageId: string; metadata: object } };
    return [name, message.waMessageId, message.metadata];
  });
  expect(told.toSorted()).toEqual([
    ['message.received', 'early', {}],
    ['message.received', 'late', {}],
  ]);
  expect(await listed({})).toMatchObject([{ unread_count: 3 }]);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../../test/house.ts';
import { eventually } from '../../../../test/kit/eventually.ts';
import type { SandboxPhone } from '../../../../test/sandbox.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newNumber,
  newTenant,
  type Tenant,
} from '../../../../test/tenant.ts';
import { until } from '../../../../test/until.ts';
import { countedDays, countedRows } from '../../statistics/testing.ts';

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;
let phone: SandboxPhone;
let friend: SandboxPhone;
let group: string;
let ids: { photo: string; edited: string; revoked: string; junk: string; unread: string };
let made: { messages: number; reactions: number };
const day = 86_400_000;
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

interface Shown {
  id: string;
  waMessageId: string;
  status: string;
  type: string;
  content: Record<string, unknown> & { media?: { state: string } };
  conversationId: string;
}

async function all(): Promise<Shown[]> {
  const found: Shown[] = [];
  for (let before = ''; ; ) {
    const page = await tenant.key.get(`/messages/profile/${profile.id}?limit=200${before}`);
    found.push(...page);
    if (page.length < 200) return found;
    before = `&before=${page.at(-1).id}`;
  }
}
const one = (id: string) => tenant.key.get(`/messages/${id}`);
const history = async () => (await tenant.key.get(`/profiles/${profile.id}`)).history;
const isComplete = () => until('the past is here', async () => (await history()).state === 'complete');

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  phone = house.sandbox.phone(newNumber());
  await phone.named('Bakery');
  made = await phone.past({ chats: 38, messages: 1_980, seed: 7 });
  friend = await newCustomer(house.sandbox, 'Rina');
  group = await house.sandbox.group(friend.number, 'Bakers', [phone.number]);
  const file = { type: 'image', data: picture.toString('base64'), mimetype: 'image/png' };
  const photo = await friend.writes(phone.number, { ...file, caption: 'Our oven' });
  const edited = await friend.sends(group, 'at five');
  await friend.writes(group, { type: 'edit', id: edited, text: 'at six' });
  const revoked = await friend.sends(group, 'secret');
  await friend.writes(group, { type: 'revoke', id: revoked });
  const junk = await friend.writes(phone.number, {
    ...{ type: 'raw', bytes: Buffer.from('not a message at all').toString('base64') },
  });
  await phone.read(friend.number);
  await phone.read(group);
  const unread = await friend.sends(phone.number, 'Are you there?');
  // Before the profile is linked: the devices agree on it, whichever of the two comes first.
  await phone.sets({ change: 'star', chat: friend.number, id: photo, starred: true });
  await phone.uploadsState();
  ids = { photo, edited, revoked, junk, unread };
  profile = await connectedProfile(tenant, house.sandbox, {}, phone);
  await isComplete();
});
afterAll(() => house?.close());

test('2,000 messages in 40 chats become conversations and messages, each once, nothing lost', async () => {
  const messages = await all();
  const onPhone = (await phone.messages()).filter(({ type }) => type !== 'reaction');
  const waIds = messages.map(({ waMessageId }) => waMessageId);
  expect(new Set(waIds).size).toBe(waIds.length);
  expect(onPhone.length).toBeGreaterThan(made.messages);
  const missing = onPhone.filter(({ id }) => !waIds.includes(id)).map(({ id }) => id);
  expect(missing.filter((id) => id !== ids.junk)).toEqual([]);
  expect(await history()).toMatchObject({ percent: 100, messages: messages.length, conversations: 40 });
  const { conversations } = await tenant.key.get(`/conversations?profileId=${profile.id}&limit=100`);
  expect(conversations).toHaveLength(40);
  expect(conversations.find((chat: { type: string }) => chat.type === 'group')).toMatchObject({
    name: 'Bakers',
  });
});

test('large pieces of the past come as files from the media host', async () => {
  expect(await house.sandbox.uploadsOf(phone.number)).toBeGreaterThan(0);
});

test('the past is no news: no event of a message, and unread only what the phone says', async () => {
  const { events } = await tenant.key.get('/events?limit=500&event=message.*');
  expect(events).toEqual([]);
  const told = await tenant.key.get('/events?limit=10&event=profile.history');
  expect(told.events.map((event: { data: { state: string } }) => event.data.state)).toEqual([
    'running',
    'complete',
  ]);
  const unread = (await phone.messages()).filter(({ fromMe, status }) => !fromMe && status === 'received');
  const here = (await all()).filter(({ status }) => status === 'received');
  expect(here.map(({ waMessageId }) => waMessageId)).toContain(ids.unread);
  expect(here.length).toBeLessThanOrEqual(unread.length);
  const { conversations } = await tenant.key.get(`/conversations?profileId=${profile.id}&limit=100`);
  const counted = conversations.reduce(
    (sum: number, chat: { unreadCount: number }) => sum + chat.unreadCount,
    0,
  );
  expect(counted).toBe(here.length);
});

test('statistics have counted the past on its days', async () => {
  const { db } = house.database.database;
  await eventually(async () => expect(await countedDays(db)).toEqual(await countedRows(db)));
  const { messages } = await tenant.key.get('/statistics/dashboard');
  expect(messages.total).toBe((await all()).length);
});

test('edits, revokes, reactions and stars of the past show with their messages', async () => {
  await until('the star', async () => (await one(ids.photo)).starred);
  expect(await one(ids.edited)).toMatchObject({ content: { text: 'at six' } });
  expect(await one(ids.revoked)).toMatchObject({ content: {}, revokedAt: expect.any(String) });
  const reactions = await house.database.database.db
    .selectFrom('messages')
    .select('reactions')
    .where('profile_id', '=', profile.id)
    .where('reactions', 'is not', null)
    .execute();
  expect(reactions).toHaveLength(made.reactions);
});

test('a file of the past is fetched only when it is asked for', async () => {
  const before = await one(ids.photo);
  expect(before.content).toMatchObject({ caption: 'Our oven', media: { state: 'waiting' } });
  await tenant.key.post(`/messages/${ids.photo}/media`);
  const { content } = await until('the file', async () => {
    const message = await one(ids.photo);
    return message.content.media.state === 'stored' && message;
  });
  expect(Buffer.from(await (await fetch(content.media.url)).arrayBuffer()).equals(picture)).toBe(true);
});

test('told once more, nothing is doubled, and what was deleted here stays away', async () => {
  const gone = await one(ids.edited);
  await tenant.owner.delete(`/messages/${gone.id}`);
  const count = (await all()).length;
  const [device] = await phone.devices();
  await phone.unlink(device?.device ?? 0);
  await until('it is unlinked', async () => (await profile.status()) !== 'connected');
  await tenant.key.post(`/profiles/${profile.id}/connect`);
  const { text } = await until('a code', () =>
    tenant.key.get(`/profiles/${profile.id}/qr`).catch(() => undefined),
  );
  await phone.scan(text);
  await until('it is told again', async () => {
    const { events } = await tenant.key.get('/events?limit=20&event=profile.history');
    return events.length >= 4;
  });
  expect(await all()).toHaveLength(count);
  await expect(one(ids.edited)).rejects.toThrow('MESSAGE_NOT_FOUND');
});

test('older messages of a chat come from the phone when they are asked for', async () => {
  const { conversationId } = await one(ids.photo);
  const timestamp = Date.now() - 400 * day;
  const old = Array.from({ length: 30 }, (_, n) => ({ text: `old ${n}`, timestamp: timestamp + n * 60_000 }));
  await phone.remembers(old.map((message) => ({ ...message, chat: friend.number })));
  const path = `/messages/conversation/${conversationId}/load-older`;
  const first = await tenant.key.get(`${path}?limit=20`);
  expect(first).toMatchObject({ synced: 20, engineReady: true, answered: true, hasMore: true });
  expect(first.messages.at(-1).content.text).toBe('old 29');
  expect(await tenant.key.get(`${path}?limit=20`)).toMatchObject({
    synced: 10,
    answered: true,
    hasMore: false,
  });
  await profile.disconnect();
  expect(await tenant.key.get(path)).toMatchObject({ synced: 0, engineReady: false, messages: [] });
});

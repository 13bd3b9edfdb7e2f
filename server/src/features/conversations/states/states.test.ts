import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type House, openHouse } from '../../../../test/house.ts';
import type { SandboxPhone } from '../../../../test/sandbox.ts';
import { seeded } from '../../../../test/seeded.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newTenant,
  type Tenant,
} from '../../../../test/tenant.ts';
import { until } from '../../../../test/until.ts';

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;
let customer: SandboxPhone;
let id: string;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox, { messageDelayMs: 0 });
});
beforeEach(async () => {
  customer = await newCustomer(house.sandbox);
  await customer.sends(profile.phone.number, 'hello');
  id = await conversationWith(customer);
});
afterAll(() => house?.close());

const db = () => house.database.database.db;
const get = (client = tenant.key) => client.get(`/conversations/${id}`);
const put = (what: string, body?: object) => tenant.key.put(`/conversations/${id}/${what}`, body);
const chatOnPhone = async () =>
  (await profile.phone.state()).chats.find(({ chat }) => chat === customer.number);
const onPhone = (shown: object) =>
  until(`the phone shows ${JSON.stringify(shown)}`, async () => matches(await chatOnPhone(), shown));
const isHere = (shown: object) =>
  until(`it shows ${JSON.stringify(shown)}`, async () => matches(await get(), shown));
const onItsPhone = (change: { change: string } & Record<string, unknown>) =>
  profile.phone.sets({ chat: customer.number, ...change });
const eventsOf = async (name: string) =>
  (await db().selectFrom('events').select(['name', 'body']).orderBy('seq').execute())
    .filter(({ name: one, body }) => one === name && body.conversationId === id)
    .map(({ body }) => body as Record<string, any>);
const pending = async () =>
  (await db().selectFrom('chat_states').select('field').where('is_pending', '=', true).execute()).length;

async function conversationWith(phone: SandboxPhone): Promise<string> {
  return until('the conversation', async () => {
    const { conversations } = await tenant.key.get(`/conversations?profileId=${profile.id}&limit=200`);
    return conversations.find(({ chatId }: { chatId: string }) => chatId === `${phone.number}@c.us`)?.id;
  });
}

const matches = (value: object | undefined, shown: object) =>
  value !== undefined &&
  Object.entries(shown).every(([name, one]) => (value as Record<string, unknown>)[name] === one);

test('what is set here is set on the phone, with an event each; what is set already tells nobody', async () => {
  const until_ = new Date(house.clock.now().getTime() + 3_600_000).toISOString();
  for (let twice = 0; twice < 2; twice++) {
    expect(await put('archive')).toMatchObject({ success: true, isArchived: true });
    expect(await put('mute', { muted: true, until: until_ })).toMatchObject({
      ...{ isMuted: true, mutedUntil: until_ },
    });
    expect(await put('pin', { pinned: true })).toMatchObject({ isPinned: true });
    await put('unread');
  }
  await onPhone({ archived: true, mutedUntil: new Date(until_).getTime(), markedUnread: true });
  expect((await chatOnPhone())?.pinnedAt).not.toBeNull();
  expect((await eventsOf('conversation.updated')).map(({ changed, source }) => [changed, source])).toEqual([
    [['isArchived'], 'api'],
    [['isMuted', 'mutedUntil'], 'api'],
    [['isPinned'], 'api'],
    [['isMarkedUnread'], 'api'],
  ]);
  expect(await get()).toMatchObject({
    ...{ isArchived: true, isMuted: true, isPinned: true, isMarkedUnread: true },
    metadata: { archived: true, isMuted: true, isPinned: true },
  });
  // Without a body they change sides, as shipped clients expect; those post what the specification puts.
  expect(await put('mute')).toMatchObject({ isMuted: false, mutedUntil: null });
  expect(await put('pin')).toMatchObject({ isPinned: false });
  await tenant.key.post(`/conversations/${id}/unarchive`);
  await tenant.key.post(`/conversations/${id}/read`);
  await onPhone({ archived: false, mutedUntil: null, markedUnread: false, pinnedAt: null, unread: 0 });
  const past = await tenant.key.call('PUT', `/conversations/${id}/mute`, { until: '2020-01-01T00:00:00Z' });
  expect(past).toMatchObject({ status: 400, body: { error: { details: [{ path: '/until' }] } } });
});

test('what the phone sets is set here; what is read there is read here', async () => {
  await customer.sends(profile.phone.number, 'and again');
  await isHere({ unreadCount: 2 });
  await onItsPhone({ change: 'archive', archived: true });
  await onItsPhone({ change: 'mute', until: -1 });
  await onItsPhone({ change: 'pin', pinned: true });
  await isHere({ isArchived: true, isMuted: true, mutedUntil: null, isPinned: true });
  await onItsPhone({ change: 'mark-read', read: false });
  await isHere({ isMarkedUnread: true });
  await profile.phone.read(customer.number);
  await isHere({ unreadCount: 0, isMarkedUnread: false });
  await onItsPhone({ change: 'pin', pinned: false });
  await isHere({ isPinned: false });
  expect((await eventsOf('conversation.updated')).every(({ source }) => source === 'phone')).toBe(true);
  await profile.phone.sets({ change: 'label', id: '31', name: 'New order', color: 3 });
  await onItsPhone({ change: 'label-chat', id: '31', labeled: true });
  const { labels } = await until('the label', async () => {
    const conversation = await get();
    return conversation.labels.length > 0 && conversation;
  });
  expect(labels).toMatchObject([{ name: 'New order', source: 'whatsapp', profileId: profile.id }]);
  await put('labels', { labelIds: [] });
  await until('it is off', async () => {
    const { labels: onIt } = await profile.phone.state();
    return onIt.find((one) => one.id === '31')?.chats.length === 0;
  });
});

test('whoever writes, reads or marks, here or on the phone, the unread counts of both agree', async () => {
  const random = seeded(20_261_201);
  const steps: (() => Promise<unknown>)[] = [
    () => customer.sends(profile.phone.number, 'and more'),
    () => customer.sends(profile.phone.number, 'and more again'),
    () => put('read'),
    () => put('unread'),
    () => profile.phone.read(customer.number),
    () => onItsPhone({ change: 'mark-read', read: false }),
  ];
  const done: number[] = [];
  for (let n = 0; n < 16; n++) {
    const step = Math.floor(random() * steps.length);
    done.push(step);
    await steps[step]?.();
    const { unread } = await until(`both agree after ${done}`, async () => {
      const [here, there, isTold] = [await get(), await chatOnPhone(), (await pending()) === 0];
      const isSame =
        here.unreadCount === there?.unread && here.isMarkedUnread === there?.markedUnread && isTold;
      return isSame && { unread: here.unreadCount };
    });
    if (step < 2) expect(unread).toBeGreaterThan(0);
    if (step === 2 || step === 4) expect(unread).toBe(0);
  }
});

test('a star and a deletion on the phone show here, an event each, and what is deleted stays so', async () => {
  const starred = await customer.sends(profile.phone.number, 'Keep this');
  const gone = await customer.sends(profile.phone.number, 'Not for long');
  const messages = async () =>
    (await tenant.key.get(`/conversations/${id}/messages`)).messages as Record<string, any>[];
  const one = async (waId: string) => (await messages()).find(({ waMessageId }) => waMessageId === waId);
  await until('both are here', async () => (await messages()).length === 3);
  await onItsPhone({ change: 'star', id: starred, starred: true });
  await until('the star', async () => (await one(starred))?.starred);
  await onItsPhone({ change: 'delete-for-me', id: gone });
  await until('it is gone', async () => (await messages()).length === 2);
  expect(await get()).toMatchObject({ unreadCount: 2 });
  await onItsPhone({ change: 'star', id: starred, starred: false });
  await until('the star is off', async () => (await one(starred))?.starred === false);
  const events = await db().selectFrom('events').select(['name', 'body']).orderBy('seq').execute();
  const of = (name: string) =>
    events.filter(({ name: one_, body }) => one_ === name && body.profileId === profile.id);
  expect(of('message.starred').map(({ body }) => (body.message as { starred: boolean }).starred)).toEqual([
    true,
    false,
  ]);
  expect(of('message.deleted').at(-1)?.body).toMatchObject({ waMessageId: gone, source: 'phone' });
  const { rows } = await sql`select from removed_messages where wa_message_id = ${gone}`.execute(db());
  expect(rows).toHaveLength(1);
});

test('a star set here is set on the phone, offline too; of two settings the later one holds', async () => {
  const waId = await customer.sends(profile.phone.number, 'Keep this');
  const star = (method: 'PUT' | 'DELETE', message = waId) =>
    tenant.key.call(method, `/messages/${message}/star`);
  const { id: messageId } = await until('the message', async () => {
    const { messages } = await tenant.key.get(`/conversations/${id}/messages`);
    return (messages as Record<string, any>[]).find(({ waMessageId }) => waMessageId === waId);
  });
  const onThePhone = async () => (await profile.phone.state()).starred.some((one) => one.id === waId);
  for (let twice = 0; twice < 2; twice++) {
    expect((await star('PUT')).data).toMatchObject({ success: true, messageId, starred: true });
  }
  expect((await tenant.key.get(`/messages/${messageId}`)).starred).toBe(true);
  await until('the star on the phone', onThePhone);
  await profile.disconnect();
  await star('DELETE', messageId);
  await profile.connect();
  await until('the star is off the phone', async () => !(await onThePhone()));
  await until('nothing is kept of it', async () => (await pending()) === 0);
  await profile.disconnect();
  await star('PUT');
  await onItsPhone({ change: 'star', id: waId, starred: true });
  await onItsPhone({ change: 'star', id: waId, starred: false });
  await profile.connect();
  await until('the later one holds', async () => !(await tenant.key.get(`/messages/${messageId}`)).starred);
  await until('nothing is to be told', async () => (await pending()) === 0);
  expect(await onThePhone()).toBe(false);
  const events = await db().selectFrom('events').select(['name', 'body']).orderBy('seq').execute();
  const of = events.filter(({ name, body }) => name === 'message.starred' && body.profileId === profile.id);
  const stars = of.map(({ body }) => body.message as { waMessageId: string; starred: boolean });
  const told = stars.filter(({ waMessageId }) => waMessageId === waId).map(({ starred }) => starred);
  expect(told).toEqual([true, false, true, false]);
  expect((await star('PUT', crypto.randomUUID())).status).toBe(404);
});

test('what was set while the profile was away reaches the phone later; the later setting holds', async () => {
  await profile.disconnect();
  for (let n = 0; n < 3; n++) await put('archive').then(() => put('unarchive'));
  await put('archive');
  await put('pin', { pinned: true });
  await put('mute', { muted: true });
  expect(await pending()).toBe(3);
  // What the phone does now is later than the pin, and earlier than the mute that follows.
  await onItsPhone({ change: 'pin', pinned: false });
  await onItsPhone({ change: 'mute', until: Date.UTC(2040, 0) });
  await put('mute', { muted: false });
  await put('mute', { muted: true });
  await profile.connect();
  await onPhone({ archived: true, pinnedAt: null, mutedUntil: -1 });
  await isHere({ isArchived: true, isPinned: false, isMuted: true, mutedUntil: null });
  await until('all is told', async () => (await pending()) === 0);
});

test('two nodes that change one conversation end in the same state, here and on the phone', async () => {
  const other = await house.anotherNode();
  const clients = [tenant.key, other.api.as(tenant.credentials)];
  await Promise.all(
    Array.from({ length: 12 }, (_, n) => {
      const client = clients[n % 2] ?? tenant.key;
      return n % 3 === 0
        ? client.put(`/conversations/${id}/pin`, { pinned: n % 2 === 0 })
        : client.put(`/conversations/${id}/${n % 2 === 0 ? 'archive' : 'unarchive'}`);
    }),
  );
  const [one, two] = await Promise.all(clients.map((client) => get(client)));
  expect([one.isArchived, one.isPinned]).toEqual([two.isArchived, two.isPinned]);
  await until('all is told', async () => (await pending()) === 0);
  const shown = await chatOnPhone();
  expect([shown?.archived, shown?.pinnedAt !== null]).toEqual([one.isArchived, one.isPinned]);
});

test('a cleared conversation is empty everywhere, however long; the past brings nothing back', async () => {
  const now = house.clock.now();
  await sql`insert into messages (id, organization_id, profile_id, conversation_id, wa_message_id, direction, type,
      content, status, timestamp, created_at, updated_at)
    select gen_random_uuid(), organization_id, profile_id, id, 'OLD' || n, 'incoming', 'text', '{"text": "old"}', 'read',
      ${now}::timestamptz - n * interval '1 minute', ${now}, ${now}
    from conversations, generate_series(1, 1200) n where id = ${id}`.execute(db());
  await put('pin', { pinned: true });
  expect(await tenant.key.delete(`/conversations/${id}/messages`)).toEqual({ success: true });
  expect(await get()).toMatchObject({ unreadCount: 0, lastMessageAt: null, isPinned: true });
  await until('the rest is gone', async () => {
    const { messages } = await tenant.key.get(`/conversations/${id}/messages`);
    return messages.length === 0;
  });
  const { rows } = await sql<{ count: string }>`select count(*) as count from removed_messages
    where profile_id = ${profile.id} and wa_message_id like 'OLD%'`.execute(db());
  expect(Number(rows[0]?.count)).toBe(1200);
  await until('the phone', async () => (await profile.phone.messages(customer.number)).length === 0);
  expect(await eventsOf('conversation.cleared')).toMatchObject([{ source: 'api' }]);
  await customer.sends(profile.phone.number, 'anew');
  await until('it arrives', async () => {
    const { messages } = await tenant.key.get(`/conversations/${id}/messages`);
    return messages.length === 1;
  });
});

test('a deleted conversation is gone here and there; a new message begins it anew', async () => {
  await put('pin', { pinned: true });
  expect(await tenant.key.delete(`/conversations/${id}`)).toEqual({ success: true });
  expect((await tenant.key.call('GET', `/conversations/${id}`)).status).toBe(404);
  expect((await tenant.key.call('DELETE', `/conversations/${id}`)).status).toBe(404);
  expect(await db().selectFrom('messages').select('id').where('conversation_id', '=', id).execute()).toEqual(
    [],
  );
  await until('the phone', async () => (await profile.phone.messages(customer.number)).length === 0);
  expect(await eventsOf('conversation.deleted')).toMatchObject([{ source: 'api' }]);
  await until('all is told', async () => (await pending()) === 0);
  const chat = `${customer.number}@c.us`;
  await until('nothing is kept', async () => {
    const rows = await db().selectFrom('chat_states').select('field').where('chat', '=', chat).execute();
    return rows.length === 0;
  });
  await customer.sends(profile.phone.number, 'me again');
  const anew = await conversationWith(customer);
  expect(anew).not.toBe(id);
  expect(await tenant.key.get(`/conversations/${anew}`)).toMatchObject({ isPinned: false, unreadCount: 1 });
});

test('what the phone clears or deletes goes here, too', async () => {
  await onItsPhone({ change: 'clear' });
  await isHere({ lastMessageAt: null, unreadCount: 0 });
  expect((await get()).messages).toEqual([]);
  await customer.sends(profile.phone.number, 'later');
  await isHere({ unreadCount: 1 });
  await onItsPhone({ change: 'delete-chat' });
  await until(
    'it is gone',
    async () => (await tenant.key.call('GET', `/conversations/${id}`)).status === 404,
  );
  expect(await eventsOf('conversation.deleted')).toMatchObject([{ source: 'phone' }]);
});

test('a closed conversation is open again when somebody writes', async () => {
  await put('status', { status: 'closed' });
  expect(await get()).toMatchObject({ status: 'closed' });
  await customer.sends(profile.phone.number, 'one more thing');
  await isHere({ status: 'open', unreadCount: 2 });
});

// The last one: phones do not know that the clock was turned.
test('a mute ends at its time, by itself', async () => {
  await put('mute', { until: new Date(house.clock.now().getTime() + 60_000).toISOString() });
  house.clock.advance({ minutes: 2 });
  await isHere({ isMuted: false, mutedUntil: null });
  expect((await eventsOf('conversation.updated')).at(-1)).toMatchObject({ source: 'time' });
});

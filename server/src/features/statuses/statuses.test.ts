import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newTenant,
  type Tenant,
} from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';
import type { EngineMessageId } from '../../engines/port.ts';
import { storedChat } from '../../platform/chat-id.ts';
import { createVault } from '../../platform/crypto.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { createRecorder } from '../../platform/events/record.ts';
import { createStatusUpdates } from './index.ts';

const everybody = 'status@broadcast';

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
});
afterAll(() => house?.close());

const me = () => profile.phone.number;
type Phone = Awaited<ReturnType<typeof newCustomer>>;
const customer = () => newCustomer(house.sandbox, 'Dana');
const post = (phone: Phone, text: string) =>
  phone.writes(everybody, { type: 'text', text, audience: [me()] });
const listed = async (id = profile.id, query = '') => tenant.key.get(`/statuses/profile/${id}${query}`);
const kept = (waMessageId: string) =>
  until('the status is kept', async () => {
    const { statuses } = await listed();
    return (statuses as { waMessageId: string }[]).find((one) => one.waMessageId === waMessageId);
  });
const told = (event: string) =>
  until(`${event} is told`, async () => {
    const { events } = await tenant.key.get(`/events?event=${event}&profileId=${profile.id}`);
    return events.length > 0 && events.map(({ data }: { data: unknown }) => data);
  });
const stored = (waMessageId: string) =>
  until('the message is stored', async () => {
    const { status, body } = await tenant.key.call('GET', `/messages/${waMessageId}`);
    return status === 200 && body.data;
  });

test('a story is told and kept as what it is: no message, no conversation, nothing unread', async () => {
  const phone = await customer();
  const id = await post(phone, 'Fresh from the oven');
  const shown = { senderJid: `${phone.number}@c.us`, senderName: 'Dana', fromMe: false, revokedAt: null };
  expect(await kept(id)).toMatchObject({ ...shown, type: 'text', content: { text: 'Fresh from the oven' } });
  expect(await told('status.received')).toMatchObject([{ status: { waMessageId: id, ...shown } }]);
  const { body } = await tenant.key.call('GET', `/conversations?profileId=${profile.id}`);
  expect(body.data).toMatchObject({ conversations: [], total: 0 });
  expect(await tenant.key.get(`/messages/profile/${profile.id}`)).toEqual([]);
  expect((await tenant.key.get('/events?event=message.*')).events).toEqual([]);
});

test('a story taken back by whoever posted it is marked, and nobody else takes it back', async () => {
  const [phone, other] = [await customer(), await customer()];
  const id = await post(phone, 'Sold out');
  await kept(id);
  await post(other, 'Me too');
  await phone.writes(everybody, { type: 'revoke', id, audience: [me()] });
  const [{ status }] = await told('status.revoked');
  expect(status).toMatchObject({ waMessageId: id, revokedAt: expect.any(String) });
  expect(await kept(id)).toMatchObject({ revokedAt: expect.any(String), content: {} });
});

test('an answer to a story is a message in the chat with whoever wrote it, in either direction', async () => {
  const phone = await customer();
  const theirs = await post(phone, 'Rye today');
  await kept(theirs);
  const ours = await profile.phone.writes(everybody, {
    type: 'text',
    text: 'Open',
    audience: [phone.number],
  });
  expect(await kept(ours)).toMatchObject({ fromMe: true });
  expect(await told('status.posted')).toMatchObject([{ status: { waMessageId: ours } }]);

  const answer = await stored(await phone.writes(me(), { type: 'text', text: 'Until when?', quoted: ours }));
  expect(answer).toMatchObject({
    quotedMessageId: ours,
    conversation: { jid: `${phone.number}@c.us`, unreadCount: 1 },
  });
  const { waMessageId } = await tenant.key.post(
    '/messages/text',
    { profileId: profile.id, to: phone.number, text: 'Keep me one', quotedMessageId: theirs },
    { prefer: 'wait=10' },
  );
  const seen = await until('it is there', async () =>
    (await phone.messages()).find((message) => message.id === waMessageId),
  );
  expect(seen).toMatchObject({ text: 'Keep me one', quoted: { id: theirs } });
});

test('a reaction to a story is told, and nothing becomes unread', async () => {
  const phone = await customer();
  const id = await profile.phone.writes(everybody, { type: 'text', text: 'Open', audience: [phone.number] });
  await kept(id);
  await until('it is seen', async () => (await phone.messages()).some((message) => message.id === id));
  await phone.writes(everybody, { type: 'reaction', id, text: '🥐' });
  expect(await told('status.reaction')).toEqual([
    { profileId: profile.id, waMessageId: id, from: `${phone.number}@c.us`, emoji: '🥐' },
  ]);
  const { conversations } = await tenant.key.get(`/conversations?profileId=${profile.id}`);
  expect(conversations.filter((one: { jid: string }) => one.jid.includes('broadcast'))).toEqual([]);
});

test('stories are paged newest first, and none is skipped or repeated', async () => {
  const phone = await customer();
  const ids = [];
  for (const text of ['one', 'two', 'three']) ids.push(await post(phone, text));
  for (const id of ids) await kept(id);
  const whole = (await listed()).statuses.map((one: { id: string }) => one.id);
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await listed(profile.id, `?limit=2${cursor && `&cursor=${cursor}`}`);
    seen.push(...page.statuses.map((one: { id: string }) => one.id));
    cursor = page.cursor;
  }
  expect(seen).toEqual(whole);
  const wrong = await tenant.key.call('GET', `/statuses/profile/${profile.id}?cursor=nonsense`);
  expect([wrong.status, wrong.body.error.code]).toEqual([400, 'VALIDATION_ERROR']);
});

test('a profile that drops stories keeps and tells none, and goes on receiving messages', async () => {
  const quiet = await connectedProfile(tenant, house.sandbox, { dropStatuses: true });
  const phone = await customer();
  const number = quiet.phone.number;
  await phone.writes(everybody, { type: 'text', text: 'nobody asked', audience: [number] });
  await stored(await phone.sends(number, 'hello'));
  expect(await listed(quiet.id)).toEqual({ statuses: [], cursor: null });
  expect((await tenant.key.get(`/events?event=status.*&profileId=${quiet.id}`)).events).toEqual([]);

  const { dropStatuses } = await tenant.key.put(`/profiles/${quiet.id}`, { dropStatuses: null });
  expect(dropStatuses).toBeNull();
  await phone.writes(everybody, { type: 'text', text: 'as the server does', audience: [number] });
  await until('it is kept', async () => (await listed(quiet.id)).statuses.length === 1);
});

test('a server that drops stories leaves those alone that a profile keeps all the same', async () => {
  const { db } = house.database.database;
  const events = createRecorder(house.clock, () => undefined);
  const { take } = createStatusUpdates({
    ...{ db, clock: house.clock, events, dropsByItself: true, vault: createVault(Buffer.alloc(32)) },
    ...{ media: { release: async () => undefined }, came: () => undefined },
  });
  const whose = { organizationId: tenant.organizationId, profileId: profile.id };
  const posted = (id: string) => ({
    author: null,
    message: {
      id: id as EngineMessageId,
      chat: storedChat(everybody),
      sender: {},
      fromMe: false,
      timestamp: house.clock.now(),
      content: { type: 'text', text: id },
      late: false,
    },
  });
  await inTransaction(db, (tx) => take(tx, whose, [posted('DROPPED')]));
  await tenant.key.put(`/profiles/${profile.id}`, { dropStatuses: false });
  await inTransaction(db, (tx) => take(tx, whose, [posted('KEPT')]));
  await kept('KEPT');
  const { statuses } = await listed();
  expect(statuses.map((one: { waMessageId: string }) => one.waMessageId)).not.toContain('DROPPED');
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from './house.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newNumber,
  newTenant,
  type Tenant,
} from './tenant.ts';
import { until } from './until.ts';

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
});
afterAll(() => house?.close());

const message = (id: string) => tenant.key.get(`/messages/${id}`);
const customer = (name?: string) => newCustomer(house.sandbox, name);
const eventsOf = async (messageId: string): Promise<string[]> => {
  const { events } = await tenant.key.get('/events?after=0&limit=200&event=message.*');
  return events
    .filter((one: { data: { messageId: string } }) => one.data.messageId === messageId)
    .map((one: { event: string }) => one.event);
};

test('a receipt that overtakes the acknowledgement comes after message.sent, which comes once', async () => {
  const phone = await customer();
  await profile.send(phone.number, 'before', { wait: 10 });
  const hold = await house.sandbox.fault({ name: 'hold-acks', number: profile.phone.number });
  const { messageId } = await profile.send(phone.number, 'overtaken');
  await until('it is delivered', async () => (await message(messageId)).status === 'delivered');
  await hold.clear();
  await profile.send(phone.number, 'after', { wait: 10 });
  expect(await eventsOf(messageId)).toEqual(['message.queued', 'message.sent', 'message.delivered']);
  expect((await message(messageId)).status).toBe('delivered');
});

test('a status never moves back, whatever acknowledgement or receipt comes late', async () => {
  const phone = await customer();
  await profile.send(phone.number, 'before', { wait: 10 });
  const hold = await house.sandbox.fault({ name: 'hold-acks', number: profile.phone.number });
  const { messageId } = await profile.send(phone.number, 'read at once');
  await until('it is delivered', async () => (await message(messageId)).status === 'delivered');
  await phone.read(profile.phone.number);
  await until('it is read', async () => (await message(messageId)).status === 'read');
  await hold.clear();
  await phone.read(profile.phone.number);
  await profile.send(phone.number, 'after', { wait: 10 });
  expect((await message(messageId)).status).toBe('read');
  const told = await eventsOf(messageId);
  expect(told.at(-1)).toBe('message.read');
  expect(new Set(told).size).toBe(told.length);
});

test('a receipt moves the message of its own profile only, also under a shared WhatsApp id', async () => {
  const other = await tenant.key.post('/profiles', { name: 'Other', engine: 'sandbox' });
  const idle = await tenant.key.post('/messages/text', {
    profileId: other.id,
    to: '628123456789',
    text: 'idle',
  });
  const phone = await customer();
  await profile.send(phone.number, 'before', { wait: 10 });
  const hold = await house.sandbox.fault({ name: 'hold-acks', number: profile.phone.number });
  const sent = await profile.send(phone.number, 'twin');
  const { db } = house.database.database;
  const twin = { wa_message_id: sent.waMessageId };
  await db.updateTable('messages').set(twin).where('id', '=', idle.messageId).execute();
  await hold.clear();
  await until('it is delivered', async () => (await message(sent.messageId)).status === 'delivered');
  expect((await message(idle.messageId)).status).toBe('queued');
});

test('a local number takes the country of its profile, else that of the server', async () => {
  const reached = async (more: object, to: string) => {
    const { id } = await tenant.key.post('/profiles', { name: 'Shop', engine: 'sandbox', ...more });
    const { conversationId } = await tenant.key.post('/messages/text', { profileId: id, to, text: 'x' });
    return (await tenant.key.get(`/conversations/${conversationId}`)).jid;
  };
  expect(await reached({ defaultCountry: 'DE' }, '0151 23456789')).toBe('4915123456789@c.us');
  expect(await reached({ defaultCountry: 'BR' }, '011 98765-4321')).toBe('5511987654321@c.us');
  expect(await reached({}, '0812-3456-789')).toBe('628123456789@c.us');
});

test('nothing is held back unasked: the same text goes out as often, to as many as are named', async () => {
  const phones = await Promise.all(Array.from({ length: 5 }, () => customer()));
  for (const phone of phones) {
    const sent = await Promise.all([1, 2].map(() => profile.send(phone.number, 'same text', { wait: 10 })));
    expect(sent.map(({ status }) => ['sent', 'delivered'].includes(status))).toEqual([true, true]);
    await until('both are there', async () => (await phone.messages()).length === 2);
  }
});

test('the pace of a profile is kept between messages, while requests are answered at once', async () => {
  const paceMs = 1_000;
  const slow = await connectedProfile(tenant, house.sandbox);
  await tenant.key.put(`/profiles/${slow.id}`, { messageDelayMs: paceMs });
  // A pace counts within a second; for a new connection, at once.
  await tenant.key.post(`/profiles/${slow.id}/disconnect`);
  await until('it is disconnected', async () => (await slow.status()) === 'disconnected');
  await tenant.key.post(`/profiles/${slow.id}/connect`);
  await until('it is connected again', async () => (await slow.status()) === 'connected');
  const [one, two] = [await customer(), await customer()];
  const startedMs = performance.now();
  const sent = [];
  for (const phone of [one, two, one, two]) sent.push(await slow.send(phone.number, 'paced'));
  // Sending them takes three paces at least; answering does not wait for it.
  expect(performance.now() - startedMs).toBeLessThan(3 * paceMs);
  expect(sent.every(({ status }) => status === 'queued')).toBe(true);
  await until(
    'all went out',
    async () => (await one.messages()).length + (await two.messages()).length === 4,
  );
  const ids = new Set(sent.map(({ waMessageId }) => waMessageId));
  const ledger = await house.sandbox.ledger({ number: slow.phone.number, kind: 'message' });
  const times = [
    ...new Map(ledger.filter((one) => ids.has(one.messageId)).map((one) => [one.messageId, one.time])),
  ];
  expect(times).toHaveLength(4);
  const gaps = times.slice(1).map(([, time], index) => time - (times[index]?.[1] ?? 0));
  for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(paceMs);
});

test('twenty requests to connect at once make one connection, before pairing and after', async () => {
  const phone = house.sandbox.phone(newNumber());
  await phone.named('Crowd');
  const { id } = await tenant.key.post('/profiles', { name: 'Crowd', engine: 'sandbox' });
  const crowd = () =>
    Promise.all(Array.from({ length: 20 }, () => tenant.key.call('POST', `/profiles/${id}/connect`)));
  expect((await crowd()).every(({ status }) => status === 200)).toBe(true);
  const { text } = await tenant.key.get(`/profiles/${id}/qr`);
  await phone.scan(text);
  const connected = async () => (await tenant.key.get(`/profiles/${id}/status`)).status === 'connected';
  await until('it is connected', connected);
  expect((await crowd()).every(({ status }) => status === 200)).toBe(true);
  expect(await phone.devices()).toHaveLength(1);
  expect(await connected()).toBe(true);
});

test('deleting a connected profile by either route ends its connection and answers alike', async () => {
  const [account] = await tenant.key.get('/accounts');
  const answers = [];
  for (const scoped of [false, true]) {
    const phone = house.sandbox.phone(newNumber());
    await phone.named('Gone');
    const created = await tenant.key.post(`/accounts/${account.id}/profiles`, {
      name: 'Gone',
      engine: 'sandbox',
    });
    await tenant.key.post(`/profiles/${created.id}/connect`);
    await phone.scan((await tenant.key.get(`/profiles/${created.id}/qr`)).text);
    const status = async () => (await tenant.key.get(`/profiles/${created.id}/status`)).status;
    await until('it is connected', async () => (await status()) === 'connected');
    const path = scoped ? `/accounts/${account.id}/profiles/${created.id}` : `/profiles/${created.id}`;
    answers.push(await tenant.key.delete(path));
    await until('the phone is unlinked', async () => (await phone.devices()).length === 0);
    const { db } = house.database.database;
    await until('nothing of it is kept', async () => {
      const rows = await db
        .selectFrom('engine_credentials')
        .selectAll()
        .where('profile_id', '=', created.id)
        .execute();
      return rows.length === 0;
    });
  }
  expect(Object.keys(answers[0])).toEqual(Object.keys(answers[1]));
  expect(answers[0]).toMatchObject({ success: true });
});

test('a deleted account is gone for every route, and takes no new profile', async () => {
  const { id } = await tenant.owner.post('/accounts', { name: 'Short-lived' });
  await tenant.owner.delete(`/accounts/${id}`);
  const asked: [string, string, object?][] = [
    ['GET', `/accounts/${id}`],
    ['PUT', `/accounts/${id}`, { name: 'Back' }],
    ['DELETE', `/accounts/${id}`],
    ['GET', `/accounts/${id}/profiles`],
    ['POST', `/accounts/${id}/profiles`, { name: 'x', engine: 'sandbox' }],
  ];
  for (const [method, path, body] of asked) {
    const answer = await tenant.owner.call(method, path, body);
    expect([method, path, answer.status, answer.body.error?.code]).toEqual([
      method,
      path,
      404,
      'ACCOUNT_NOT_FOUND',
    ]);
  }
});

test('every body of a profile has its older names beside the new, and a lower-case status', async () => {
  const [account] = await tenant.key.get('/accounts');
  const made = await tenant.key.post(`/accounts/${account.id}/profiles`, {
    name: 'Named',
    engine: 'sandbox',
  });
  const scoped = `/accounts/${account.id}/profiles`;
  const bodies = [
    made,
    await tenant.key.get(`/profiles/${made.id}`),
    await tenant.key.get(`${scoped}/${made.id}`),
    await tenant.key.put(`/profiles/${made.id}`, { name: 'Named' }),
    ...[...(await tenant.key.get('/profiles')), ...(await tenant.key.get(scoped))].filter(
      ({ id }) => id === made.id,
    ),
  ];
  expect(bodies).toHaveLength(6);
  for (const body of bodies) {
    expect(body).toMatchObject({ name: 'Named', displayName: 'Named', phone: null, phoneNumber: null });
    expect(body.status).toBe('disconnected');
  }
});

test('an engine nobody knows is refused, not ignored; a webhook may live on a host without a dot', async () => {
  const answer = await tenant.key.call('POST', '/profiles', { name: 'x', engine: 'telegraph' });
  expect([answer.status, answer.body.error.code]).toEqual([400, 'VALIDATION_ERROR']);
  const hook = await tenant.key.post('/webhooks', {
    url: 'http://localhost:9/hook',
    events: ['test'],
    enabled: false,
  });
  expect(hook.url).toBe('http://localhost:9/hook');
});

test('conversations without a message come last in the list, and none is skipped or repeated', async () => {
  const { id } = await tenant.key.post('/profiles', { name: 'List', engine: 'sandbox' });
  for (let n = 0; n < 3; n++) {
    await tenant.key.post('/messages/text', { profileId: id, to: `62812345670${n}`, text: 'x' });
  }
  const { db } = house.database.database;
  const [first] = await db.selectFrom('conversations').selectAll().where('profile_id', '=', id).execute();
  const now = new Date();
  for (let n = 0; n < 2; n++) {
    const empty = {
      ...first!,
      id: randomUUID(),
      chat: `pn:62812345680${n}`,
      last_message_at: null,
      created_at: now,
    };
    await db
      .insertInto('conversations')
      .values({ ...empty, metadata: JSON.stringify(empty.metadata) })
      .execute();
  }
  const seen: { id: string; lastMessageAt: string | null }[] = [];
  let cursor = '';
  do {
    const page = await tenant.key.get(
      `/conversations?profileId=${id}&limit=2${cursor && `&cursor=${cursor}`}`,
    );
    seen.push(...page.conversations);
    cursor = page.cursor ?? '';
  } while (cursor);
  expect(seen.map(({ lastMessageAt }) => lastMessageAt === null)).toEqual([false, false, false, true, true]);
  expect(new Set(seen.map((one) => one.id)).size).toBe(5);
});

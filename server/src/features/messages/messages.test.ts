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

test('a text goes out, is acknowledged by the server, and moves on to delivered and read', async () => {
  const phone = await customer();
  const sent = await profile.send(phone.number, 'Your bread is ready 🍞', { wait: 10 });
  expect(sent).toMatchObject({
    success: true,
    waMessageId: expect.any(String),
    conversationId: expect.any(String),
  });
  expect(['sent', 'delivered']).toContain(sent.status);
  await until('it is delivered', async () => (await message(sent.messageId)).status === 'delivered');
  await phone.read(profile.phone.number);
  await until('it is read', async () => (await message(sent.messageId)).status === 'read');
  expect(await phone.messages()).toMatchObject([
    { id: sent.waMessageId, text: 'Your bread is ready 🍞', fromMe: false },
  ]);
  const { events } = await tenant.key.get(`/events?profileId=${profile.id}`);
  const steps = events
    .filter(({ data }: { data: { messageId?: string } }) => data.messageId === sent.messageId)
    .map(({ event, data }: { event: string; data: Record<string, string | null> }) => [
      event,
      data.previousStatus,
      data.timestamp,
    ]);
  expect(steps).toEqual([
    ['message.queued', null, expect.any(String)],
    ['message.sent', 'sending', steps[0][2]],
    ['message.delivered', 'sent', steps[0][2]],
    ['message.read', 'delivered', steps[0][2]],
  ]);
});

test('what somebody writes is stored once, with conversation, contact and text in any script', async () => {
  const phone = await customer('Dana');
  const text = 'שלום 👨‍👩‍👧 مرحبا\nzwei Zeilen';
  const waMessageId = await phone.sends(profile.phone.number, text);
  const stored = await until('it is stored', async () => {
    const list = await tenant.key.get(`/messages/profile/${profile.id}?direction=incoming`);
    return list.find((one: { waMessageId: string }) => one.waMessageId === waMessageId);
  });
  expect(stored).toMatchObject({
    content: { text },
    status: 'received',
    senderJid: `${phone.number}@c.us`,
    senderName: 'Dana',
  });
  const conversation = await tenant.key.get(`/conversations/${stored.conversationId}`);
  expect(conversation).toMatchObject({
    jid: `${phone.number}@c.us`,
    unreadCount: 1,
    contact: { phone: phone.number, whatsappName: 'Dana' },
  });
});

test('question and answer share one conversation, however the number was written', async () => {
  const phone = await customer();
  const spaced = `+${phone.number.slice(0, 2)} ${phone.number.slice(2, 6)}-${phone.number.slice(6)}`;
  const first = await profile.send(spaced, 'one', { wait: 10 });
  const second = await profile.send(`${phone.number}@s.whatsapp.net`, 'two', { wait: 10 });
  await phone.sends(profile.phone.number, 'three');
  expect(second.conversationId).toBe(first.conversationId);
  const texts = await until('all three are there', async () => {
    const { messages } = await tenant.key.get(`/messages/conversation/${first.conversationId}`);
    return messages.length === 3 && messages.map((one: { content: { text: string } }) => one.content.text);
  });
  expect(texts).toEqual(['one', 'two', 'three']);
});

test('messages for a disconnected profile wait, and go out in their order when it is back', async () => {
  const phone = await customer();
  await tenant.key.post(`/profiles/${profile.id}/disconnect`);
  await until('it is disconnected', async () => (await profile.status()) === 'disconnected');
  const sent = [];
  for (let n = 1; n <= 5; n++) sent.push(await profile.send(phone.number, `waiting ${n}`));
  expect(sent.map((one) => one.status)).toEqual(Array(5).fill('queued'));
  await tenant.key.post(`/profiles/${profile.id}/connect`);
  await until('all went out', async () => (await phone.messages()).length === 5);
  expect((await phone.messages()).map((one) => one.text)).toEqual([1, 2, 3, 4, 5].map((n) => `waiting ${n}`));
});

test('the same idempotency key sends once and answers the same; another body is refused', async () => {
  const phone = await customer();
  const first = await profile.send(phone.number, 'only once', { key: 'order-17' });
  const again = await profile.send(phone.number, 'only once', { key: 'order-17' });
  expect(again).toEqual(first);
  const other = await tenant.key.call(
    'POST',
    '/messages/text',
    { profileId: profile.id, to: phone.number, text: 'something else' },
    { 'idempotency-key': 'order-17' },
  );
  expect([other.status, other.body.error.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  await until('it arrived', async () => (await phone.messages()).length > 0);
  expect(await phone.messages()).toHaveLength(1);
});

test('what WhatsApp refuses becomes a visible failure with its reason', async () => {
  const phone = await customer();
  await profile.send(phone.number, 'before', { wait: 10 });
  const fault = await house.sandbox.fault({
    name: 'refuse-message',
    number: profile.phone.number,
    code: 463,
  });
  const refused = await profile.send(phone.number, 'refused', { wait: 10 });
  await fault.clear();
  expect(refused).toMatchObject({
    success: false,
    status: 'failed',
    errorCode: 'REFUSED_463',
    error: expect.any(String),
  });
  expect(await message(refused.messageId)).toMatchObject({ status: 'failed', failureCode: 'REFUSED_463' });
  expect((await profile.send(phone.number, 'after', { wait: 10 })).status).not.toBe('failed');
});

test('a connection that breaks before the acknowledgement sends the same id, which is seen once', async () => {
  const phone = await customer();
  await profile.send(phone.number, 'before', { wait: 10 });
  const hold = await house.sandbox.fault({ name: 'hold-acks', number: profile.phone.number });
  const sent = await profile.send(phone.number, 'held back');
  await until('the network has it', async () => {
    const entries = await house.sandbox.ledger({ messageId: sent.waMessageId });
    return entries.some((entry) => entry.kind === 'message');
  });
  await hold.clear();
  await house.sandbox.fault({ name: 'terminate', number: profile.phone.number });
  await until('it is sent', async () =>
    ['sent', 'delivered'].includes((await message(sent.messageId)).status),
  );
  expect((await phone.messages()).filter((one) => one.text === 'held back')).toHaveLength(1);
});

test('the database id and the WhatsApp id both find a message, and a page skips and repeats none', async () => {
  const phone = await customer();
  const sent = [];
  for (let n = 0; n < 7; n++) sent.push(await profile.send(phone.number, `page ${n}`, { wait: 10 }));
  expect(await message(sent[0]!.waMessageId)).toMatchObject({ id: sent[0]!.messageId });
  const seen: string[] = [];
  let before = '';
  for (;;) {
    const page = await tenant.key.get(
      `/conversations/${sent[0]!.conversationId}/messages?limit=3${before && `&before=${before}`}`,
    );
    seen.unshift(...page.messages.map((one: { content: { text: string } }) => one.content.text));
    if (!page.hasMore) break;
    before = page.messages[0].waMessageId;
  }
  expect(seen).toEqual(sent.map((_, n) => `page ${n}`));
});

test('a conversation goes on after a message and around one, and says what is left there', async () => {
  const phone = await customer();
  const sent: Awaited<ReturnType<typeof profile.send>>[] = [];
  for (let n = 0; n < 7; n++) sent.push(await profile.send(phone.number, `line ${n}`, { wait: 10 }));
  const page = async (query: string) => {
    const path = `/messages/conversation/${sent[0]!.conversationId}?${query}`;
    const { messages, hasMore, hasNewer } = await tenant.key.get(path);
    return [
      messages.map((one: { content: { text: string } }) => one.content.text.slice(5)).join(''),
      hasMore,
      hasNewer,
    ];
  };
  const id = (n: number) => (n % 2 ? sent[n]!.messageId : sent[n]!.waMessageId);
  expect(await page('limit=3')).toEqual(['456', true, false]);
  expect(await page(`limit=3&before=${id(4)}`)).toEqual(['123', true, true]);
  expect(await page(`limit=3&after=${id(1)}`)).toEqual(['234', true, true]);
  expect(await page(`limit=3&after=${id(3)}`)).toEqual(['456', true, false]);
  expect(await page(`limit=3&around=${id(3)}`)).toEqual(['234', true, true]);
  expect(await page(`limit=4&around=${id(0)}`)).toEqual(['01', false, true]);
  expect(await page(`limit=50&around=${id(6)}`)).toEqual(['0123456', false, false]);
  const newer = await tenant.key.get(`/messages/profile/${profile.id}?limit=2&after=${id(4)}`);
  expect(newer.map((one: { id: string }) => one.id)).toEqual([sent[5]!.messageId, sent[6]!.messageId]);
  const strange = await tenant.key.call(
    'GET',
    `/messages/conversation/${sent[0]!.conversationId}?around=3EB0FF`,
  );
  expect([strange.status, strange.body.error.code]).toEqual([404, 'MESSAGE_NOT_FOUND']);
});

test('what a message answers is shown with it, as it is now, whoever wrote the two', async () => {
  const phone = await customer();
  const asked = await profile.send(phone.number, 'Rye or wheat?', { wait: 10 });
  const id = await phone.writes(profile.phone.number, {
    ...{ type: 'text', text: 'Rye', quoted: asked.waMessageId },
  });
  await until('it came', async () => (await tenant.key.call('GET', `/messages/${id}`)).status === 200);
  expect(await message(id)).toMatchObject({
    quoted: {
      ...{ messageId: asked.messageId, waMessageId: asked.waMessageId, type: 'text' },
      fromMe: true,
      text: 'Rye or wheat?',
    },
  });
  const { messageId } = await tenant.key.post('/messages/reply', {
    ...{ profileId: profile.id, quotedMessageId: id, text: 'Fine' },
  });
  const [, , answer] = (await tenant.key.get(`/messages/conversation/${asked.conversationId}`)).messages;
  expect(answer).toMatchObject({
    id: messageId,
    quoted: { fromMe: false, text: 'Rye', senderJid: `${phone.number}@c.us` },
  });
});

test('a page before a message that is not of the list is not found', async () => {
  const [phone, other] = [await customer(), await customer()];
  const sent = await profile.send(phone.number, 'here', { wait: 10 });
  const elsewhere = await profile.send(other.number, 'elsewhere', { wait: 10 });
  const lists = [
    `/conversations/${sent.conversationId}/messages`,
    `/messages/conversation/${sent.conversationId}`,
    `/messages/profile/${profile.id}`,
  ];
  for (const list of lists) {
    const page = (before: string) => tenant.key.call('GET', `${list}?before=${before}`);
    expect((await page(sent.messageId)).status).toBe(200);
    const strange = [sent.conversationId, '3EB0FFFFFFFFFFFF', 'x'];
    if (list !== lists[2]) strange.push(elsewhere.messageId, elsewhere.waMessageId);
    for (const before of strange) {
      const { status, body } = await page(before);
      expect([list, before, status, body.error?.code]).toEqual([list, before, 404, 'MESSAGE_NOT_FOUND']);
    }
  }
});

test('a reply quotes the message it answers', async () => {
  const phone = await customer();
  const asked = await phone.sends(profile.phone.number, 'How much is rye?');
  await until(
    'it is stored',
    async () => (await tenant.key.call('GET', `/messages/${asked}`)).status === 200,
  );
  const reply = await tenant.key.post(
    '/messages/text',
    { profileId: profile.id, to: phone.number, text: 'Four', quotedMessageId: asked },
    { prefer: 'wait=10' },
  );
  expect(await message(reply.messageId)).toMatchObject({ quotedMessageId: asked });
  const seen = await until('the reply is there', async () =>
    (await phone.messages()).find((one) => one.text === 'Four'),
  );
  expect(seen).toMatchObject({ quoted: expect.objectContaining({ id: asked }) });
});

test('reading a conversation clears its counter, tells the sender, changes no outgoing status', async () => {
  const phone = await customer();
  const out = await profile.send(phone.number, 'ours', { wait: 10 });
  await until('delivered', async () => (await message(out.messageId)).status === 'delivered');
  await phone.sends(profile.phone.number, 'theirs');
  await until(
    'stored',
    async () => (await tenant.key.get(`/conversations/${out.conversationId}`)).unreadCount === 1,
  );
  expect(await tenant.key.put(`/conversations/${out.conversationId}/read`)).toEqual({ success: true });
  expect((await tenant.key.get(`/conversations/${out.conversationId}`)).unreadCount).toBe(0);
  await until('the sender sees it read', async () =>
    (await phone.messages()).some((one) => one.text === 'theirs' && one.status === 'read'),
  );
  expect((await message(out.messageId)).status).toBe('delivered');
});

test('a message that waited longer than its validity expires instead of going out late', async () => {
  const phone = await customer();
  await tenant.key.post(`/profiles/${profile.id}/disconnect`);
  await until('it is disconnected', async () => (await profile.status()) === 'disconnected');
  const { messageId } = await profile.send(phone.number, 'stale');
  house.clock.advance({ days: 2 });
  await tenant.key.post(`/profiles/${profile.id}/connect`);
  await until('it expired', async () => (await message(messageId)).status === 'expired');
  expect(await message(messageId)).toMatchObject({ failureCode: 'EXPIRED' });
  expect(await phone.messages()).toEqual([]);
});

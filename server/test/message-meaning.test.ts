import { Check } from 'typebox/value';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { kindOf } from '../src/features/messages/kinds/kinds.ts';
import { type House, openHouse } from './house.ts';
import { openSink, type Sink } from './kit/sink.ts';
import type { SandboxPhone } from './sandbox.ts';
import { type ConnectedProfile, connectedProfile, newCustomer, newTenant, type Tenant } from './tenant.ts';
import { until } from './until.ts';

let house: House;
let tenant: Tenant;
let sink: Sink;
let profile: ConnectedProfile;
let customer: SandboxPhone;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  sink = await openSink();
  await tenant.key.post('/webhooks', { url: sink.url, events: ['message.*'] });
  profile = await connectedProfile(tenant, house.sandbox);
});
beforeEach(async () => {
  customer = await newCustomer(house.sandbox);
});
afterAll(async () => {
  await house?.close();
  await sink?.close();
});

const own = () => profile.phone.number;
const messageOf = async (id: string) => (await tenant.key.call('GET', `/messages/${id}`)).data;
/** The message once it is as it should be. */
async function message(id: string, is: (one: any) => unknown = () => true): Promise<any> {
  await until('the message is as it should be', async () => {
    const one = await messageOf(id);
    return one.conversationId && is(one);
  });
  return messageOf(id);
}
async function conversation(): Promise<any> {
  const { conversations } = await tenant.key.get(`/conversations?profileId=${profile.id}&limit=200`);
  return conversations.find((one: any) => one.chatId === `${customer.number}@c.us`);
}
const told = (event: string, id: string) =>
  sink.caught
    .filter(({ body }) => body.event === event && body.data.waMessageId === id)
    .map(({ body }) => body.data);

test('a text edited twice is one unread message, taken back none, and says so everywhere', async () => {
  const id = await customer.writes(own(), { type: 'text', text: '5 breads' });
  await customer.writes(own(), { type: 'edit', id, text: '6 breads' });
  await customer.writes(own(), { type: 'edit', id, text: '7 breads' });
  const edited = await message(id, (one) => one.content.text === '7 breads');
  expect(edited).toMatchObject({
    content: { text: '7 breads' },
    originalContent: { text: '5 breads' },
    editedAt: expect.any(String),
    revokedAt: null,
    conversation: { unreadCount: 1 },
  });
  expect(await conversation()).toMatchObject({
    unreadCount: 1,
    messageCount: 1,
    lastMessage: { waMessageId: id, content: { text: '7 breads' } },
  });
  await customer.writes(own(), { type: 'revoke', id });
  const revoked = await message(id, (one) => one.revokedAt);
  expect(revoked).toMatchObject({ content: {}, originalContent: null, revokedBy: `${customer.number}@c.us` });
  expect(await conversation()).toMatchObject({ unreadCount: 0, lastMessage: { waMessageId: id } });
  await until('all is told', () => told('message.revoked', id).length > 0);
  expect(told('message.received', id)).toMatchObject([{ body: '5 breads' }]);
  expect(told('message.edited', id)).toMatchObject([
    { body: '6 breads', originalContent: { text: '5 breads' }, fromMe: false },
    { body: '7 breads', originalContent: { text: '5 breads' } },
  ]);
  expect(told('message.revoked', id)).toMatchObject([
    { revokedBy: `${customer.number}@c.us`, unreadCount: 0, chatId: `${customer.number}@c.us` },
  ]);
});

test('a reaction stands with its message until it is taken back, and is no message', async () => {
  const { waMessageId: id } = await profile.send(customer.number, 'Your bread is ready', { wait: 10 });
  const before = await conversation();
  await customer.writes(own(), { type: 'reaction', id, text: '🥐' });
  expect(await message(id, (one) => one.reactions.length === 1)).toMatchObject({
    reactions: [{ emoji: '🥐', senderJid: `${customer.number}@c.us`, senderName: 'Customer', fromMe: false }],
  });
  // The same from our own phone, which is no other person's.
  await profile.phone.writes(customer.number, { type: 'reaction', id, text: '👍' });
  await message(id, (one) => one.reactions.length === 2);
  await customer.writes(own(), { type: 'reaction', id, text: '' });
  expect((await message(id, (one) => one.reactions.length === 1)).reactions).toMatchObject([
    { emoji: '👍', fromMe: true },
  ]);
  expect(await conversation()).toMatchObject({
    unreadCount: 0,
    messageCount: 1,
    lastMessageAt: before.lastMessageAt,
    lastMessage: { waMessageId: id },
  });
  await until('all is told', () => told('message.reaction', id).length === 3);
  expect(told('message.reaction', id).map(({ emoji, removed, fromMe }) => [emoji, removed, fromMe])).toEqual([
    ['🥐', false, false],
    ['👍', false, true],
    ['', true, false],
  ]);
});

test('what the person edits and takes back on their own phone is edited and taken back here', async () => {
  const id = await profile.phone.writes(customer.number, { type: 'image', caption: 'bread' });
  await message(id);
  await profile.phone.writes(customer.number, { type: 'edit', id, text: 'rye bread' });
  const edited = await message(id, (one) => one.editedAt);
  expect(edited).toMatchObject({
    type: 'image',
    direction: 'outgoing',
    content: { caption: 'rye bread', mimetype: expect.any(String) },
    originalContent: { caption: 'bread' },
  });
  await profile.phone.writes(customer.number, { type: 'revoke', id });
  expect(await message(id, (one) => one.revokedAt)).toMatchObject({
    content: {},
    revokedBy: `${own()}@c.us`,
  });
});

test('a vote counts nothing as unread, and an admin of a group takes back what a member wrote', async () => {
  const admin = await newCustomer(house.sandbox, 'Admin');
  const jid = await house.sandbox.group(admin.number, 'Bakery', [customer.number, own()]);
  const poll = await admin.writes(jid, { type: 'poll', question: 'Which?', options: ['rye', 'wheat'] });
  await message(poll);
  await customer.writes(jid, { type: 'vote', id: poll, options: ['rye'] });
  const said = await customer.writes(jid, { type: 'text', text: 'Nonsense' });
  expect((await message(said)).conversation).toMatchObject({ unreadCount: 2 });
  await admin.writes(jid, { type: 'revoke', id: said });
  const revoked = await message(said, (one) => one.revokedAt);
  expect(revoked).toMatchObject({
    revokedBy: `${admin.number}@c.us`,
    senderJid: `${customer.number}@c.us`,
    conversation: { unreadCount: 1 },
  });
});

test('what was done while we were away is applied when we are back', async () => {
  const id = await customer.writes(own(), { type: 'text', text: 'before' });
  await message(id);
  await tenant.key.post(`/profiles/${profile.id}/disconnect`);
  await customer.writes(own(), { type: 'edit', id, text: 'after' });
  const late = await customer.writes(own(), { type: 'text', text: 'and more' });
  await customer.writes(own(), { type: 'reaction', id: late, text: '👍' });
  await customer.writes(own(), { type: 'revoke', id });
  await tenant.key.post(`/profiles/${profile.id}/connect`);
  await message(late, (one) => one.reactions.length === 1);
  expect(await message(id, (one) => one.revokedAt)).toMatchObject({ content: {} });
  expect(await conversation()).toMatchObject({ unreadCount: 1, messageCount: 2 });
});

test('what can’t be decrypted is shown as such, and says what it says once it is sent again', async () => {
  await message(await customer.writes(own(), { type: 'text', text: 'before' }));
  await tenant.key.post(`/profiles/${profile.id}/disconnect`);
  const id = await customer.writes(own(), { type: 'text', text: '5 breads' });
  // Whoever could send it again is away for now.
  await customer.online(false);
  const garbling = await house.sandbox.fault({ name: 'message-garbled', number: own() });
  await tenant.key.post(`/profiles/${profile.id}/connect`);
  const shown = await message(id, (one) => one.type === 'undecrypted');
  expect(shown).toMatchObject({
    ...{ direction: 'incoming', senderJid: `${customer.number}@c.us` },
    content: { reason: expect.stringMatching(/decrypted/) },
    conversation: { unreadCount: 2 },
  });
  await garbling.clear();
  await customer.online(true);
  const { content, conversation } = await message(id, (one) => one.type === 'text');
  expect({ content, unread: conversation.unreadCount }).toEqual({ content: { text: '5 breads' }, unread: 2 });
  expect((await messageOf(id)).id).toBe(shown.id);
  await until('all is told', () => told('message.received', id).length > 0);
  expect(told('message.undecrypted', id)).toMatchObject([{ type: 'undecrypted', body: '' }]);
  expect(told('message.received', id)).toMatchObject([{ messageId: shown.id, body: '5 breads' }]);
});

test('who is mentioned, what was passed on and what may be seen once is told with the message', async () => {
  const admin = await newCustomer(house.sandbox, 'Admin');
  const jid = await house.sandbox.group(admin.number, 'Bakery', [customer.number, own()]);
  const text = `@${own()} and @${customer.number}, look`;
  const body = { type: 'text', text, mentions: [own(), customer.number], forwarded: true };
  const id = await admin.writes(jid, body);
  const mentions = [`${own()}@c.us`, `${customer.number}@c.us`];
  const content = { text, mentions, forwarded: true, forwardingScore: 1 };
  expect((await message(id)).content).toEqual(content);
  await until('it is told', () => told('message.received', id).length > 0);
  expect(told('message.received', id)).toMatchObject([{ content }]);
  const once = await customer.writes(own(), { type: 'image', caption: 'once', viewOnce: true });
  expect((await message(once)).content).toMatchObject({ caption: 'once', viewOnce: true });
  const plain = await customer.writes(own(), { type: 'text', text: 'plain' });
  expect((await message(plain)).content).toEqual({ text: 'plain' });
});

test.each(['lid', 'pn'])('a text mentions people in a group that names its members by %s', async (mode) => {
  const admin = await newCustomer(house.sandbox, 'Admin');
  const jid = await house.sandbox.group(admin.number, 'Bakery', [customer.number, own()], mode);
  const text = `@${customer.number} is @${admin.number} there? not @${own()}1`;
  const sent = await tenant.key.post(
    '/messages/text',
    { profileId: profile.id, to: jid, text, mentions: [`+${customer.number}`, `${admin.number}@c.us`] },
    { prefer: 'wait=10' },
  );
  expect(['sent', 'delivered']).toContain(sent.status);
  await until('the phone has it', async () => (await admin.messages(jid)).length > 0);
  expect(await admin.messages(jid)).toMatchObject([
    { id: sent.waMessageId, text, content: { mentions: [customer.number, admin.number] } },
  ]);
  expect((await message(sent.messageId)).content).toEqual({
    text,
    mentions: [`${customer.number}@c.us`, `${admin.number}@c.us`],
  });
});

test('a mention of nobody, and fields that a text can’t carry, are refused each by its name', async () => {
  const post = (body: object) =>
    tenant.key.call('POST', '/messages/text', {
      profileId: profile.id,
      to: customer.number,
      text: 'x',
      ...body,
    });
  const refused = await post({ mentions: [customer.number, 'nobody', '120363000000000001@g.us'] });
  expect(refused).toMatchObject({ status: 400, body: { error: { code: 'VALIDATION_ERROR' } } });
  expect(refused.body.error.details.map((one: { path: string }) => one.path)).toEqual([
    '/mentions/1',
    '/mentions/2',
  ]);
  const others = await post({ url: 'https://example.com/x.png', caption: 'look', latitude: 1, emoji: null });
  expect(others).toMatchObject({ status: 400, body: { error: { code: 'VALIDATION_ERROR' } } });
  expect(others.body.error.details).toEqual([
    { path: '/url', problem: expect.stringContaining('a file') },
    { path: '/caption', problem: expect.stringContaining('a file') },
    { path: '/latitude', problem: expect.stringContaining('a location') },
  ]);
  expect(await customer.messages()).toEqual([]);
  expect(await post({ mentions: [], priority: 'high' })).toMatchObject({ status: 201 });
});

test('what a message of each kind says is described, field by field', async () => {
  const place = {
    latitude: -6.2,
    longitude: 106.8,
    name: 'Bakery',
    address: 'Here',
    url: 'https://example.com',
  };
  const said: [string, { type: string } & Record<string, unknown>][] = [
    ['text', { type: 'text', text: 'https://a.example', preview: { url: 'https://a.example', title: 'A' } }],
    ['image', { type: 'image', caption: 'look', viewOnce: true, forwarded: true }],
    ['video', { type: 'video', caption: 'look', seconds: 2 }],
    ['audio', { type: 'audio', seconds: 2 }],
    ['document', { type: 'document', fileName: 'menu.pdf', caption: 'look' }],
    ['sticker', { type: 'sticker' }],
    ['location', { type: 'location', ...place }],
    ['location', { type: 'liveLocation', latitude: 1, longitude: 1, caption: 'on my way' }],
    ['contact', { type: 'contact', name: 'Ann', number: '628111000009' }],
    ['poll', { type: 'poll', question: 'Which?', options: ['rye', 'wheat'] }],
    ['event', { type: 'event', name: 'Party', start: 1_900_000_000_000 }],
  ];
  for (const [type, body] of said) {
    const one = await message(await customer.writes(own(), body));
    const schema = kindOf(type)?.content;
    expect(one.type).toBe(type);
    expect(Check(schema ?? {}, one.content)).toBe(true);
    const undescribed = Object.keys(one.content).filter((name) => !(name in (schema?.properties ?? {})));
    expect({ type, undescribed }).toEqual({ type, undescribed: [] });
  }
});

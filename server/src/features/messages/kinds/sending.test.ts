import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type House, openHouse } from '../../../../test/house.ts';
import type { SandboxPhone } from '../../../../test/sandbox.ts';
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

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
});
beforeEach(async () => {
  customer = await newCustomer(house.sandbox);
});
afterAll(() => house?.close());

const ask = (kind: string, fields: object) =>
  tenant.key.call(
    'POST',
    `/messages/${kind}`,
    { profileId: profile.id, to: customer.number, ...fields },
    {
      prefer: 'wait=10',
    },
  );
async function send(kind: string, fields: object) {
  const { status, data } = await ask(kind, fields);
  expect([status, data]).toMatchObject([201, { success: true }]);
  return data;
}
const shown = async (id: string) => (await customer.messages()).find((one) => one.id === id);
const stored = (id: string) => tenant.key.get(`/messages/${id}`);

test('a location is shown with its name and address, and stored as it was asked for', async () => {
  const place = { latitude: -6.1754, longitude: 106.8272, name: 'Bakery', address: 'Jalan Merdeka 1' };
  const sent = await send('location', place);
  expect(await shown(sent.waMessageId)).toMatchObject({ type: 'location', content: { location: place } });
  expect(await stored(sent.messageId)).toMatchObject({ type: 'location', content: place });
  const edge = await send('location', { latitude: 90, longitude: -180, name: null });
  expect((await shown(edge.waMessageId))?.content).toEqual({ location: { latitude: 90, longitude: -180 } });
});

test('every card arrives with its number, and nothing in a name becomes a field of the card', async () => {
  const hostile = 'Mill; Co, "A\\B"\nTEL:+1\r\nEND:VCARD\u2028X';
  const sent = await send('contact', {
    contacts: [
      { name: hostile, phone: '0812-3456-789', email: 'mill@example.org\nNOTE:x' },
      { name: 'Dairy', phone: '+49 171 1234567', email: null },
    ],
  });
  const message = await shown(sent.waMessageId);
  const cards = message?.content.contacts as { name: string; vcard: string; numbers: string[] }[];
  expect(cards.map(({ name, numbers }) => ({ name, numbers }))).toEqual([
    { name: hostile, numbers: ['628123456789'] },
    { name: 'Dairy', numbers: ['491711234567'] },
  ]);
  const [mill] = cards;
  expect(mill?.vcard.split('\n')).toEqual([
    'BEGIN:VCARD',
    'VERSION:3.0',
    'N:;Mill\\; Co\\, "A\\\\B"\\nTEL:+1\\nEND:VCARD\\nX;;;',
    'FN:Mill\\; Co\\, "A\\\\B"\\nTEL:+1\\nEND:VCARD\\nX',
    'TEL;type=CELL;type=VOICE;waid=628123456789:+628123456789',
    'EMAIL:mill@example.org\\nNOTE:x',
    'END:VCARD',
  ]);
  expect((await stored(sent.messageId)).content.contacts).toMatchObject([{ vcard: mill?.vcard }, {}]);
  const single = await send('contact', { contacts: [{ name: 'Dairy', phone: '491711234567' }] });
  expect(await shown(single.waMessageId)).toMatchObject({ type: 'contact', text: 'Dairy' });
});

test('a poll takes one answer or, asked to, several, and votes can be read with its secret', async () => {
  const options = ['Rye', 'Wheat', 'Spelt'];
  const one = await send('poll', { question: 'Which?', options });
  const many = await send('poll', { question: 'Which ones?', options, allowMultipleAnswers: true });
  expect((await shown(one.waMessageId))?.content).toMatchObject({
    poll: { question: 'Which?', selectable: 1 },
  });
  expect((await shown(many.waMessageId))?.content).toMatchObject({ poll: { selectable: 0 } });
  expect((await stored(one.messageId)).content).toEqual({ question: 'Which?', options, choicesMax: 1 });
  expect((await stored(many.messageId)).content).toEqual({ question: 'Which ones?', options });
  await customer.writes(profile.phone.number, {
    type: 'vote',
    id: many.waMessageId,
    options: ['Rye', 'Spelt'],
  });
  // Of our own phone, which has the poll from us: it can read votes by the secret that went with it.
  const votes = await until('the vote is counted', async () => {
    const polls = await profile.phone.messages(customer.number);
    const poll = polls.find(({ id }) => id === many.waMessageId)?.content.poll as any;
    return poll?.options.some((option: any) => option.votes > 0) && poll.options;
  });
  expect(votes).toMatchObject([{ name: 'Rye', votes: 1 }, { votes: 0 }, { name: 'Spelt', votes: 1 }]);
});

test('a poll that its receiver could not read is sent again with the same secret', async () => {
  await profile.send(customer.number, 'so that a session stands', { wait: 10 });
  const answer = await customer.sends(profile.phone.number, 'and an answer');
  await until('it came', async () => (await tenant.key.call('GET', `/messages/${answer}`)).status === 200);
  const fault = await house.sandbox.fault({ name: 'forget-sessions', number: customer.number });
  const sent = await send('poll', { question: 'Which?', options: ['Rye', 'Wheat'] });
  await until('the poll is shown', () => shown(sent.waMessageId));
  await fault.clear();
  const travelled = await house.sandbox.ledger({ messageId: sent.waMessageId });
  expect(travelled.map(({ kind }) => kind)).toContain('resend');
  await customer.writes(profile.phone.number, { type: 'vote', id: sent.waMessageId, options: ['Wheat'] });
  await until('our phone reads the vote', async () => {
    const polls = await profile.phone.messages(customer.number);
    const poll = polls.find(({ id }) => id === sent.waMessageId)?.content.poll as any;
    return poll?.options[1].votes === 1;
  });
});

const kinds: [kind: string, fields: object][] = [
  ['location', { latitude: 1, longitude: 2, name: 'Bakery' }],
  ['contact', { contacts: [{ name: 'Dairy', phone: '491711234567' }] }],
  ['poll', { question: 'Which?', options: ['a', 'b'] }],
];
test.each(kinds)('a message of the kind %s can be quoted, answers and mentions', async (kind, fields) => {
  const asked = await customer.sends(profile.phone.number, 'And?');
  await until('it came', async () => (await tenant.key.call('GET', `/messages/${asked}`)).status === 200);
  const sent = await send(kind, { ...fields, quotedMessageId: asked, mentions: [customer.number] });
  expect(await shown(sent.waMessageId)).toMatchObject({
    quoted: { id: asked, text: 'And?', from: customer.number },
    content: { mentions: [customer.number] },
  });
  for (const quotedMessageId of [sent.messageId, sent.waMessageId]) {
    const answer = await send('text', { text: 'That one', quotedMessageId });
    const quoted = { id: sent.waMessageId, type: kind, from: profile.phone.number };
    expect(await shown(answer.waMessageId)).toMatchObject({ quoted });
    expect(await stored(answer.messageId)).toMatchObject({ quotedMessageId: sent.waMessageId });
  }
});

test('a voice message of a customer is quoted as what it is', async () => {
  const voice = await customer.writes(profile.phone.number, { type: 'voice', seconds: 4 });
  await until('it came', async () => (await tenant.key.call('GET', `/messages/${voice}`)).status === 200);
  const answer = await send('text', { text: 'Heard', quotedMessageId: voice });
  expect(await shown(answer.waMessageId)).toMatchObject({ quoted: { id: voice, type: 'voice' } });
});

const place = { latitude: 1, longitude: 2 };
const card = { name: 'Dairy', phone: '491711234567' };
const poll = { question: 'Which?', options: ['a', 'b'] };
test.each([
  ['location', '/latitude', { ...place, latitude: 90.1 }],
  ['location', '/longitude', { ...place, longitude: -180.5 }],
  ['location', '/latitude', { ...place, latitude: '1' }],
  ['location', '/latitude', { longitude: 2 }],
  ['location', '/contacts', { ...place, text: 'x', contacts: [card] }],
  ['contact', '/contacts', {}],
  ['contact', '/contacts', { contacts: [] }],
  ['contact', '/contacts/1/phone', { contacts: [card, { ...card, phone: 'call me' }] }],
  ['contact', '/contacts/1/phone', { contacts: [card, { ...card, phone: '1203@g.us' }] }],
  ['contact', '/contacts/0/name', { contacts: [{ ...card, name: '' }] }],
  ['contact', '/contacts', { contacts: Array(101).fill(card) }],
  ['poll', '/options', { ...poll, options: ['a'] }],
  ['poll', '/options', { ...poll, options: Array.from({ length: 13 }, (_, n) => `${n}`) }],
  ['poll', '/options/2', { ...poll, options: ['a', 'b', 'a'] }],
  ['poll', '/options/1', { ...poll, options: ['a', ''] }],
  ['poll', '/question', { ...poll, question: 'x'.repeat(256) }],
  ['poll', '/allowMultipleAnswers', { ...poll, allowMultipleAnswers: 'false' }],
] as const)('a %s that is wrong at %s is refused there, and nothing is kept', async (kind, path, fields) => {
  const answer = await ask(kind, fields);
  expect([answer.status, answer.body.error?.code]).toEqual([400, 'VALIDATION_ERROR']);
  expect(answer.body.error.details.map((one: { path: string }) => one.path).join(' ')).toContain(path);
  expect(await tenant.key.get(`/messages/profile/${profile.id}?limit=1&type=${kind}`)).not.toMatchObject([
    { status: 'queued' },
  ]);
});

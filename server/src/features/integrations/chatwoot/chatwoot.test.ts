import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ask } from '../../../../test/client.ts';
import { type House, openHouse } from '../../../../test/house.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newTenant,
  type Tenant,
} from '../../../../test/tenant.ts';
import { until } from '../../../../test/until.ts';
import { type LocalChatwoot, startChatwoot } from './testing.ts';

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;
let chatwoot: LocalChatwoot;
let customer: Awaited<ReturnType<typeof newCustomer>>;
const picture = await sharp({ create: { width: 32, height: 24, channels: 3, background: '#a52' } })
  .jpeg()
  .toBuffer();

beforeAll(async () => {
  [house, chatwoot] = await Promise.all([openHouse({ OUTBOUND_ALLOW: '127.0.0.1/32' }), startChatwoot()]);
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
  await set({ url: chatwoot.url, apiToken: chatwoot.token, accountId: '1', inboxId: '3' });
});
afterAll(() => Promise.all([house?.close(), chatwoot?.close()]));
beforeEach(async () => {
  customer = await newCustomer(house.sandbox, 'Sari');
  chatwoot.calls.length = 0;
});

async function set(fields: object) {
  const { chatwoot: set } = await tenant.owner.put('/integrations/config', { chatwoot: fields });
  chatwoot.webhookUrl = set.webhookUrl;
}
const own = () => profile.phone.number;
const contactOf = () => chatwoot.contacts.find((one) => one.phone_number === `+${customer.number}`);
const conversationOf = () => chatwoot.conversations.find((one) => one.contact === contactOf()?.id);
const told = () => {
  const id = conversationOf()?.id;
  return chatwoot.messages.filter((message) => message.conversation_id === id && message.conversation_id > 0);
};
const texts = () => told().map(({ content, message_type: type }) => [type, content]);
async function toldAll(wanted: unknown[]) {
  const isTold = () => JSON.stringify(texts()) === JSON.stringify(wanted);
  await until('Chatwoot knows it', isTold, 10_000).catch(() => undefined);
  const { state } = (await tenant.owner.get('/integrations/config')).chatwoot;
  expect(texts(), `${state.error}, ${state.waiting} waiting`).toEqual(wanted);
}
const onPhone = async () => (await customer.messages(own())).map(({ text }) => text);
/** Nothing waits for Chatwoot any more. */
const quiet = () =>
  until('nothing waits', async () => {
    const { state } = (await tenant.owner.get('/integrations/config')).chatwoot;
    return state.waiting === 0;
  });
/** Somebody wrote, so there is a conversation. */
async function begun(text = 'Good morning', told = text) {
  await customer.sends(own(), text);
  await toldAll([[0, told]]);
  return conversationOf()?.id ?? 0;
}

test('who writes is one contact with one conversation there, with files, marks and quotes', async () => {
  await begun('*Two* loaves, please', '**Two** loaves, please');
  expect(contactOf()).toMatchObject({ name: 'Sari', identifier: `${customer.number}@c.us` });
  await customer.writes(own(), {
    ...{ type: 'image', data: picture.toString('base64'), mimetype: 'image/jpeg', caption: 'Like these' },
  });
  await toldAll([
    [0, '**Two** loaves, please'],
    [0, 'Like these'],
  ]);
  const [file] = told()[1]?.attachments ?? [];
  expect([file?.mimetype, file?.bytes.equals(picture)]).toEqual(['image/jpeg', true]);
  chatwoot.fileBytesMax = 10;
  await customer.writes(own(), { type: 'image', data: picture.toString('base64'), mimetype: 'image/jpeg' });
  await until('its link is told', () => told().length === 3);
  const link = told()[2]?.content.replace('[image] ', '') ?? '';
  expect(Buffer.from(await (await fetch(link)).arrayBuffer()).equals(picture)).toBe(true);
  chatwoot.fileBytesMax = 1_000_000;
  expect(chatwoot.contacts.filter((one) => one.phone_number === `+${customer.number}`)).toHaveLength(1);
  expect(chatwoot.calls.filter((call) => /^POST \/(contacts|conversations)$/.test(call))).toHaveLength(2);
});

test('what agents write reaches phones once, signed, with files; its way is told back', async () => {
  const conversation = await begun();
  const [question] = told();
  await tenant.owner.put('/integrations/config', { chatwoot: { signMessages: true } });
  chatwoot.files.set('bread.jpg', { mimetype: 'image/jpeg', bytes: picture });
  const reply = await chatwoot.agentWrites(conversation, 'It is **ready**', { inReplyTo: question?.id ?? 0 });
  await chatwoot.post(reply);
  const photo = await chatwoot.agentWrites(conversation, 'See?', {
    files: [{ name: 'bread.jpg', type: 'image' }],
  });
  await chatwoot.agentWrites(conversation, 'between us', { private: true });
  await until('both have come', async () => (await onPhone()).length === 3);
  expect(await onPhone()).toEqual(['Good morning', '*Rina:*\nIt is *ready*', '*Rina:*\nSee?']);
  await customer.read(own());
  await until('it was read', () => [reply, photo].every(({ status }) => status === 'read'));
  await quiet();
  expect((await onPhone()).length).toBe(3);
  const [last] = await tenant.key.get(`/messages/profile/${profile.id}?limit=2`);
  expect(last).toMatchObject({ origin: { kind: 'chatwoot', id: String(photo.id) }, type: 'image' });
  await tenant.owner.put('/integrations/config', { chatwoot: { signMessages: false } });
});

test('what is written here shows there as written, and does not come back', async () => {
  await begun();
  await profile.send(customer.number, 'From the *counter*');
  await toldAll([
    [0, 'Good morning'],
    [1, 'From the **counter**'],
  ]);
  // It may be told there before the phone has it.
  await until('it has come', async () => (await onPhone()).length === 2);
  await quiet();
  expect(await onPhone()).toEqual(['Good morning', 'From the *counter*']);
  // A Chatwoot that does not say whose a message is: it is known by its number.
  const [, ours] = told();
  await chatwoot.post({ ...(ours as NonNullable<typeof ours>), source_id: null });
  await quiet();
  expect(await onPhone()).toHaveLength(2);
});

test('edits follow there, and what is taken back on one side is gone on the other', async () => {
  const conversation = await begun();
  const id = await customer.sends(own(), 'At siks');
  await customer.writes(own(), { type: 'edit', id, text: 'At six' });
  await toldAll([
    [0, 'Good morning'],
    [0, 'At siks'],
    [0, '*Edited:* At six'],
  ]);
  expect(told()[2]?.content_attributes).toEqual({ in_reply_to: told()[1]?.id });
  await customer.writes(own(), { type: 'revoke', id });
  await until('it is deleted there', () => told()[1]?.content_attributes.deleted === true);
  await customer.writes(own(), { type: 'reaction', id: await customer.sends(own(), 'Thanks'), text: '🥐' });
  await until('the sign is there', () => told().at(-1)?.content === '🥐');
  const reply = await chatwoot.agentWrites(conversation, 'We close at five');
  await until('it has come', async () => (await onPhone()).includes('We close at five'));
  await chatwoot.agentDeletes(reply.id);
  await until('it is gone', async () => !(await onPhone()).includes('We close at five'));
  await quiet();
});

test('whatever happens on the way there, all is told once and in order', async () => {
  await begun();
  const isMessage = /^POST .*messages$/;
  chatwoot.faults.push({ on: isMessage, is: 'html' }, { on: isMessage, is: 'lose-answer' });
  await customer.sends(own(), 'one');
  await customer.sends(own(), 'two');
  await until('it fails', async () => {
    const { state } = (await tenant.owner.get('/integrations/config')).chatwoot;
    return state.error !== null && state.waiting > 0;
  });
  await toldAll([
    [0, 'Good morning'],
    [0, 'one'],
    [0, 'two'],
  ]);
  await quiet();
  expect(chatwoot.faults).toEqual([]);
  chatwoot.conversations.splice(chatwoot.conversations.indexOf(conversationOf() as never), 1);
  await customer.sends(own(), 'three');
  await toldAll([[0, 'three']]);
});

test('only who knows the address, and the secret where there is one, makes us send', async () => {
  const conversation = await begun();
  const right = chatwoot.webhookUrl;
  const post = (url: string) =>
    ask(url, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
  for (const url of [`${right.slice(0, -2)}xx`, right.replace(tenant.organizationId, crypto.randomUUID())]) {
    expect((await post(url)).status).toBe(404);
  }
  await tenant.owner.put('/integrations/config', { chatwoot: { webhookSecret: 'whs_secret-of-the-inbox' } });
  expect((await post(right)).status).toBe(401);
  chatwoot.webhookSecret = 'whs_secret-of-the-inbox';
  await chatwoot.agentWrites(conversation, 'Signed');
  await until('it has come', async () => (await onPhone()).includes('Signed'));
  chatwoot.webhookSecret = undefined;
  await tenant.owner.put('/integrations/config', { chatwoot: { webhookSecret: null } });
});

test('an agent’s own conversation reaches the number; what can not be sent fails there', async () => {
  chatwoot.contacts.push({ id: 9_001, name: 'New', phone_number: `+${customer.number}`, identifier: null });
  chatwoot.conversations.push({ id: 9_002, contact: 9_001, inbox: 3 });
  await chatwoot.agentWrites(9_002, 'Hello from the bakery');
  await until('it has come', async () => (await onPhone()).includes('Hello from the bakery'));
  await customer.sends(own(), 'Oh, hello');
  await until('it is answered there', () => told().some(({ content }) => content === 'Oh, hello'));
  expect(chatwoot.contacts.filter((one) => one.phone_number === `+${customer.number}`)).toHaveLength(1);
  const lost = await chatwoot.agentWrites(9_002, '', { files: [{ name: 'nothing.pdf', type: 'file' }] });
  await until('it fails there', () => lost.status === 'failed');
  expect(lost.external_error).toMatch(/could not be fetched/);
});

test('what was said before is told once, when somebody asks for it', async () => {
  await tenant.owner.put('/integrations/config', { chatwoot: { enabled: false } });
  await customer.sends(own(), 'Long ago');
  await until(
    'it is here',
    async () =>
      (await tenant.key.get(`/messages/profile/${profile.id}?limit=1`))[0]?.content.text === 'Long ago',
  );
  await tenant.owner.put('/integrations/config', { chatwoot: { enabled: true } });
  expect(await tenant.owner.post('/integrations/chatwoot/past', { days: 1 })).toEqual({
    success: true,
    profiles: 1,
  });
  await until('it is told', () => told().length === 1);
  expect(told()[0]?.content).toMatch(/^\*\d{4}-\d\d-\d\d \d\d:\d\d UTC\*\nLong ago$/);
  await tenant.owner.post('/integrations/chatwoot/past', { days: 1 });
  await quiet();
  expect(told()).toHaveLength(1);
});

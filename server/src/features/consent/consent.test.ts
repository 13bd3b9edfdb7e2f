import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../../../test/client.ts';
import { type House, openHouse } from '../../../test/house.ts';
import type { SandboxPhone } from '../../../test/sandbox.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newNumber,
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

const listOf = (phone: string, more = '') => tenant.key.get(`/opt-outs?phone=${phone}${more}`);
const eventsOf = async (phone: string) => {
  const rows = await house.database.database.db
    .selectFrom('events')
    .select(['name', 'body'])
    .where('name', 'like', 'contact.opted%')
    .orderBy('seq')
    .execute();
  return rows.filter(({ body }) => body.chatId === `${phone}@c.us`).map(({ name }) => name);
};
const confirmationsTo = async (phone: SandboxPhone) => {
  const rows = await house.database.database.db
    .selectFrom('messages')
    .innerJoin('conversations', 'conversations.id', 'messages.conversation_id')
    .select(['messages.content', 'messages.status'])
    .where('conversations.chat', '=', `${phone.number}@c.us`)
    .where('messages.origin_kind', '=', 'opt-out')
    .execute();
  return rows.map(({ content }) => content.text);
};
const says = (phone: SandboxPhone, text: string) => phone.sends(profile.phone.number, text);

test('who writes STOP is on the list at once and told once within a day; START undoes it', async () => {
  const customer = await newCustomer(house.sandbox);
  await says(customer, 'Stop the presses');
  await says(customer, ' STOP. ');
  await until('it is noted', async () => (await listOf(customer.number)).length === 1);
  const [optOut] = await listOf(customer.number);
  expect(optOut).toMatchObject({
    ...{ profileId: profile.id, chatId: `${customer.number}@c.us`, phone: customer.number },
    ...{ scope: 'marketing', source: 'keyword', revokedAt: null },
  });
  expect((await tenant.key.get(`/messages/${optOut.messageId}`)).content.text).toBe(' STOP. ');
  await says(customer, 'stop');
  await says(customer, 'Start!');
  await until('it is undone', async () => (await listOf(customer.number)).length === 0);
  await says(customer, 'unsubscribe');
  await until('it is noted again', async () => (await listOf(customer.number)).length === 1);
  expect(await eventsOf(customer.number)).toEqual([
    ...['contact.opted_out', 'contact.opted_in', 'contact.opted_out'],
  ]);
  expect(await confirmationsTo(customer)).toEqual([
    'You will get no more offers from us. Write START to get them again.',
  ]);
  await until('the phone has it', async () =>
    JSON.stringify(await customer.messages()).includes('You will get no more offers'),
  );
});

test('words of a profile’s own count, and are confirmed as it wants, or not at all', async () => {
  const path = `/profiles/${profile.id}/opt-out-words`;
  expect(await tenant.key.get(path)).toEqual({ stop: [], start: [], confirms: true, confirmation: null });
  const set = { stop: ['No more BREAD!'], confirmation: 'No more bread.' };
  expect(await tenant.key.put(path, set)).toMatchObject({ stop: ['no more bread'], confirms: true });
  const [first, second] = [await newCustomer(house.sandbox), await newCustomer(house.sandbox)];
  await says(first, 'no more bread');
  await until('it is noted', async () => (await listOf(first.number)).length === 1);
  expect(await confirmationsTo(first)).toEqual(['No more bread.']);
  await tenant.key.put(path, { confirms: false });
  await says(second, 'stop all');
  await until('it is noted', async () => (await listOf(second.number)).length === 1);
  expect(await listOf(second.number)).toMatchObject([{ scope: 'all' }]);
  expect(await confirmationsTo(second)).toEqual([]);
  const refused = await tenant.key.call('PUT', path, { stop: ['!!'] });
  expect([refused.status, refused.body.error.details]).toMatchObject([400, [{ path: '/stop/0' }]]);
});

test('a person is found under every form of the number, and noted once', async () => {
  const long = `55119${String(Math.random())
    .slice(2, 10)
    .replace(/^[0-5]/, '9')}`;
  const short = long.replace('55119', '5511');
  const made = await tenant.key.post('/opt-outs', { phone: long });
  expect(await tenant.key.post('/opt-outs', { phone: `+${long}` })).toEqual(made);
  expect(await listOf(short)).toEqual([made]);
  const contact = await tenant.key.post('/contacts', { profileId: profile.id, phone: short });
  const isOptedOut = async () => (await tenant.key.get(`/contacts/${contact.id}`)).optedOut;
  expect([contact.optedOut, await isOptedOut()]).toEqual([true, true]);
  const gone = await tenant.key.delete(`/opt-outs/${made.id}`);
  expect(await isOptedOut()).toBe(false);
  expect(gone.revokedAt).not.toBeNull();
  expect(await listOf(short)).toEqual([]);
  expect(await listOf(short, '&revoked=true')).toEqual([gone]);
  expect((await tenant.key.call('DELETE', `/opt-outs/${crypto.randomUUID()}`)).body.error.code).toBe(
    'OPT_OUT_NOT_FOUND',
  );
  expect((await tenant.key.call('POST', '/opt-outs', { phone: '120363000000000001@g.us' })).status).toBe(400);
});

test('of who asked to be forgotten only a keyed hash is kept, and they stay on the list', async () => {
  const phone = newNumber();
  await tenant.key.post('/opt-outs', { phone });
  const forgotten = await tenant.key.post('/opt-outs', { phone, forget: true });
  expect(forgotten).toMatchObject({ chatId: null, phone: null, scope: 'all', source: 'erasure' });
  const rows = await house.database.database.db.selectFrom('opt_outs').selectAll().execute();
  expect(JSON.stringify(rows)).not.toContain(phone);
  expect(await listOf(phone)).toEqual([forgotten]);
  const contact = await tenant.key.post('/contacts', { profileId: profile.id, phone });
  expect(contact.optedOut).toBe(true);
  const other = await newTenant(house.api);
  expect(await other.key.get(`/opt-outs?phone=${phone}`)).toEqual([]);
});

test('a table adds people and takes nobody off; what is exported can be imported', async () => {
  const other = await newTenant(house.api);
  const phones = [newNumber(), newNumber(), newNumber()];
  const csvData = `\uFEFFName;Phone\n"A; B";+${phones[0]}\n=1+1;${phones[1]}\nx;abc\n"two\nlines";${phones[0]}\n`;
  expect(await other.key.post('/opt-outs/import', { csvData })).toEqual({
    ...{ rows: 4, added: 2, known: 1, failed: 1 },
    errors: [{ line: 4, reason: 'is no phone number with country code, nor the chat id of a person' }],
  });
  await other.key.post('/opt-outs', { phone: phones[2], scope: 'all' });
  const url = `${house.gateway.url}/api/v1/opt-outs/export`;
  const { text, headers } = await ask(url, { method: 'GET', headers: other.credentials });
  expect(headers.get('content-type')).toContain('text/csv');
  const [head, ...rows] = text.trim().split('\n');
  expect(head).toBe('phone,chat,scope,source,at');
  expect(rows).toHaveLength(3);
  expect(await other.key.post('/opt-outs/import', { csvData: text })).toMatchObject({ rows: 3, failed: 0 });
  expect(await other.key.get('/opt-outs')).toHaveLength(4);
});

test('who has agreed is noted with what shows it, in and out as a table, for their tenant', async () => {
  const other = await newTenant(house.api);
  const [phone, second] = [newNumber(), newNumber()];
  const made = await other.key.post('/consents', { phone, source: 'shop form', evidence: { form: 'bread' } });
  expect(made).toMatchObject({ phone, kind: 'marketing', source: 'shop form', evidence: { form: 'bread' } });
  const again = await other.key.post('/consents', { phone: `+${phone}`, source: 'fair' });
  expect(again).toMatchObject({ id: made.id, source: 'fair', evidence: {} });
  const csvData = `phone\n${second}\n${phone}\nx\n`;
  expect(await other.key.post('/consents/import', { csvData, source: '=fair' })).toMatchObject({
    ...{ rows: 3, added: 1, known: 1, failed: 1 },
  });
  const url = `${house.gateway.url}/api/v1/consents/export`;
  const { text } = await ask(url, { method: 'GET', headers: other.credentials });
  expect(text).toContain(`${second},${second}@c.us,marketing,'=fair`);
  expect(await other.key.get(`/consents?phone=${phone}`)).toEqual([again]);
  expect(await tenant.key.get(`/consents?phone=${phone}`)).toEqual([]);
  expect((await tenant.key.call('DELETE', `/consents/${made.id}`)).status).toBe(404);
  expect(await other.key.delete(`/consents/${made.id}`)).toEqual(again);
  expect(await other.key.get(`/consents?phone=${phone}`)).toEqual([]);
  const late = await other.key.call('POST', '/consents', { phone, at: '2199-01-01T00:00:00Z' });
  expect(late.body.error.details).toMatchObject([{ path: '/at' }]);
});

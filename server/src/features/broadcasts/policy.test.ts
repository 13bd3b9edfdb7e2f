import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomers,
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

const people = (count: number) => newCustomers(house.sandbox, count);
type Phones = Awaited<ReturnType<typeof people>>;
const get = (id: string) => tenant.key.get(`/broadcast/${id}`);
const statsOf = async (id: string) => (await tenant.key.get(`/broadcast/${id}/stats`)).stats;
const textsOf = async (phone: Phones[0]) => (await phone.messages()).map(({ text }) => text);

/** Starts a campaign to these phones. */
async function campaign(phones: Phones, message: string, settings: object = {}): Promise<string> {
  const { id } = await tenant.key.post('/broadcast', {
    ...{ profileId: profile.id, name: message, message, settings: { delayMin: 0, delayMax: 0, ...settings } },
    recipients: { type: 'phones', value: phones.map(({ number }) => number) },
  });
  await tenant.key.post(`/broadcast/${id}/start`, {});
  return id;
}
const statusIs = (id: string, status: string) =>
  until(`it is ${status}`, async () => (await get(id)).status === status);

test('who wrote STOP to one campaign is left out of the next, and is sent what is no marketing', async () => {
  const phones = await people(3);
  const [leaves] = phones as [Phones[0]];
  await statusIs(await campaign(phones, 'First offer'), 'completed');
  await until('it is there', async () => (await textsOf(leaves)).includes('First offer'));
  await leaves.sends(profile.phone.number, 'Stop');
  await until(
    'it is noted',
    async () => (await tenant.key.get(`/opt-outs?phone=${leaves.number}`)).length === 1,
  );
  const second = await campaign(phones, 'Second offer');
  await statusIs(second, 'completed');
  expect((await tenant.key.get(`/broadcast/${second}/stats`)).stats).toMatchObject({
    ...{ total: 2, sent: 2, skipped: 1, skippedFor: { OPTED_OUT: 1 } },
  });
  await statusIs(await campaign(phones, 'Your order', { category: 'utility' }), 'completed');
  await until('the order is there', async () => (await textsOf(leaves)).includes('Your order'));
  expect(await textsOf(leaves)).not.toContain('Second offer');
});

test('strangers over the cap of a day wait for the next day, and are sent it then', async () => {
  const phones = await people(5);
  await tenant.key.put(`/profiles/${profile.id}/sending-policy`, { coldDailyLimit: 8 });
  const id = await campaign(phones, 'Cold call');
  // Three strangers were written to before.
  await until('five of eight are used up', async () => (await statsOf(id)).sent === 5);
  await statusIs(id, 'completed');
  const more = await people(3);
  const next = await campaign(more, 'Colder call');
  await until('they wait', async () => {
    const { rows } = await sql`select from broadcast_recipients
      where broadcast_id = ${next} and status = 1 and code = 'COLD_LIMIT'`.execute(
      house.database.database.db,
    );
    return rows.length === 3;
  });
  const waiting = await until('it says for what', async () => {
    const row = await get(next);
    return row.statusReason === 'COLD_LIMIT' && row;
  });
  expect(waiting.status).toBe('running');
  // Until the next day begins, not until somebody looks again.
  expect(new Date(waiting.nextDueAt).getTime() - house.clock.now().getTime()).toBeGreaterThan(120_000);
  expect(await statsOf(next)).toMatchObject({ pending: 3, sent: 0, failed: 0 });
  house.clock.advance({ hours: 25 });
  // The clock was turned, and timers were not: a start makes the feeder look at once.
  await campaign(await people(1), 'Wakes the feeder');
  await statusIs(next, 'completed');
  expect((await statsOf(next)).sent).toBe(3);
  await tenant.key.put(`/profiles/${profile.id}/sending-policy`, { coldDailyLimit: null });
});

test('a locked account pauses campaigns until the lock ends, while answers go on', async () => {
  const [known] = (await people(1)) as [Phones[0]];
  await known.sends(profile.phone.number, 'Is there rye?');
  const endsAt = Math.floor(house.clock.now().getTime() / 1000) + 3_600;
  await profile.phone.limits({ reachoutTimelock: { endsAt } });
  const restrictions = () => tenant.key.get(`/profiles/${profile.id}`);
  await until('the lock is known', async () => JSON.stringify(await restrictions()).includes('newChats'));
  const id = await campaign(await people(2), 'Locked');
  await statusIs(id, 'paused');
  const resumesAt = new Date(endsAt * 1000).toISOString();
  expect(await get(id)).toMatchObject({ pauseCode: 'ACCOUNT_LOCKED', resumesAt });
  expect((await get(id)).statusReason).toContain(resumesAt);
  const answer = await profile.send(known.number, 'An answer', { wait: 20 });
  expect(['sent', 'delivered', 'read']).toContain(answer.status);
  await profile.phone.limits({ reachoutTimelock: null });
  house.clock.advance({ hours: 2 });
  // The clock was turned, and timers were not: a start makes the feeder look at once.
  await campaign(await people(1), 'Wakes the feeder');
  await statusIs(id, 'completed');
  expect((await statsOf(id)).sent).toBe(2);
});

test('too many refusals pause a campaign with the numbers, people are told, and a person goes on', async () => {
  const { db } = house.database.database;
  const before = await people(20);
  await statusIs(await campaign(before, 'Before'), 'completed');
  await sql`update messages set status = 'failed', failure_code = 'REFUSED_463' where id in (
    select id from messages where profile_id = ${profile.id} and origin_kind = 'broadcast'
    order by timestamp desc, seq desc limit 12)`.execute(db);
  const id = await campaign(await people(2), 'After');
  await statusIs(id, 'paused');
  const { pauseCode, statusReason, resumesAt } = await get(id);
  expect([pauseCode, resumesAt]).toEqual(['TROUBLE_RATE', null]);
  expect(statusReason).toMatch(/^Of the last \d+ messages 12 were refused by WhatsApp\.$/);
  await until('people are told', async () => {
    const notices = await tenant.owner.get('/notifications');
    return JSON.stringify(notices).includes(statusReason);
  });
  await tenant.key.post(`/broadcast/${id}/resume`, {});
  await statusIs(id, 'completed');
  expect((await statsOf(id)).sent).toBe(2);
});

test('where the profile asks for it single messages keep to the policy, too: refused, or put off', async () => {
  const other = await newTenant(house.api);
  const { id: profileId } = await other.key.post('/profiles', { name: 'Quiet', engine: 'sandbox' });
  const to = '628111111111';
  const send = (text: string) => other.key.call('POST', '/messages/text', { profileId, to, text });
  await other.key.put(`/profiles/${profileId}/sending-policy`, {
    ...{ also: ['api'], sameTextHours: 1, coldDailyLimit: 1 },
  });
  expect((await send('Hello')).status).toBe(201);
  const twice = await send('Hello');
  expect([twice.status, twice.body.error.code]).toEqual([409, 'SENDING_POLICY']);
  expect(twice.body.error.details).toEqual([{ path: '/to', problem: 'DUPLICATE' }]);
  const stranger = await other.key.post('/messages/text', { profileId, to: '628111111112', text: 'New' });
  const { rows } = await sql<{ due_at: Date | null }>`select due_at from outbox
    where message_id = ${stranger.messageId}`.execute(house.database.database.db);
  expect(rows[0]?.due_at?.getTime()).toBeGreaterThan(house.clock.now().getTime());
  await other.key.post('/opt-outs', { profileId, phone: to, scope: 'all' });
  expect((await send('Something else')).body.error.details[0].problem).toBe('OPTED_OUT');
});

import { sql } from 'kysely';
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

const people = (count: number) =>
  Promise.all(Array.from({ length: count }, () => newCustomer(house.sandbox)));
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
  expect((await get(next)).status).toBe('running');
  expect(await statsOf(next)).toMatchObject({ pending: 3, sent: 0, failed: 0 });
  house.clock.advance({ hours: 25 });
  await statusIs(next, 'completed');
  expect((await statsOf(next)).sent).toBe(3);
  await tenant.key.put(`/profiles/${profile.id}/sending-policy`, { coldDailyLimit: null });
});

test('a locked account pauses campaigns until the lock ends, while answers go on', async () => {
  const phones = await people(2);
  const { db } = house.database.database;
  const until_ = new Date(house.clock.now().getTime() + 3_600_000).toISOString();
  const newChats = { since: house.clock.now().toISOString(), until: until_, why: 'DEFAULT' };
  const set = (restrictions: object | null) =>
    db
      .updateTable('profiles')
      .set({ restrictions: restrictions && JSON.stringify(restrictions) })
      .where('id', '=', profile.id)
      .execute();
  await set({ newChats });
  const id = await campaign(phones, 'Locked');
  await statusIs(id, 'paused');
  expect(await get(id)).toMatchObject({ pauseCode: 'ACCOUNT_LOCKED', resumesAt: until_ });
  expect((await get(id)).statusReason).toContain(until_);
  const answer = await profile.send(phones[0]?.number ?? '', 'An answer', { wait: 20 });
  expect(['sent', 'delivered', 'read']).toContain(answer.status);
  await set(null);
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

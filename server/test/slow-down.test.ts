import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from './house.ts';
import { type ConnectedProfile, connectedProfile, newCustomer, newTenant, type Tenant } from './tenant.ts';
import { until } from './until.ts';

let house: House;
let tenant: Tenant;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
});
afterAll(() => house?.close());

const statusOf = (profile: ConnectedProfile) => tenant.key.get(`/profiles/${profile.id}/status`);
const messageStatus = async (id: string) => (await tenant.key.get(`/messages/${id}`)).status as string;
/** What the profile's device had on the wire; its phone speaks too. */
const wire = async (profile: ConnectedProfile, kind: string) => {
  const entries = await house.sandbox.ledger({ number: profile.phone.number, kind });
  return entries.filter((entry) => entry.device > 0);
};
const pausedMs = async (profile: ConnectedProfile) => {
  const { sendingPausedUntil } = await until('it is paused', async () => {
    const status = await statusOf(profile);
    return status.sendingPausedUntil && status;
  });
  return Date.parse(sendingPausedUntil) - house.clock.now().getTime();
};
const limit = (profile: ConnectedProfile, more: Record<string, unknown> = {}) =>
  house.sandbox.fault({ name: 'rate-limit', stanza: 'message', number: profile.phone.number, ...more });

test('asked to send less, a profile fails nothing: messages wait in order, and it says why', async () => {
  const profile = await connectedProfile(tenant, house.sandbox);
  const customers = await Promise.all([newCustomer(house.sandbox), newCustomer(house.sandbox)]);
  await limit(profile, { count: 5 });
  const sent: { messageId: string; waMessageId: string }[] = [];
  for (let n = 0; n < 8; n++) sent.push(await profile.send(customers[n % 2]!.number, `text ${n}`));
  expect(await pausedMs(profile)).toBeGreaterThan(25_000);
  const { status, statusReason, engineConnected } = await statusOf(profile);
  expect([status, engineConnected]).toEqual(['connected', true]);
  expect(statusReason).toMatch(/asked this account to send less.*wait/);
  await until('all wait', async () =>
    (await Promise.all(sent.map((one) => messageStatus(one.messageId)))).every((one) => one === 'queued'),
  );
  const refused = (await wire(profile, 'refused')).length;
  expect(refused).toBeLessThanOrEqual(2);
  expect(await wire(profile, 'message')).toEqual([]);
  // Each pause that does not help is followed by one message that tries, and by a longer pause.
  let longest = 0;
  for (let n = refused; n < 5; n++) {
    house.clock.advance({ seconds: 0.001 * (await pausedMs(profile)) + 1 });
    await until('it was tried once more', async () => (await wire(profile, 'refused')).length > n);
    const next = await pausedMs(profile);
    expect(next).toBeGreaterThan(longest * 1.2);
    longest = next;
  }
  house.clock.advance({ seconds: 0.001 * longest + 1 });
  await until('all were sent', async () =>
    (await Promise.all(sent.map((one) => messageStatus(one.messageId)))).every((one) => one !== 'queued'),
  );
  for (const [index, customer] of customers.entries()) {
    await until('they arrived', async () => (await customer.messages()).length === 4);
    const texts = (await customer.messages()).map((one) => one.text);
    expect(texts).toEqual([0, 2, 4, 6].map((n) => `text ${n + index}`));
  }
  const ids = (await wire(profile, 'message')).map((entry) => entry.messageId);
  expect(ids.toSorted()).toEqual(sent.map((one) => one.waMessageId).toSorted());
  expect(await statusOf(profile)).toMatchObject({ statusReason: null, sendingPausedUntil: null });
  const told = (await tenant.key.get('/events?limit=200')).events
    .filter((one: { event: string; profileId: string }) => one.event === 'connection.update')
    .filter((one: { profileId: string }) => one.profileId === profile.id)
    .map((one: { data: { sendingPausedUntil?: string | null } }) => one.data.sendingPausedUntil)
    .filter((one: unknown) => one !== undefined);
  expect(told.at(0)).toEqual(expect.any(String));
  expect(told.at(-1)).toBeNull();
});

test('a pause lasts as long as WhatsApp says, over a new connection too, for one profile only', async () => {
  const profile = await connectedProfile(tenant, house.sandbox);
  const other = await connectedProfile(tenant, house.sandbox);
  const customer = await newCustomer(house.sandbox);
  await limit(profile, { backoffSeconds: 600 });
  const { messageId } = await profile.send(customer.number, 'patience');
  expect(await pausedMs(profile)).toBeGreaterThan(590_000);
  await house.sandbox.fault({ name: 'terminate', number: profile.phone.number });
  await until('it was lost', async () => (await statusOf(profile)).status === 'reconnecting');
  await until('it is back', async () => (await statusOf(profile)).status === 'connected');
  expect(await statusOf(profile)).toMatchObject({ statusReason: expect.stringMatching(/send less/) });
  expect((await other.send(customer.number, 'no wait here', { wait: 10 })).status).not.toBe('queued');
  expect(await messageStatus(messageId)).toBe('queued');
  expect((await wire(profile, 'refused')).length).toBe(1);
  house.clock.advance({ seconds: 600 });
  await until('it was sent', async () => (await messageStatus(messageId)) !== 'queued');
  expect(await statusOf(profile)).toMatchObject({ statusReason: null, sendingPausedUntil: null });
});

test('who may not write to strangers fails there with that reason, and serves those it knows', async () => {
  const profile = await connectedProfile(tenant, house.sandbox);
  const [known, stranger] = [await newCustomer(house.sandbox), await newCustomer(house.sandbox)];
  await known.sends(profile.phone.number, 'hello');
  await house.sandbox.fault({ name: 'reachout-timelock', number: profile.phone.number });
  const refused = await profile.send(stranger.number, 'may I?', { wait: 10 });
  expect(refused.status).toBe('failed');
  expect(await tenant.key.get(`/messages/${refused.messageId}`)).toMatchObject({
    failureCode: 'REFUSED_463',
    failureReason: expect.stringMatching(/new chats/),
  });
  expect((await profile.send(known.number, 'welcome', { wait: 10 })).status).not.toBe('failed');
  expect(await statusOf(profile)).toMatchObject({ status: 'connected', sendingPausedUntil: null });
});

test('what WhatsApp fails to take is tried again, what it refuses for good is not', async () => {
  const profile = await connectedProfile(tenant, house.sandbox);
  const customer = await newCustomer(house.sandbox);
  const refuse = (code: number) =>
    house.sandbox.fault({ name: 'refuse-message', number: profile.phone.number, code });
  await refuse(503);
  expect((await profile.send(customer.number, 'twice', { wait: 10 })).status).toMatch(/sent|delivered/);
  await refuse(406);
  expect((await profile.send(customer.number, 'once', { wait: 10 })).status).toBe('failed');
  expect((await wire(profile, 'refused')).length).toBe(2);
});

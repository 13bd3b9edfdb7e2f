import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../../test/house.ts';
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
beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
});
afterAll(() => house?.close());

interface MemberReceipt {
  personJid: string;
  deliveredAt: string;
  readAt: string | null;
}
const receiptsOf = (id: string): Promise<MemberReceipt[]> => tenant.key.get(`/messages/${id}/receipts`);

test('of a message to a group it is known who has it and who has read it, each once', async () => {
  const [ana, bob] = [await newCustomer(house.sandbox, 'Ana'), await newCustomer(house.sandbox, 'Bob')];
  const group = await house.sandbox.group(ana.number, 'Bakers', [bob.number, profile.phone.number]);
  const { messageId } = await profile.send(group, 'Who has rye?', { wait: 20 });
  const people = async () => new Set((await receiptsOf(messageId)).map(({ personJid }) => personJid));
  await until('both have it', async () => (await people()).size === 2);
  expect((await receiptsOf(messageId)).map(({ readAt }) => readAt)).toEqual([null, null]);
  await bob.read(group);
  await until('Bob has read it', async () => (await receiptsOf(messageId)).some(({ readAt }) => readAt));
  await bob.read(group);
  expect((await receiptsOf(messageId)).filter(({ readAt }) => readAt)).toHaveLength(1);
  expect((await people()).size).toBe(2);
  const stranger = await newTenant(house.api);
  expect((await stranger.key.call('GET', `/messages/${messageId}/receipts`)).status).toBe(404);
});

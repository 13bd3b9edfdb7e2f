import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../../../test/client.ts';
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

async function limits(body: object): Promise<void> {
  const { status } = await ask(`${house.sandbox.url}/api/phones/${profile.phone.number}/limits`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(status).toBe(200);
}
const shows = (what: string, is: (restrictions: any) => unknown) =>
  until(what, async () => {
    const { restrictions } = await tenant.key.get(`/profiles/${profile.id}`);
    return is(restrictions) && restrictions;
  });
const told = async () => {
  const { events } = await tenant.key.get(`/events?event=profile.restricted&profileId=${profile.id}`);
  return events.map(({ data }: { data: unknown }) => data);
};

test('a profile kept from new chats says since when, until when and why, and that it is over', async () => {
  expect((await tenant.key.get(`/profiles/${profile.id}`)).restrictions).toEqual({
    ...{ newChats: null, newChatsCap: null },
  });
  const endsAt = Math.floor(Date.now() / 1000) + 7200;
  await limits({ reachoutTimelock: { endsAt, type: 'BIZ_QUALITY' } });
  const { newChats } = await shows('it is restricted', (restrictions) => restrictions.newChats);
  expect(newChats).toMatchObject({ until: new Date(endsAt * 1000).toISOString(), why: 'BIZ_QUALITY' });
  const stranger = await newCustomer(house.sandbox);
  const { messageId } = await profile.send(stranger.number, 'hello', { wait: 20 });
  expect(await tenant.key.get(`/messages/${messageId}`)).toMatchObject({
    ...{ status: 'failed', failureCode: 'REFUSED_463', failureReason: expect.stringMatching(/new chats/) },
  });
  const after = await shows('the refusal is named', ({ newChats }) => newChats.refused);
  expect(after.newChats).toMatchObject({ ...newChats, refused: { code: 463, messageId } });
  expect((await tenant.key.get(`/profiles/${profile.id}/status`)).restrictions).toEqual(after);
  await limits({ reachoutTimelock: null });
  await shows('it is over', (restrictions) => restrictions.newChats === null);
  expect(await told()).toMatchObject([
    { newChats: { why: 'BIZ_QUALITY' } },
    { newChats: { refused: { messageId } } },
    { newChats: null },
  ]);
});

test('a refusal alone shows for a day; a restriction ends by itself at its time', async () => {
  const refuse = { name: 'refuse-message', number: profile.phone.number, code: 463, count: 1 };
  await house.sandbox.fault(refuse);
  const { messageId } = await profile.send((await newCustomer(house.sandbox)).number, 'hello', { wait: 20 });
  expect(await shows('it is restricted', (restrictions) => restrictions.newChats)).toMatchObject({
    newChats: { until: null, refused: { messageId } },
  });
  house.clock.advance({ hours: 25 });
  await shows('it is over', (restrictions) => restrictions.newChats === null);
  await limits({ reachoutTimelock: { endsAt: Math.floor(Date.now() / 1000) + 200_000 } });
  await shows('it is restricted', (restrictions) => restrictions.newChats?.until);
  house.clock.advance({ hours: 60 });
  await shows('it is over', (restrictions) => restrictions.newChats === null);
});

test('how many new chats the account may begin is counted as WhatsApp counts', async () => {
  await limits({ reachoutTimelock: null, capping: { total: 2, used: 1 } });
  await shows('the cap', ({ newChatsCap }) => newChatsCap?.used === 1 && newChatsCap.total === 2);
  await profile.send((await newCustomer(house.sandbox)).number, 'hello', { wait: 20 });
  await shows('one more', ({ newChatsCap }) => newChatsCap?.used === 2);
  await limits({ capping: null });
  await shows('no cap', ({ newChatsCap }) => newChatsCap === null);
});

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import type { SandboxPhone } from '../../../test/sandbox.ts';
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

const own = () => profile.phone.number;
const named = (number: string) => `${number}@c.us`;
async function told(event: string, chatId: string) {
  const { events } = await tenant.key.get(`/events?event=${event}&limit=200`);
  return events.map((one: any) => one.data).filter((data: any) => data.chatId === chatId);
}
const tells = (event: string, chatId: string, count: number) =>
  until(`${count} of ${event}`, async () => {
    const all = await told(event, chatId);
    return all.length >= count && all;
  });
async function unreadOf(chatId: string) {
  const { conversations } = await tenant.key.get(`/conversations?profileId=${profile.id}&limit=100`);
  return conversations.find((one: any) => one.jid === chatId)?.unreadCount;
}

test('calls that were missed, declined or taken elsewhere stand in their chat once', async () => {
  const chat = named(customer.number);
  for (const act of ['timeout', 'terminate', 'reject', 'accept'] as const) {
    const call = await customer.calls(own(), { video: act === 'timeout' });
    const by = act === 'reject' || act === 'accept' ? profile.phone : customer;
    await by.actOnCall(call, act);
  }
  const ended = await tells('call.ended', chat, 4);
  expect(ended.map(({ content }: any) => [content.outcome, content.video])).toEqual([
    ['missed', true],
    ['missed', false],
    ['rejected', false],
    ['answered', false],
  ]);
  expect(ended[0]).toMatchObject({ type: 'call', from: chat, isGroup: false, body: 'Missed call' });
  expect(await tenant.key.get(`/messages/${ended[0].id}`)).toMatchObject({
    type: 'call',
    status: 'received',
  });
  expect(await unreadOf(chat)).toBe(2);
  expect(await told('message.received', chat)).toEqual([]);
});

test('a call of a group stands in the group', async () => {
  const group = await house.sandbox.group(customer.number, 'Bakers', [own()]);
  const call = await customer.calls(own(), { group });
  await customer.actOnCall(call, 'timeout');
  const [ended] = await tells('call.ended', group, 1);
  expect(ended).toMatchObject({ isGroup: true, from: named(customer.number), content: { group: true } });
});

test.for(['lid', 'pn'])(
  'what changes in a group (%s) stands in it once, and is never unread',
  async (mode) => {
    const other = await newCustomer(house.sandbox);
    const group = await house.sandbox.group(customer.number, 'Bakers', [own()], mode);
    const by = customer.number;
    const people = (action: string) =>
      house.sandbox.changeMembers(group, { by, action, numbers: [other.number] });
    await people('add');
    await people('promote');
    await people('demote');
    await people('remove');
    await house.sandbox.changeGroup(group, { by, subject: 'Early bakers' });
    await house.sandbox.changeGroup(group, { by, description: 'From 5 on' });
    await house.sandbox.changeGroup(group, { by, description: null });
    for (const setting of ['announcement', 'locked', 'everybodyAdds', 'approval'])
      await house.sandbox.changeGroup(group, { by, [setting]: true });
    await house.sandbox.changeGroup(group, { by, ephemeral: 86_400 });
    await house.sandbox.changeGroup(group, { by, ephemeral: 0 });
    const changed = await tells('group.changed', group, 14);
    const [actor, them] = [named(by), [named(other.number)]];
    expect(changed.map(({ content }: any) => content)).toEqual(
      [
        { action: 'created', subject: 'Bakers' },
        { action: 'added', people: them },
        { action: 'promoted', people: them },
        { action: 'demoted', people: them },
        { action: 'removed', people: them },
        { action: 'subject', subject: 'Early bakers' },
        { action: 'description', description: 'From 5 on' },
        { action: 'description', removed: true },
        { action: 'setting', setting: 'only-admins-write', on: true },
        { action: 'setting', setting: 'only-admins-edit', on: true },
        { action: 'setting', setting: 'everybody-adds', on: true },
        { action: 'setting', setting: 'admins-approve', on: true },
        { action: 'expiration', seconds: 86_400 },
        { action: 'expiration', seconds: 0 },
      ].map((content) => ({ ...content, actor })),
    );
    expect(await unreadOf(group)).toBe(0);
    expect(await told('message.received', group)).toEqual([]);
    const { messages } = await tenant.key.get(
      `/conversations/${changed[0].conversationId}/messages?limit=100`,
    );
    expect(messages.filter(({ type }: any) => type === 'group-change')).toHaveLength(14);
  },
);

test('a picture of a group that is set or taken away is told with whoever did it', async () => {
  const group = await house.sandbox.group(customer.number, 'Bakers', [own()], 'pn');
  const address = `${house.sandbox.url}/api/groups/${group}/picture`;
  for (const method of ['PUT', 'DELETE']) {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(address, { method, headers, body: JSON.stringify({ by: customer.number }) });
    expect(answer.status).toBeLessThan(300);
  }
  const [, set, taken] = await tells('group.changed', group, 3);
  expect([set.content, taken.content]).toEqual([
    { action: 'picture', actor: named(customer.number) },
    { action: 'picture', removed: true, actor: named(customer.number) },
  ]);
});

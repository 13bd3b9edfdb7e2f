import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../../test/client.ts';
import { type House, openHouse } from '../../../test/house.ts';
import { anotherWorkspace, listener, personIn } from '../../../test/places.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newTenant,
  type Tenant,
} from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';

let house: House;
let shop: Tenant;
let desk: ConnectedProfile;
beforeAll(async () => {
  house = await openHouse();
  shop = await newTenant(house.api);
  desk = await connectedProfile(shop, house.sandbox);
});
afterAll(() => house?.close());

const listed = (who: Client, query = '') => who.get(`/notifications${query}`);
const countOf = async (who: Client) => (await who.get('/notifications/unread-count')).count as number;
const prefer = (who: Client, preferences: object) => who.call('PATCH', '/auth/preferences', preferences);
/** What this person was told of a kind, as soon as there is `count` of it. */
const told = (who: Client, type: string, count = 1) =>
  until(`${count} of ${type}`, async () => {
    const found = (await listed(who)).notifications.filter((one: { type: string }) => one.type === type);
    return found.reduce((sum: number, one: { count: number }) => sum + one.count, 0) >= count && found;
  });

test('messages of one conversation are one notification, counted, until it is read', async () => {
  const [connected] = await told(shop.owner, 'connection');
  expect(connected).toMatchObject({ title: 'Front desk is connected', metadata: { profileId: desk.id } });
  const [first, second] = [
    await newCustomer(house.sandbox, 'Budi'),
    await newCustomer(house.sandbox, 'Sari'),
  ];
  for (const text of ['one', 'two', 'three']) await first.sends(desk.phone.number, text);
  await second.sends(desk.phone.number, 'hello');
  const [sari, budi] = await told(shop.owner, 'message', 4);
  expect(budi).toMatchObject({ title: 'Budi', body: 'three', count: 3, isRead: false });
  expect(sari).toMatchObject({ title: 'Sari', body: 'hello', count: 1 });
  expect(budi.metadata).toMatchObject({ profileId: desk.id, senderJid: `${first.number}@c.us` });
  await shop.owner.call('PATCH', `/notifications/${budi.id}/read`);
  await first.sends(desk.phone.number, 'again');
  const [again] = await told(shop.owner, 'message', 5);
  expect(again).toMatchObject({ body: 'again', count: 1 });
  expect(again.id).not.toBe(budi.id);
  // Reading the conversation reads what was told of it, and nothing that comes later.
  await shop.owner.call('PUT', `/conversations/${again.metadata.conversationId}/read`);
  const isRead = async () =>
    (await listed(shop.owner)).notifications.find((one: any) => one.id === again.id).isRead;
  await until('it is read', isRead);
  await first.sends(desk.phone.number, 'once more');
  const unread = async () =>
    (await listed(shop.owner, '?unread=true')).notifications.map((one: any) => one.body);
  await until('the next is unread', async () => (await unread()).includes('once more'));
  expect(await unread()).not.toContain('again');
});

test('pages by cursor and by offset agree with total and unread count, and reading changes both', async () => {
  const { notifications, total } = await listed(shop.owner);
  const ids = notifications.map((one: { id: string }) => one.id);
  expect(total).toBe(ids.length);
  const byCursor: string[] = [];
  let cursor = '';
  for (;;) {
    const page = await listed(shop.owner, `?limit=1${cursor && `&cursor=${cursor}`}`);
    byCursor.push(...page.notifications.map((one: { id: string }) => one.id));
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  expect(byCursor).toEqual(ids);
  expect((await listed(shop.owner, '?offset=1&limit=2')).notifications.map((one: any) => one.id)).toEqual(
    ids.slice(1, 3),
  );
  const unread = await listed(shop.owner, '?unread=true');
  expect(unread.total).toBe(await countOf(shop.owner));
  expect(unread.total).toBe(total - 2);
  await shop.owner.call('PATCH', '/notifications/read-all');
  expect(await countOf(shop.owner)).toBe(0);
  expect((await listed(shop.owner, '?unread=true')).notifications).toEqual([]);
  await shop.owner.delete(`/notifications/${ids[0]}`);
  expect((await listed(shop.owner)).total).toBe(total - 1);
  await shop.owner.delete('/notifications');
  expect(await listed(shop.owner)).toEqual({ notifications: [], total: 0, nextCursor: null });
});

describe('a notification of nobody or of somebody else', () => {
  test('is not found, and nothing is changed', async () => {
    const other = await newTenant(house.api);
    await (await newCustomer(house.sandbox)).sends(desk.phone.number, 'mine');
    const [mine] = await told(shop.owner, 'message');
    for (const id of [mine.id, crypto.randomUUID(), 'x']) {
      for (const [method, path] of [
        ['PATCH', `/notifications/${id}/read`],
        ['DELETE', `/notifications/${id}`],
      ] as const) {
        const answer = await other.owner.call(method, path);
        expect([answer.status, answer.body.error.code]).toEqual([404, 'NOTIFICATION_NOT_FOUND']);
      }
    }
    await other.owner.call('PATCH', '/notifications/read-all');
    await other.owner.delete('/notifications');
    expect((await listed(shop.owner)).notifications).toContainEqual(mine);
    expect((await shop.key.call('GET', '/notifications')).status).toBe(403);
  });
});

test('only who may read the place of an event is notified, and their sockets alone hear of it', async () => {
  const elsewhere = await anotherWorkspace(house, shop.organizationId);
  const here = await personIn(house, shop, 'operator', { profile: desk.id });
  const there = await personIn(house, shop, 'operator', { workspace: elsewhere });
  const sockets = await Promise.all([here, there].map((one) => listener(house, one.credentials)));
  const heard = sockets.map(({ socket }) => {
    const list: any[] = [];
    socket.on('notification.created', (one: any) => list.push(one));
    return list;
  });
  const customer = await newCustomer(house.sandbox, 'Ayu');
  await customer.sends(desk.phone.number, 'for the desk');
  const [one] = await told(here, 'message');
  expect(one).toMatchObject({ title: 'Ayu', body: 'for the desk' });
  await until('the socket has heard', () => heard[0]?.length === 1);
  expect(heard[0]?.[0]).toEqual(one);
  await told(shop.owner, 'message', 2);
  expect((await listed(there)).total).toBe(0);
  expect(heard[1]).toEqual([]);
  const counts: any[] = [];
  sockets[0]?.socket.on('notification.unread', (count: any) => counts.push(count));
  await here.call('PATCH', `/notifications/${one.id}/read`);
  await until('the socket has heard the count', () => counts.length === 1);
  expect(counts.at(-1)).toEqual({ count: 0 });
  for (const { socket } of sockets) socket.disconnect();
});

test('a muted conversation notifies nobody, one that was given to somebody notifies them alone', async () => {
  const [ana, budi] = [
    await personIn(house, shop, 'operator', { profile: desk.id }),
    await personIn(house, shop, 'operator', { profile: desk.id }),
  ];
  const customer = await newCustomer(house.sandbox, 'Dewi');
  await customer.sends(desk.phone.number, 'first');
  const [about] = await told(ana, 'message');
  const { conversationId } = about.metadata;
  for (const who of [ana, budi]) await told(who, 'message').then(() => who.delete('/notifications'));
  await shop.owner.put(`/conversations/${conversationId}/assign`, { userId: ana.id });
  const [given] = await told(ana, 'message');
  expect(given).toMatchObject({ title: 'Dewi', body: 'This conversation was given to you.' });
  await customer.sends(desk.phone.number, 'second');
  const [, second] = (await told(ana, 'message', 2)).toReversed();
  expect(second).toMatchObject({ body: 'second' });
  await shop.owner.put(`/conversations/${conversationId}/mute`, { muted: true });
  await customer.sends(desk.phone.number, 'third');
  const other = await newCustomer(house.sandbox, 'Eka');
  await other.sends(desk.phone.number, 'after it');
  await told(budi, 'message');
  expect((await told(ana, 'message', 3)).map((one: any) => one.body)).toEqual([
    'after it',
    'second',
    'This conversation was given to you.',
  ]);
  expect((await listed(budi)).notifications.map((one: any) => one.body)).toEqual(['after it']);
});

test('who changes how they sign in is told of it, and nobody else', async () => {
  const own = await newTenant(house.api);
  const newPassword = 'four green bicycles';
  const [workspace] = await own.owner.get('/workspaces');
  const other = await personIn(house, own, 'admin', { workspace: workspace.id });
  await own.owner.post('/auth/change-password', { currentPassword: own.password, newPassword });
  const [one] = await told(own.owner, 'security');
  expect(one).toMatchObject({ metadata: { change: 'password' } });
  expect((await listed(other)).total).toBe(0);
  expect(JSON.stringify(await own.owner.get('/events?after=0'))).not.toContain('account.secured');
});

test('preferences are checked, every problem is told, and they count from the next event on', async () => {
  const person = await personIn(house, shop, 'operator', { profile: desk.id });
  const wrong = await prefer(person, {
    notifyOnMessage: 'yes',
    notifications: {
      timeZone: 'Mars/Base',
      digestHour: 24,
      quietHours: { from: '25:00' },
      kinds: { message: { email: 'weekly', push: 1, inApp: 0 }, weather: {} },
    },
    theme: { any: 'thing' },
  });
  expect([wrong.status, wrong.body.error.details.map(({ path }: { path: string }) => path)]).toEqual([
    400,
    [
      '/notifyOnMessage',
      '/notifications/timeZone',
      '/notifications/digestHour',
      '/notifications/quietHours/from',
      '/notifications/quietHours/to',
      '/notifications/kinds/message/inApp',
      '/notifications/kinds/message/email',
      '/notifications/kinds/message/push',
      '/notifications/kinds/weather',
    ],
  ]);
  expect((await prefer(person, { notifyOnMessage: false, theme: 'dark' })).status).toBe(200);
  await (await newCustomer(house.sandbox)).sends(desk.phone.number, 'not for me');
  await until('others were told', async () =>
    (await listed(shop.owner)).notifications.some((one: any) => one.body === 'not for me'),
  );
  await prefer(person, {});
  await (await newCustomer(house.sandbox)).sends(desk.phone.number, 'for me');
  expect((await told(person, 'message')).map((one: any) => one.body)).toEqual(['for me']);
});

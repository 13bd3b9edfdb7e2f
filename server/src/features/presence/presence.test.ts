import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import { personIn } from '../../../test/places.ts';
import type { SandboxPhone } from '../../../test/sandbox.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newTenant,
  type Tenant,
} from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';

interface Told {
  conversationId: string;
  chatId: string;
  who: string;
  state: string;
  lastSeen?: string;
}

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;
let rina: SandboxPhone;
let conversationId: string;
let url: string;
const sockets: Socket[] = [];

/** What a socket of a node hears of chats. */
async function hearing(at: string, credentials: Record<string, string>): Promise<Told[]> {
  const socket = io(`${at}/ws`, { transports: ['websocket'], extraHeaders: credentials, forceNew: true });
  sockets.push(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  const told: Told[] = [];
  socket.on('chat:presence', (payload: Told) => told.push(payload));
  await socket.timeout(5_000).emitWithAck('join', { profileId: profile.id });
  return told;
}
const path = (id = conversationId) => `/conversations/${id}/presence`;
const heard = (told: Told[], state: string) =>
  until(`${state} is told`, () => told.find((one) => one.state === state));

beforeAll(async () => {
  house = await openHouse();
  ({ url } = await house.anotherNode());
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox, { settings: { showOnline: true } });
  rina = await newCustomer(house.sandbox, 'Rina');
  ({ conversationId } = await profile.send(rina.number, 'hello', { wait: 20 }));
});
afterAll(async () => {
  for (const socket of sockets) socket.disconnect();
  await house?.close();
});

test('who follows a chat hears at any node who is there and who types; nothing of it is kept', async () => {
  const [here, there] = [
    await hearing(house.gateway.url, tenant.credentials),
    await hearing(url, tenant.credentials),
  ];
  const stream = await fetch(`${url}/api/v1/events?event=chat.presence`, {
    headers: { ...tenant.credentials, accept: 'text/event-stream' },
  });
  const reader = stream.body?.getReader();
  // Asked at the node that has not the profile, or that has: both work.
  const other = tenant.key.as(tenant.credentials);
  const answer = await other.post(path(), { minutes: 10 });
  expect(answer).toMatchObject({ conversationId, connected: true, showsOnline: true, note: null });
  expect(new Date(answer.until).getTime() - house.clock.now().getTime()).toBeGreaterThan(9 * 60_000);
  await heard(here, 'unavailable');
  await rina.shows('available');
  await heard(here, 'available');
  for (const state of ['composing', 'recording', 'paused'] as const) {
    await rina.shows(state, profile.phone.number);
    expect(await heard(there, state)).toMatchObject({
      conversationId,
      chatId: `${rina.number}@c.us`,
      who: `${rina.number}@c.us`,
    });
  }
  await rina.shows('unavailable');
  await until('last seen is told', () =>
    here.some(({ state, lastSeen }) => state === 'unavailable' && lastSeen),
  );
  let text = '';
  while (!text.includes('composing')) text += new TextDecoder().decode((await reader?.read())?.value);
  expect(text).toContain('event: chat.presence');
  expect(text).not.toContain('id: 0');
  await reader?.cancel();
  const { events } = await tenant.key.get('/events?limit=200');
  expect(events.filter(({ event }: { event: string }) => event === 'chat.presence')).toEqual([]);
  const hook = { url: 'http://127.0.0.1:9/', events: ['chat.presence'] };
  expect((await tenant.owner.call('POST', '/webhooks', hook)).status).toBe(400);
});

test('it lasts through a reconnect, and no longer than it was asked for', async () => {
  const told = await hearing(url, tenant.credentials);
  await tenant.key.post(path(), { minutes: 2 });
  await profile.disconnect();
  await profile.connect();
  await until('it is followed again', async () => {
    await rina.shows('composing', profile.phone.number);
    return told.some(({ state }) => state === 'composing');
  });
  house.clock.advance({ minutes: 61 });
  told.splice(0);
  await rina.shows('recording', profile.phone.number);
  await rina.sends(profile.phone.number, 'a message behind it');
  await until('the message came', async () => {
    const [message] = await tenant.key.get(`/messages/profile/${profile.id}`);
    return message.content.text === 'a message behind it';
  });
  expect(told.filter(({ state }) => state === 'recording')).toEqual([]);
});

test('a flood of one chat is told once a second, with the latest of it', async () => {
  const told = await hearing(house.gateway.url, tenant.credentials);
  await tenant.key.post(path(), {});
  await until('it is followed', () => told.length > 0);
  told.splice(0);
  const begunMs = performance.now();
  for (let n = 0; n < 60; n++) await rina.shows(n % 2 ? 'composing' : 'paused', profile.phone.number);
  await rina.shows('recording', profile.phone.number);
  await heard(told, 'recording');
  const seconds = (performance.now() - begunMs) / 1000;
  expect(told.length).toBeLessThanOrEqual(2 * seconds + 4);
  await tenant.key.delete(path());
  const again = await tenant.key.delete(path());
  expect(again).toEqual({ success: true });
});

test('in a group it tells who; without the setting the answer says that nothing will come', async () => {
  const group = await house.sandbox.group(rina.number, 'Bakers', [profile.phone.number]);
  await rina.sends(group, 'Who is in?');
  const found = await until('the group is there', async () => {
    const { conversations } = await tenant.key.get(`/conversations?profileId=${profile.id}&type=group`);
    return conversations[0] as { id: string };
  });
  const told = await hearing(url, tenant.credentials);
  await tenant.key.post(path(found.id), {});
  await until('somebody types', async () => {
    await rina.shows('composing', group);
    return told.some(({ who, chatId }) => chatId === group && who.length > 5 && who !== group);
  });
  await tenant.key.put(`/profiles/${profile.id}`, { settings: { showOnline: false } });
  const { showsOnline, note } = await tenant.key.post(path(), { minutes: 1 });
  expect(showsOnline).toBe(false);
  expect(note).toContain('showOnline');
});

test('it is refused to who may not read the chat, and for chats in which nobody types', async () => {
  const stranger = await newTenant(house.api);
  for (const method of ['POST', 'DELETE']) {
    const { status } = await stranger.key.call(method, path(), method === 'POST' ? {} : undefined);
    expect(status).toBe(404);
  }
  const { id: elsewhere } = await tenant.key.post('/profiles', { name: 'Elsewhere', engine: 'sandbox' });
  const there = await personIn(house, tenant, 'viewer', { profile: elsewhere });
  expect((await there.call('POST', path(), {})).status).toBe(404);
  for (const minutes of [0, 61, 1.5, '5']) {
    expect((await tenant.key.call('POST', path(), { minutes })).status).toBe(400);
  }
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { until } from './until.ts';

const ANNA = '628580000001';
const BEN = '628580000002';
const BAKERY = '628580000003';
const jid = (number: string): string => `${number}@s.whatsapp.net`;
let kit: TestSandbox;
let anna: Client;
let laptop: Client;
let ben: Client;

const profile = (number: string, body: unknown) => kit.ask('PUT', `/api/phones/${number}/profile`, body);
const aboutOf = async (client: Client, number: string): Promise<unknown> =>
  (await client.live.fetchStatus(jid(number)))?.[0]?.status;

/** Notifications of a type that went out to a number. */
const notified = async (number: string, type: string): Promise<number[]> =>
  (await kit.ledger(`number=${number}`))
    .filter((line) => line.direction === 'out' && line.tag === 'notification' && line.type === type)
    .map((line) => line.device);

beforeAll(async () => {
  kit = await TestSandbox.start();
  [anna, ben] = await Promise.all([kit.linked(ANNA), kit.linked(BEN)]);
  laptop = await kit.linked(ANNA);
  await ben.say(ANNA, 'hello');
  await anna.heard('hello');
});
afterAll(() => kit.close());

test('an about text set by a client or a phone is read by others, who hear of the change', async () => {
  expect(await aboutOf(ben, ANNA)).toMatchObject({ status: 'Hey there! I am using WhatsApp.' });
  await anna.live.updateProfileStatus('At sea ⛵');
  await until('the chat partner is told', async () => (await notified(BEN, 'status')).length === 1);
  expect(await notified(ANNA, 'status')).toEqual([2]);
  const now = (await aboutOf(ben, ANNA)) as { status: string; setAt: Date };
  expect(now.status).toBe('At sea ⛵');
  expect(Date.now() - now.setAt.getTime()).toBeLessThan(60_000);
  await profile(ANNA, { about: 'Ashore' });
  expect(await aboutOf(ben, ANNA)).toMatchObject({ status: 'Ashore' });
  expect((await kit.get(`/api/phones/${ANNA}/profile`)).body).toMatchObject({ about: 'Ashore' });
});

test('an about text may be empty or hidden, but not longer than 139 characters', async () => {
  await anna.live.updateProfileStatus('');
  expect(await aboutOf(ben, ANNA)).toMatchObject({ status: null });
  await kit.ask('PUT', `/api/phones/${ANNA}/privacy`, { status: 'none' });
  expect(await aboutOf(ben, ANNA)).toMatchObject({ status: '' });
  await expect(anna.live.updateProfileStatus('x'.repeat(140))).rejects.toMatchObject({ data: 406 });
  await anna.live.updateProfileStatus('x'.repeat(139));
  expect((await profile(ANNA, { about: 'x'.repeat(140) })).status).toBe(400);
});

test('the default disappearing timer is told to the other companions and to those who ask', async () => {
  await anna.live.updateDefaultDisappearingMode(604_800);
  await until('the other companion knows', () => {
    const mode = laptop.creds.accountSettings.defaultDisappearingMode;
    return mode?.ephemeralExpiration === 604_800;
  });
  const [asked] = (await ben.live.fetchDisappearingDuration(jid(ANNA))) ?? [];
  expect(asked?.disappearing_mode).toMatchObject({ duration: 604_800 });
  await expect(anna.live.updateDefaultDisappearingMode(17)).rejects.toMatchObject({ data: 400 });
  expect((await profile(ANNA, { disappearingSeconds: 5 })).status).toBe(400);
  expect((await profile(ANNA, { disappearingSeconds: 0 })).body).toMatchObject({ disappearingSeconds: 0 });
});

test('a business has a profile that clients read, and its own companion changes', async () => {
  expect(await ben.live.getBusinessProfile(jid(BAKERY))).toBeUndefined();
  const business = {
    description: 'Bread and cake',
    address: 'Harbour 1',
    email: 'hello@example.org',
    websites: ['https://example.org'],
    category: 'Bakery',
    hours: { timezone: 'Asia/Jakarta', days: [{ day_of_week: 'mon', mode: 'open_24h' }] },
  };
  expect((await profile(BAKERY, { business })).status).toBe(200);
  expect(await ben.live.getBusinessProfile(jid(BAKERY))).toEqual({
    wid: jid(BAKERY),
    description: 'Bread and cake',
    address: 'Harbour 1',
    email: 'hello@example.org',
    website: ['https://example.org'],
    category: 'Bakery',
    business_hours: { timezone: 'Asia/Jakarta', business_config: [{ day_of_week: 'mon', mode: 'open_24h' }] },
  });
  await expect(ben.live.updateBussinesProfile({ description: 'x' })).rejects.toMatchObject({ data: 403 });
  await profile(BEN, { business: { category: 'Boats' } });
  await ben.live.updateBussinesProfile({
    ...{ description: 'Boats to hire', websites: ['https://example.net'] },
    hours: {
      timezone: 'Asia/Jakarta',
      days: [{ day: 'sat', mode: 'specific_hours', openTimeInMinutes: '480', closeTimeInMinutes: '1020' }],
    },
  });
  expect(await anna.live.getBusinessProfile(jid(BEN))).toMatchObject({
    description: 'Boats to hire',
    category: 'Boats',
    website: ['https://example.net'],
    business_hours: {
      business_config: [{ day_of_week: 'sat', mode: 'specific_hours', open_time: '480', close_time: '1020' }],
    },
  });
  await profile(BEN, { business: null });
  expect(await anna.live.getBusinessProfile(jid(BEN))).toBeUndefined();
});

test('a person sees on the phone what others show, and no more', async () => {
  const view = async (): Promise<unknown> => (await kit.get(`/api/phones/${BAKERY}/people/${BEN}`)).body;
  await profile(BEN, { about: 'on the water' });
  await kit.ask('PUT', `/api/phones/${BEN}/picture`);
  await kit.ask('PUT', `/api/phones/${BEN}/privacy`, { last: 'all', profile: 'all', status: 'all' });
  expect(await view()).toMatchObject({
    ...{ number: BEN, presence: 'available', about: 'on the water', business: null },
    picture: await anna.live.profilePictureUrl(jid(BEN), 'image'),
  });
  await kit.ask('PUT', `/api/phones/${BEN}/blocked/${BAKERY}`);
  expect(await view()).toMatchObject({ presence: 'unavailable', lastSeen: null, about: null, picture: null });
  await kit.ask('DELETE', `/api/phones/${BEN}/blocked/${BAKERY}`);
});

test('there are no bots, and saying so is an answer', async () => {
  expect(await ben.live.getBotListV2()).toEqual([]);
});

test('profiles outlive a restart', async () => {
  await profile(BEN, { about: 'still here', business: { category: 'Boats' } });
  await kit.restart();
  expect((await kit.get(`/api/phones/${BEN}/profile`)).body).toEqual({
    about: 'still here',
    disappearingSeconds: 0,
    business: { category: 'Boats' },
  });
  expect(kit.problems).toEqual([]);
});

test('a reset forgets profiles, pictures, blocks, limits and calls', async () => {
  await kit.ask('PUT', `/api/phones/${BEN}/picture`);
  await kit.ask('PUT', `/api/phones/${BEN}/blocked/${ANNA}`);
  await kit.ask('PUT', `/api/phones/${BEN}/limits`, { capping: { total: 1 } });
  await kit.post(`/api/phones/${BEN}/calls`, { to: ANNA });
  await kit.post('/api/reset', {});
  const of = async (path: string): Promise<unknown> => (await kit.get(`/api/phones/${BEN}/${path}`)).body;
  expect(await of('profile')).toMatchObject({ business: null });
  expect(await of('picture')).toMatchObject({ error: { code: 'PICTURE_NOT_FOUND' } });
  expect(await of('blocked')).toEqual([]);
  expect(await of('limits')).toMatchObject({ capping: null });
  expect(await of('calls')).toEqual({ calls: [], links: [] });
  expect(kit.problems).toEqual([]);
});

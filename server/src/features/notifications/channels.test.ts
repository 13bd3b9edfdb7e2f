import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import { type MailSink, startMailSink } from '../../../test/kit/mail-sink.ts';
import { type Browser, type PushServiceSink, startPushService } from '../../../test/kit/push-service.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newTenant,
  type Tenant,
} from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';

let house: House;
let mail: MailSink;
let pushes: PushServiceSink;
let shop: Tenant;
let desk: ConnectedProfile;
let key: string;
beforeAll(async () => {
  [mail, pushes] = await Promise.all([startMailSink(), startPushService()]);
  house = await openHouse({ ...mail.env, PUBLIC_URL: 'https://wa.example.com' });
  shop = await newTenant(house.api);
  desk = await connectedProfile(shop, house.sandbox);
  key = (await shop.owner.get('/notifications/push/vapid-key')).publicKey;
  await until('its connection is told', async () => (await shop.owner.get('/notifications')).total > 0);
});
afterAll(async () => {
  await house?.close();
  await Promise.all([mail?.close(), pushes?.close()]);
});
beforeEach(async () => {
  pushes.answer = () => ({ status: 201 });
  for (const { endpoint } of (await subscriptions()).subscriptions)
    await shop.owner.post('/notifications/push/unsubscribe', { endpoint });
  await shop.owner.delete('/notifications');
  await prefer({});
});

const subscriptions = () => shop.owner.get('/notifications/push/subscriptions');
/** A busy machine may lose the connection for a moment, which is not what is counted here. */
const prefer = (preferences: object) =>
  shop.owner.call('PATCH', '/auth/preferences', {
    ...{ notifyOnConnect: false, notifyOnDisconnect: false },
    ...preferences,
  });
async function subscribed(who = shop.owner): Promise<Browser> {
  const browser = pushes.browser(key);
  await who.post('/notifications/push/subscribe', browser.subscription);
  return browser;
}
const bodies = (browser: Browser) => browser.received.map(({ payload }) => payload.body);
const earlyInTheHour = () => house.clock.advance({ minutes: 65 - house.clock.now().getUTCMinutes() });
/** A message of somebody new; what was due before it is looked at again with it. */
const somebodyWrites = async (text: string) =>
  (await newCustomer(house.sandbox, 'Budi')).sends(desk.phone.number, text);
const told = (text: string) =>
  until(`it is told: ${text}`, async () =>
    (await shop.owner.get('/notifications')).notifications.some(
      ({ body }: { body: string }) => body === text,
    ),
  );

test('a push is signed with the key of this server, and only its browser can read it', async () => {
  const browser = await subscribed();
  await somebodyWrites('Is there bread left?');
  await until('the push came', () => browser.received.length > 0);
  const [push] = browser.received;
  expect(push?.payload).toMatchObject({ title: 'Budi', body: 'Is there bread left?' });
  expect(push?.payload.data).toMatchObject({ profileId: desk.id, type: 'message' });
  expect(push?.headers).toMatchObject({ urgency: 'high', topic: push?.payload.tag?.replaceAll('-', '') });
  expect(Number(push?.headers.ttl)).toBeGreaterThan(86_000);
  expect(push?.claims).toMatchObject({ aud: pushes.url, sub: 'https://wa.example.com' });
  expect(pushes.complaints).toEqual([]);
});

test('keys and secrets are sealed in the database, and no answer shows them', async () => {
  const browser = await subscribed();
  const { pool } = house.database.database;
  const { rows } = await pool.query(
    `select (select row_to_json(k)::text from push_keys k) as keys, (select string_agg(row_to_json(s)::text, '') from push_subscriptions s) as subscriptions`,
  );
  const stored = rows[0].keys + rows[0].subscriptions;
  const { auth } = browser.subscription.keys;
  expect(stored).toContain(key);
  expect(stored).not.toContain(Buffer.from(auth).toString('hex'));
  expect(stored).not.toContain(auth);
  expect(JSON.parse(rows[0].keys).private_key.length).toBeGreaterThan(2 * 43);
  const shown = await subscriptions();
  expect(shown).toMatchObject({ hasSubscription: true });
  expect(Object.keys(shown.subscriptions[0]).sort()).toEqual([
    'createdAt',
    'endpoint',
    'id',
    'lastError',
    'lastSuccessAt',
    'userAgent',
  ]);
});

test('a private address is no push endpoint, and what is wrong with one is told in full', async () => {
  const { keys } = pushes.browser(key).subscription;
  const subscribe = (body: object) => shop.owner.call('POST', '/notifications/push/subscribe', body);
  const wrong = await subscribe({
    endpoint: 'http://example.com/',
    keys: { p256dh: 'AAAA', auth: keys.p256dh.slice(0, 64) },
  });
  expect(wrong.body.error.details.map(({ path }: { path: string }) => path)).toEqual([
    '/endpoint',
    '/keys/p256dh',
    '/keys/auth',
  ]);
  const offCurve = Buffer.alloc(65, 4).toString('base64url');
  expect(
    (await subscribe({ endpoint: 'https://example.com/', keys: { ...keys, p256dh: offCurve } })).status,
  ).toBe(400);
  for (const host of ['10.0.0.1', '169.254.169.254', '[fd00::1]', '192.168.0.1'])
    expect((await subscribe({ endpoint: `https://${host}/x`, keys })).body.error.code).toBe(
      'TARGET_NOT_ALLOWED',
    );
  expect((await subscriptions()).subscriptions).toEqual([]);
});

test('an endpoint goes to whoever subscribes last, and of more than 20 the oldest gives way', async () => {
  const other = await newTenant(house.api);
  const browser = await subscribed();
  await other.owner.post('/notifications/push/subscribe', browser.subscription);
  expect((await subscriptions()).hasSubscription).toBe(false);
  expect((await other.owner.get('/notifications/push/subscriptions')).subscriptions).toHaveLength(1);
  const first = await subscribed();
  for (let n = 0; n < 20; n++) await subscribed();
  const { subscriptions: kept } = await subscriptions();
  expect(kept).toHaveLength(20);
  expect(kept.map(({ endpoint }: { endpoint: string }) => endpoint)).not.toContain(
    first.subscription.endpoint,
  );
});

test('a subscription that its push service calls gone is removed; the test route says so', async () => {
  const [dead, alive] = [await subscribed(), await subscribed()];
  pushes.answer = (browser) => ({ status: browser === dead ? 410 : 201 });
  const answer = await shop.owner.post('/notifications/push/test');
  expect(answer).toMatchObject({ success: false, isConfigured: true, subscriptionCount: 2, sent: 1 });
  const results = answer.results.map((one: any) => [one.success, one.statusCode, one.cleaned]);
  expect(results).toEqual([
    [true, 201, false],
    [false, 410, true],
  ]);
  expect(alive.received.map(({ payload }) => payload.title)).toEqual(['Test notification']);
  pushes.answer = () => ({ status: 404 });
  await somebodyWrites('gone');
  await until('it is removed', async () => !(await subscriptions()).hasSubscription);
  const none = await shop.owner.post('/notifications/push/test');
  expect(none).toMatchObject({ success: false, subscriptionCount: 0, results: [] });
});

test('a push that a busy service puts off comes later, as Retry-After says, and once', async () => {
  const browser = await subscribed();
  pushes.answer = () => ({ status: 429, headers: { 'retry-after': '120' } });
  await somebodyWrites('patience');
  const { pool } = house.database.database;
  const waiting = async () => (await pool.query('select * from push_deliveries')).rows;
  const [put] = await until('it was put off', async () => {
    const rows = await waiting();
    return rows[0]?.attempts === 1 && rows[0].claimed_until === null && rows;
  });
  expect(put.due_at.getTime()).toBeGreaterThan(house.clock.now().getTime() + 100_000);
  expect((await subscriptions()).subscriptions[0].lastError).toContain('429');
  pushes.answer = () => ({ status: 201 });
  house.clock.advance({ minutes: 3 });
  await somebodyWrites('another');
  await until('both came', () => browser.received.length === 2);
  expect(bodies(browser).sort()).toEqual(['another', 'patience']);
  await until('nothing waits', async () => (await waiting()).length === 0);
});

test('many at once are one push; what is unread is pushed again after a minute only', async () => {
  const browser = await subscribed();
  const customer = await newCustomer(house.sandbox, 'Sari');
  await customer.sends(desk.phone.number, 'one');
  await until('the first came', () => browser.received.length === 1);
  await customer.sends(desk.phone.number, 'two');
  await until('the second is counted', async () => {
    const { notifications } = await shop.owner.get('/notifications');
    return notifications[0]?.count === 2;
  });
  await somebodyWrites('after it');
  await until('what is new came', () => bodies(browser).includes('after it'));
  expect(bodies(browser)).not.toContain('two');
  house.clock.advance({ minutes: 2 });
  await somebodyWrites('later');
  await until('both came', () => ['two', 'later'].every((body) => bodies(browser).includes(body)));
  earlyInTheHour();
  await prefer({ notifications: { kinds: { message: { push: 'hourly' } } } });
  const before = browser.received.length;
  for (const text of ['a', 'b', 'c', 'd', 'e']) await somebodyWrites(text);
  await until('all are counted', async () => (await shop.owner.get('/notifications')).total === 8);
  expect(browser.received).toHaveLength(before);
  house.clock.advance({ hours: 1 });
  await prefer({ notifications: { kinds: { message: { push: 'instant' } } } });
  await somebodyWrites('now');
  const later = () => browser.received.slice(before).map(({ payload }) => payload.title);
  // The sixth comes with them, or by itself when they went as their hour came.
  await until('one push tells of all', () => later().some((title) => /^[56] new notifications$/.test(title)));
  expect(later().length).toBeLessThanOrEqual(2);
});

test('letters gather: one tells of all that is due, nothing of what was read, and none twice', async () => {
  // That the address is to be confirmed; and pushes, for what is due now wakes what sends letters, too.
  await mail.letterFor(shop.email);
  await subscribed();
  const digests = () => mail.letters.filter(({ raw }) => raw.includes('Subject: You have'));
  earlyInTheHour();
  await prefer({ emailNotifications: true });
  await somebodyWrites('read before');
  // One of the test before may come late, too.
  await told('read before');
  await shop.owner.call('PATCH', '/notifications/read-all');
  const customer = await newCustomer(house.sandbox, 'Sari');
  for (const text of ['one', 'two', 'three']) await customer.sends(desk.phone.number, text);
  await somebodyWrites('four');
  await until('all are counted', async () => {
    const { notifications } = await shop.owner.get('/notifications?unread=true');
    return notifications.reduce((sum: number, { count }: { count: number }) => sum + count, 0) === 4;
  });
  expect(digests()).toEqual([]);
  house.clock.advance({ hours: 1 });
  await somebodyWrites('in the next hour');
  const { raw } = await mail.letterFor(shop.email);
  expect(raw).toContain('Subject: You have 2 notifications');
  expect(raw).toContain('- Sari (3): three');
  expect(raw).toContain('- Budi: four');
  expect(raw).not.toContain('read before');
  // The first letter may be ahead of what came in the next hour, which belongs to that hour.
  await told('in the next hour');
  house.clock.advance({ hours: 1 });
  await somebodyWrites('in the hour after');
  const second = await mail.letterFor(shop.email);
  expect(second.raw).toContain('in the next hour');
  expect(second.raw).not.toContain('four');
  expect(digests()).toHaveLength(2);
});

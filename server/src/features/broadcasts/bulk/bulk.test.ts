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

const text = (chatId: string, words: string, variables?: Record<string, string>) => ({
  ...{ chatId, type: 'text', content: { text: words } },
  ...(variables && { variables }),
});
const send = (messages: object[], more: object = {}) =>
  tenant.key.call('POST', '/bulk/send', { profileId: profile.id, messages, ...more });
const batch = (id: string, query = '') => tenant.key.get(`/bulk/batch/${id}${query}`);
const ended = (id: string) =>
  until('the batch has ended', async () => {
    const now = await batch(id);
    return now.status === 'processing' ? undefined : now;
  });

test('the example of the specification: each is sent their own words, and the batch tells of it', async () => {
  const [john, jane] = [await newCustomer(house.sandbox), await newCustomer(house.sandbox)];
  const asked = Date.now();
  const { status, data } = await send(
    [
      text(`${john.number}@c.us`, 'Hello {name}!', { name: 'John {name} $&' }),
      text(`${jane.number}@c.us`, 'Hello {name}!', { name: 'Jane' }),
    ],
    { options: { delayBetweenMessages: 1000, randomizeDelay: true } },
  );
  expect([status, data]).toMatchObject([
    201,
    { batchId: expect.stringMatching(/^batch_/), status: 'processing', totalMessages: 2 },
  ]);
  expect(data.statusUrl).toBe(`/api/v1/bulk/batch/${data.batchId}`);
  expect(Math.abs(Date.parse(data.estimatedCompletionTime) - asked - 2_000)).toBeLessThan(1_500);
  const done = await ended(data.batchId);
  expect(done).toMatchObject({
    ...{ status: 'completed', completedAt: expect.any(String) },
    progress: { total: 2, sent: 2, failed: 0, pending: 0, cancelled: 0 },
    results: [
      { chatId: `${john.number}@c.us`, status: 'sent', messageId: expect.any(String) },
      { chatId: `${jane.number}@c.us`, status: 'sent' },
    ],
  });
  expect((await john.messages()).map((message) => message.text)).toEqual(['Hello John {name} $&!']);
  expect((await jane.messages()).map((message) => message.text)).toEqual(['Hello Jane!']);
  const message = await tenant.key.get(`/messages/${done.results[0].messageId}`);
  expect(message.origin.kind).toBe('bulk');
});

test('a batch has its name once per profile, is found without it, and stays its tenant’s own', async () => {
  const phone = await newCustomer(house.sandbox);
  const messages = [text(phone.number, 'one'), text('nonsense', 'two'), text(phone.number, 'three')];
  const made = await send(messages, { batchId: 'spring', options: { delayBetweenMessages: 1000 } });
  expect(made.data.batchId).toBe('spring');
  const again = await send(messages, { batchId: 'spring' });
  expect([again.status, again.body.error.code]).toEqual([409, 'BATCH_EXISTS']);
  expect(await batch('spring', `?profileId=${profile.id}`)).toMatchObject({
    progress: { total: 3, failed: 1 },
  });
  const stranger = await newTenant(house.api);
  const theirs = await stranger.key.call('GET', '/bulk/batch/spring');
  expect([theirs.status, theirs.body.message]).toEqual([404, 'Batch spring not found for this profile']);
  expect((await stranger.key.call('POST', '/bulk/batch/spring/cancel', {})).status).toBe(404);
  const cancelled = await tenant.key.call('POST', '/bulk/batch/spring/cancel', {});
  expect([cancelled.status, cancelled.data.status]).toEqual([200, 'cancelled']);
  const twice = await tenant.key.call('POST', '/bulk/batch/spring/cancel', {});
  expect([twice.status, twice.body.message]).toEqual([400, 'Batch spring is already cancelled']);
  const last = await until('all is decided', async () => {
    const now = await batch('spring');
    return now.progress.pending === 0 ? now : undefined;
  });
  expect(last).toMatchObject({ status: 'cancelled', progress: { total: 3, failed: 1 } });
  expect(last.progress.sent + last.progress.cancelled).toBe(2);
  expect(last.results[1]).toEqual({
    ...{ chatId: 'nonsense', status: 'failed' },
    error: { code: 'INVALID_RECIPIENT', message: 'Invalid recipient: nonsense' },
  });
  const list = await tenant.key.get(`/bulk/batches?profileId=${profile.id}&limit=1`);
  expect(list).toMatchObject([{ batchId: 'spring', status: 'cancelled' }]);
  expect(list[0].results).toBeUndefined();
});

test('a batch that stops on errors cancels the rest after the first, and is failed', async () => {
  const phones = await Promise.all([1, 2, 3].map(() => newCustomer(house.sandbox)));
  const fault = await house.sandbox.fault({
    name: 'refuse-message',
    number: profile.phone.number,
    code: 406,
  });
  const { data } = await send(
    phones.map(({ number }) => text(number, 'Hi')),
    { options: { delayBetweenMessages: 1000, stopOnError: true } },
  );
  const done = await ended(data.batchId);
  await fault.clear();
  expect(done).toMatchObject({
    ...{ status: 'failed', progress: { total: 3, sent: 0, failed: 1, cancelled: 2 } },
    results: [
      { status: 'failed', error: { code: 'REFUSED_406' } },
      { status: 'cancelled' },
      { status: 'cancelled' },
    ],
  });
});

test('what is wrong with a batch is refused with every problem, and nothing is sent', async () => {
  const phone = await newCustomer(house.sandbox);
  const wrong = await send([
    text(phone.number, 'fine'),
    { chatId: phone.number, type: 'text', content: {} },
    { chatId: phone.number, type: 'image', content: { caption: 'no file' } },
  ]);
  expect(wrong.status).toBe(400);
  expect(wrong.body.error.details.map(({ path }: { path: string }) => path)).toEqual(
    expect.arrayContaining([expect.stringMatching('^/messages/1/content')]),
  );
  const quick = await send([text(phone.number, 'fine')], { options: { delayBetweenMessages: 10 } });
  expect(quick.status).toBe(400);
  expect(await phone.messages()).toEqual([]);
});

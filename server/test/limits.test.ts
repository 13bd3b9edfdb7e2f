import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from './house.ts';
import { newTenant } from './tenant.ts';
import { until } from './until.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse({ REQUESTS_PER_MINUTE: '40', METRICS_TOKEN: 'a-token-for-the-scraper' });
});
afterAll(() => house?.close());

test('nodes share the limit of a caller, each answers for its part and says when to come back', async () => {
  const tenant = await newTenant(house.api);
  const other = (await house.anotherNode()).api.as(tenant.credentials);
  const first = await other.call('GET', '/workspaces');
  expect(first.headers.get('ratelimit-limit')).toBe('20');
  let refused = first;
  for (let asked = 0; asked < 21 && refused.status === 200; asked++) {
    refused = await other.call('GET', '/workspaces');
  }
  expect(refused.body).toMatchObject({ statusCode: 429, error: { code: 'RATE_LIMITED' } });
  const seconds = Number(refused.headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(60);
  // A person and their key are callers of their own, and probes are never refused.
  expect((await other.as({ authorization: '' }).call('GET', '/health')).status).toBe(200);
  expect((await tenant.owner.call('GET', '/workspaces')).status).toBe(200);
});

test('metrics are for this machine and for who has the token, and count requests by route', async () => {
  const scrape = (headers: Record<string, string> = {}) => fetch(`${house.api.url}/metrics`, { headers });
  const forwarded = { 'x-forwarded-for': '203.0.113.9' };
  expect((await scrape(forwarded)).status).toBe(404);
  expect((await scrape({ ...forwarded, authorization: 'Bearer a-token-for-the-scraper' })).status).toBe(200);
  const far = await scrape({ ...forwarded, authorization: 'Bearer a_wrong_one' });
  expect(await far.json()).toMatchObject({ error: { code: 'ROUTE_NOT_FOUND' } });
  await house.api.get('/health');
  const near = await scrape();
  expect([near.status, near.headers.get('content-type')]).toEqual([
    200,
    expect.stringContaining('text/plain'),
  ]);
  const text = await near.text();
  expect(text).toMatch(
    /multiwa_http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/health",status="200"\} \d/,
  );
  expect(text).not.toContain('0199d6a2');
});

test('metrics show profiles by status, messages that wait and deliveries that are pending', async () => {
  const figure = async (series: string) => {
    const text = await (await fetch(`${house.api.url}/metrics`)).text();
    const line = text.split('\n').find((one) => one.startsWith(`${series} `));
    return line && Number(line.split(' ')[1]);
  };
  expect(await figure('multiwa_messages_waiting')).toBe(0);
  expect(await figure('multiwa_webhook_deliveries_pending')).toBe(0);
  const { key } = await newTenant(house.api);
  await key.post('/webhooks', { url: 'http://127.0.0.1:9/', events: ['message.queued'] });
  const { id } = await key.post('/profiles', { name: 'Shop', engine: 'sandbox' });
  for (const text of ['one', 'two']) {
    await key.post('/messages/text', { profileId: id, to: '628123456789', text });
  }
  expect(await figure('multiwa_profiles{status="disconnected"}')).toBe(1);
  expect(await figure('multiwa_messages_waiting')).toBe(2);
  await until(
    'the deliveries wait for another attempt',
    async () => (await figure('multiwa_webhook_deliveries_pending')) === 2,
  );
});

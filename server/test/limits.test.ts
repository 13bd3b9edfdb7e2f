import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from './house.ts';
import { newTenant } from './tenant.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse({ REQUESTS_PER_MINUTE: '40' });
}, 30_000);
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

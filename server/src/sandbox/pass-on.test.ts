import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../test/house.ts';
import { newNumber, newTenant, type Tenant } from '../../test/tenant.ts';
import { insideSandbox } from './receivers.ts';

let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
});
afterAll(() => house?.close());

const sandbox = (method: string, path: string, more: RequestInit = {}, as = tenant.bearer) =>
  fetch(`${house.gateway.url}/sandbox/api${path}`, {
    method,
    ...more,
    headers: { ...as, 'content-type': 'application/json', ...more.headers },
  });

test('whoever may connect profiles reaches the sandbox through the server, and nobody else', async () => {
  const number = newNumber();
  const made = await sandbox('POST', '/phones', { body: JSON.stringify({ number, name: 'Ana' }) });
  expect([made.status, await made.json()]).toEqual([200, expect.objectContaining({ number, name: 'Ana' })]);
  expect(made.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
  expect((await sandbox('GET', `/phones/${number}`)).status).toBe(200);
  const refused = await sandbox('POST', '/phones', { body: '{}' });
  expect(refused.status).toBe(400);
  expect((await sandbox('GET', '/phones', {}, { authorization: 'Bearer nothing' })).status).toBe(401);
  expect((await sandbox('POST', '/keep', { body: '{"server":"x"}' })).status).toBe(404);
  expect((await sandbox('POST', '/%6beep', { body: '{"server":"x"}' })).status).toBe(404);
  expect((await sandbox('GET', '/docs')).status).toBe(404);
});

test('a phone’s screen comes through as it is written', async () => {
  const number = newNumber();
  await sandbox('POST', '/phones', { body: JSON.stringify({ number }) });
  const answer = await sandbox('GET', `/phones/${number}/screen`, {
    headers: { accept: 'text/event-stream' },
  });
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const reader = (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toContain(`"number":"${number}"`);
  await reader.cancel();
});

test('a webhook to the built-in receiver arrives there, signed right', async () => {
  const url = 'http://receiver.sandbox.internal/first';
  const webhook = await tenant.owner.post('/webhooks', { url, events: ['test'] });
  await sandbox('PUT', '/receivers/first', { body: JSON.stringify({ secret: webhook.secret }) });
  expect(await tenant.owner.post(`/webhooks/${webhook.id}/test`)).toMatchObject({ success: true });
  const { count, received } = (await (await sandbox('GET', '/receivers/first')).json()) as {
    count: number;
    received: { signature: string }[];
  };
  expect([count, received[0]?.signature]).toEqual([1, 'right']);
});

test('the receiver’s name leads to receivers only, and nowhere while the sandbox is off', () => {
  const inside = insideSandbox(() => 3900);
  const to = (url: string) => inside(new URL(url))?.href;
  expect(to('http://receiver.sandbox.internal/first')).toBe('http://127.0.0.1:3900/api/receivers/first');
  for (const path of ['', 'a/b', '..', '%2e%2e/reset', '../reset', 'a?b', 'a%2fb']) {
    expect([path, to(`http://receiver.sandbox.internal/${path}`)]).toEqual([
      path,
      path === '../reset' || path === '%2e%2e/reset'
        ? 'http://127.0.0.1:3900/api/receivers/reset'
        : undefined,
    ]);
  }
  for (const url of [
    'https://receiver.sandbox.internal/first',
    'http://receiver.sandbox.internal:3900/first',
    'http://receiver.sandbox.internal.example/first',
    'http://127.0.0.1:3900/api/receivers/first',
  ]) {
    expect([url, to(url)]).toEqual([url, undefined]);
  }
  expect(insideSandbox(() => undefined)(new URL('http://receiver.sandbox.internal/first'))).toBeUndefined();
});

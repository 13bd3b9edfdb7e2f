import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../test/house.ts';
import { connectedProfile, newCustomer, newTenant, type Tenant } from '../test/tenant.ts';

let house: House;
let tenant: Tenant;
let profileId: string;
let webhookId: string;
let groupId: string;
let port: number;
let touched = 0;
// On every address of this machine; whoever connects has found it.
const canary = createServer((_, response) => response.setHeader('connection', 'close').end('found'));

beforeAll(async () => {
  canary.on('connection', () => {
    touched += 1;
  });
  await new Promise<void>((resolve) => canary.listen(0, '::', resolve));
  ({ port } = canary.address() as AddressInfo);
  // Nothing private is allowed.
  house = await openHouse({ OUTBOUND_ALLOW: '127.0.0.9/32' });
  tenant = await newTenant(house.api);
  profileId = (await connectedProfile(tenant, house.sandbox)).id;
  const { number } = await newCustomer(house.sandbox);
  const group = await tenant.owner.post('/groups', { profileId, name: 'Bakers', participants: [number] });
  groupId = group.groupId ?? group.id;
  webhookId = (await tenant.owner.post('/webhooks', { url: 'https://example.com/', events: ['*'] })).id;
});
afterAll(async () => {
  await house?.close();
  canary.close();
});

/** The ways one byte of an address is written. */
const forms = (byte: number) => [`${byte}`, `0x${byte.toString(16)}`, `0${byte.toString(8)}`];
const loopback = forms(127).flatMap((a) =>
  forms(0).flatMap((b) => forms(0).flatMap((c) => forms(1).map((d) => `${a}.${b}.${c}.${d}`))),
);
const hosts = [
  ...new Set([
    ...loopback,
    ...['127.1', '127.0.1', '0x7f.1', '0177.1', '2130706433', '0x7f000001', '017700000001', '0x7F000001'],
    ...['0', '0.0.0.0', '0x0', '00', '0.0', '127.255.255.254', '127.0.0.2.', '127.0.0.1.', '127.127.127.127'],
    ...['localhost', 'LOCALHOST', 'localhost.', 'a.localhost', 'LocalHost', 'ｌｏｃａｌｈｏｓｔ'],
    ...['１２７.０.０.１', '①②⑦.⓪.⓪.①', '127。0。0。1', '127．0．0．1', '127｡0｡0｡1', '٠.٠.٠.٠'],
    ...['[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[0000:0000:0000:0000:0000:0000:0000:0001]', '[::0001]'],
    ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::FFFF:7F00:0001]', '[0:0:0:0:0:ffff:127.0.0.1]'],
    ...['[::127.0.0.1]', '[::7f00:1]', '[64:ff9b::127.0.0.1]', '[64:ff9b::7f00:1]', '[64:ff9b:1::7f00:1]'],
    ...['[2002:7f00:1::]', '[2002:7f00:0001::1]', '[2002:a00:1::]', '[2002:c0a8:1::]', '[fe80::1]'],
    ...['[fec0::1]', '[fc00::1]', '[fd00:ec2::254]', '[fd12:3456::1]', '[ff02::1]', '[ff01::1]', '[100::1]'],
    ...[
      '[2001:db8::1]',
      '[2001::1]',
      '[::ffff:10.0.0.1]',
      '[::ffff:169.254.169.254]',
      '[::ffff:0:127.0.0.1]',
    ],
    ...['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.254', '192.168.0.1', '192.168.255.255'],
    ...['100.64.0.1', '100.127.255.254', '169.254.169.254', '169.254.0.1', '0xa9fea9fe', '2852039166'],
    ...['198.18.0.1', '198.19.255.254', '192.0.0.1', '192.0.2.1', '198.51.100.1', '203.0.113.1', '224.0.0.1'],
    ...['239.255.255.255', '240.0.0.1', '255.255.255.255', '0xac100001', '0xc0a80001', '012.0.0.1', '10.1'],
    ...[
      '192.168.257',
      '172.1048577',
      '0x0a000001',
      '167772161',
      '3232235521',
      '2886729729',
      '0251.0376.0251.0376',
    ],
    ...['me@127.0.0.1', 'me:word@127.0.0.1', 'example.com@127.0.0.1', '127.0.0.1%00', '127.0.0.1%2e'],
    ...['127.0.0.1:', '[::ffff:c0a8:1]', '[64:ff9b::a00:1]', '127.0.0.1\t', '%5B::1%5D'],
    ...['%31%32%37.0.0.1', '127.0.0.1#@example.com', '127.0.0.1?@example.com', '127.0.0.1\\@example.com'],
  ]),
];
const addresses = [
  ...hosts.map(
    (host) => `http://${host.includes('#') || host.includes('?') ? host : `${host}:${port}`}/hook`,
  ),
  ...['https://127.0.0.1', 'https://[::1]', 'HTTP://127.0.0.1', 'http:127.0.0.1', 'http:/127.0.0.1'].map(
    (text) => `${text}:${port}/`,
  ),
  ...['//127.0.0.1', '\\\\127.0.0.1', 'ftp://127.0.0.1', 'gopher://127.0.0.1', 'ws://127.0.0.1'].map(
    (text) => `${text}:${port}/`,
  ),
  ...[
    'file:///etc/passwd',
    'data:text/plain,hello',
    'dict://127.0.0.1/',
    'jar:http://127.0.0.1!/',
    'about:blank',
  ],
];

/** Every place where a client may name an address that the server would ask. */
const places: Record<string, (url: string) => Promise<{ status: number }>> = {
  'a new webhook': (url) => tenant.owner.call('POST', '/webhooks', { url, events: ['*'] }),
  'a changed webhook': (url) => tenant.owner.call('PUT', `/webhooks/${webhookId}`, { url }),
  'an upload': (url) => tenant.owner.call('POST', '/uploads/media', { url }),
  'a picture to send': (url) => send('image', { url }),
  'a video to send': (url) => send('video', { url }),
  'a recording to send': (url) => send('voice', { url }),
  'a sticker to send': (url) => send('sticker', { url }),
  'a document to send': (url) => send('document', { url, filename: 'a' }),
  'a status update': (url) =>
    tenant.owner.call('POST', '/statuses', { profileId, type: 'image', url, audience: ['628111000001'] }),
  'the picture of a group': (url) =>
    tenant.owner.call('PUT', `/groups/${groupId}/picture`, { profileId, url }),
  'a push subscription': (endpoint) =>
    tenant.owner.call('POST', '/notifications/push/subscribe', {
      endpoint,
      keys: {
        p256dh: 'BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM',
        auth: 'tBHItJI5svbpez7KI4CCXg',
      },
    }),
  'a bucket': (s3Endpoint) => tenant.owner.call('PUT', '/settings/storage', { ...bucket, s3Endpoint }),
  'a support desk': (url) =>
    tenant.owner.call('PUT', '/integrations/config', { chatwoot: { ...chatwoot, url } }),
  'a chat bot': (apiUrl) =>
    tenant.owner.call('PUT', '/integrations/config', { typebot: { apiUrl, defaultBotId: 'support' } }),
  'a program that answers': (webhookUrl) =>
    tenant.owner.call('POST', '/autoreply/webhook-reply', { profileId, webhookUrl, enabled: true }),
  'a model that answers': (endpoint) =>
    tenant.owner.call('POST', '/autoreply/ai-hook', {
      ...{ profileId, provider: 'custom', enabled: true, config: { endpoint } },
    }),
  'the server of a model that answers': (baseUrl) =>
    tenant.owner.call('POST', '/autoreply/ai-hook', {
      ...{ profileId, provider: 'openai', enabled: true, config: { apiKey: 'sk-1', baseUrl } },
    }),
  'the server of language models': (baseUrl) =>
    tenant.owner.call('PUT', '/settings/ai', { baseUrl, apiKey: 'sk-1', chatModel: 'small' }),
  'a file to send later': (url) =>
    tenant.owner.call('POST', '/messages/schedule', {
      ...{ profileId, to: '628111000001', type: 'image', content: { url } },
      scheduledAt: '2035-01-01T00:00:00Z',
    }),
};
/** Places that answer in words how it went, or ask only later. */
const later: Record<string, (url: string) => Promise<{ status: number }>> = {
  'a mail server': (url) => tenant.owner.call('PUT', '/settings/smtp', mail(url)),
  'the test of a mail server': (url) => patiently('/settings/smtp/test', mail(url)),
  'the test of a bucket': (s3Endpoint) => patiently('/settings/storage/test', { ...bucket, s3Endpoint }),
  'the test of a support desk': (url) =>
    patiently('/integrations/test', { type: 'chatwoot', chatwoot: { ...chatwoot, url } }),
  'the test of a chat bot': (apiUrl) =>
    patiently('/integrations/test', { type: 'typebot', typebot: { apiUrl, defaultBotId: 'support' } }),
  'the test of a server of language models': (baseUrl) =>
    patiently('/settings/ai/test', { baseUrl, apiKey: 'sk-1', chatModel: 'small' }),
  'a template': (url) =>
    tenant.owner.call('POST', '/templates', {
      ...{ profileId, name: `Picture ${crypto.randomUUID()}`, messageType: 'image', content: { url } },
    }),
  'a broadcast': (url) =>
    tenant.owner.call('POST', '/broadcast', {
      ...{ profileId, name: 'Spring', recipients: { type: 'contacts', phones: ['628111000001'] } },
      message: { type: 'image', url },
    }),
};
const bucket = { type: 's3', s3Bucket: 'files', s3AccessKey: 'key', s3SecretKey: 'secret-secret' };
const chatwoot = { apiToken: 'token', accountId: '1', inboxId: '3' };

const mail = (url: string) => ({ host: hostOf(url), port, from: 'us@example.com' });
const hostOf = (url: string) => /^\w+:\/\/([^/]*?)(:\d+)?\//.exec(url)?.[1] ?? url;
/** Tests of addresses are few a minute. */
function patiently(path: string, body: object) {
  house.clock.advance(7);
  return tenant.owner.call('POST', path, body);
}
const send = (kind: string, body: object) =>
  tenant.owner.call('POST', `/messages/${kind}`, { profileId, to: '628111000001', ...body });

test('there are two hundred spellings at least', () => {
  expect(new Set(addresses).size).toBeGreaterThanOrEqual(200);
});

test.each(Object.keys(places))('no spelling of a private address is asked by %s', async (name) => {
  const accepted: string[] = [];
  for (const url of addresses) {
    const { status } = (await places[name]?.(url)) ?? { status: 0 };
    expect(status, url).toBeLessThan(500);
    if (status < 400) accepted.push(url);
  }
  expect(accepted).toEqual([]);
  expect(touched).toBe(0);
});

test.each(Object.keys(later))('no spelling of a private address is asked later by %s', async (name) => {
  for (const url of addresses) {
    const { status } = (await later[name]?.(url)) ?? { status: 0 };
    expect(status, url).toBeLessThan(500);
    expect(status, url).not.toBe(429);
  }
  expect(touched).toBe(0);
});

test('an automation that would ask one of them can not be switched on', async () => {
  for (const url of addresses) {
    const { data, status } = await tenant.owner.call('POST', '/automation', {
      ...{ profileId, name: 'Tell', triggerType: 'webhook', triggerConfig: {} },
      actions: [{ type: 'webhook', url }],
    });
    expect(status, url).toBe(201);
    expect(data.isActive, url).toBe(false);
    expect(data.problems, url).toEqual([{ path: '/actions/0/url', problem: expect.any(String) }]);
  }
  expect(touched).toBe(0);
});

test('a link in a text is not looked at where it leads inside', async () => {
  for (const url of addresses.filter((text) => /^https?:\/\//i.test(text))) {
    await tenant.owner.call('POST', '/messages/text', { profileId, to: '628111000001', text: `see ${url}` });
  }
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect(touched).toBe(0);
});

/** Or the tests above would prove nothing. */
test('what is allowed is asked by each place that asks at once', async () => {
  const open = `http://127.0.0.9:${port}/`;
  for (const ask of [
    ...['an upload', 'a picture to send', 'a status update'].map((name) => places[name]),
    ...Object.keys(later)
      .filter((name) => name.startsWith('the test of'))
      .map((name) => later[name]),
  ]) {
    const before = touched;
    await ask?.(open);
    expect(touched, `${ask}`).toBeGreaterThan(before);
  }
});

import QRCode from 'qrcode';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox } from '../src/index.ts';
import { TestSandbox, temporaryFolder, until } from './kit.ts';

let kit: TestSandbox;
beforeAll(async () => {
  kit = await TestSandbox.start();
});
afterAll(() => kit.close());

test('a client pairs by QR, restarts, opens, and the only complaint in its log is the 515', async () => {
  const client = await kit.linked('628111000001');
  expect(client.warnings()).toEqual(['stream errored out']);
  expect(client.id).toBe('628111000001:1@s.whatsapp.net');
  expect(client.creds.me?.lid).toMatch(/^1\d{14}:1@lid$/);
  await client.end();
  await client.login();
  expect(client.warnings()).toEqual(['stream errored out']);
  await until('active', async () => {
    const { body } = await kit.get<{ devices: { state: string }[] }>('/api/phones/628111000001');
    return body.devices[0]?.state === 'active';
  });
  expect(kit.problems).toEqual([]);
});

test('the picture of a QR is scanned as well as its text', async () => {
  const client = kit.client();
  client.connect();
  const qr = await QRCode.toDataURL(await until('a QR', () => client.qr));
  const answer = await kit.post('/api/phones/628111000002/scan', { qr });
  expect(answer).toMatchObject({ status: 200, body: { number: '628111000002', device: 1 } });
});

test('a QR is good once, and only as long as its client shows it', async () => {
  const client = kit.client();
  client.connect();
  const qr = await until('a QR', () => client.qr);
  expect((await kit.post('/api/phones/628111000003/scan', { qr })).status).toBe(200);
  expect((await kit.post('/api/phones/628111000004/scan', { qr })).status).toBe(404);
  const other = kit.client();
  other.connect();
  const gone = await until('a QR', () => other.qr);
  await other.end();
  await until(
    'the network noticed',
    async () => (await kit.post('/api/phones/628111000005/scan', { qr: gone })).status === 404,
  );
});

test('a phone that is switched off scans nothing', async () => {
  await kit.ask('PUT', '/api/phones/628111000006', { online: false });
  const client = kit.client();
  client.connect();
  const qr = await until('a QR', () => client.qr);
  expect((await kit.post('/api/phones/628111000006/scan', { qr })).body).toMatchObject({
    error: { code: 'PHONE_OFFLINE' },
  });
});

test('a companion of a phone that was off at its first login is brought up when the phone is on', async () => {
  const client = kit.client();
  client.connect();
  const qr = await until('a QR', () => client.qr);
  await kit.post('/api/phones/628111000007/scan', { qr });
  await kit.ask('PUT', '/api/phones/628111000007', { online: false });
  await client.closed(515);
  await client.login();
  expect(client.creds.myAppStateKeyId).toBeUndefined();
  await kit.ask('PUT', '/api/phones/628111000007', { online: true });
  await until('the app-state key', () => client.creds.myAppStateKeyId);
});

test('a network that is realistic about one-time keys has a new device upload hundreds', async () => {
  using folder = temporaryFolder();
  const usual = kit.sandbox;
  kit.sandbox = await startSandbox({ port: 0, dataDir: folder.path, realisticPreKeys: true });
  try {
    await kit.linked('628111000008');
    const { body } = await kit.get<{ devices: { preKeys: number }[] }>('/api/phones/628111000008');
    expect(body.devices[0]?.preKeys).toBeGreaterThan(800);
  } finally {
    await kit.sandbox.close();
    kit.sandbox = usual;
  }
});

import { type AuthenticationCreds, type BinaryNode, Curve, initAuthCreds, proto } from 'baileys';
import QRCode from 'qrcode';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox } from '../src/index.ts';
import { type LedgerLine, TestSandbox, temporaryFolder } from './kit.ts';
import { RawClient } from './raw-client.ts';
import { until } from './until.ts';

let kit: TestSandbox;
beforeAll(async () => {
  kit = await TestSandbox.start();
});
afterAll(() => kit.close());

interface Refusal {
  error: { code: string; message: string };
}
const scan = (number: string, qr: string) => kit.post<Refusal>(`/api/phones/${number}/scan`, { qr });
const findings = async (type: string): Promise<LedgerLine[]> =>
  (await kit.ledger('kind=finding')).filter((line) => line.type === type);

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

test('a QR with other keys than those of the client that shows it is refused', async () => {
  const creds = initAuthCreds();
  const { client, qr } = await RawClient.register(kit, creds);
  const other = Buffer.from(Curve.generateKeyPair().public).toString('base64');
  for (const place of [1, 2]) {
    const parts = qr.split(',').with(place, other);
    const { status, body } = await scan('628111000010', parts.join(','));
    expect([status, body.error.code]).toEqual([400, 'QR_INVALID']);
  }
  client.end();
});

test('a client that answers the offer with an untruth is named, and the person reads why', async () => {
  const identity = (deviceSignature: Uint8Array): Buffer =>
    Buffer.from(proto.ADVSignedDeviceIdentity.encode({ deviceSignature }).finish());
  const signs = (content: Uint8Array): Partial<BinaryNode> => ({
    content: [
      {
        ...{ tag: 'pair-device-sign', attrs: {} },
        content: [{ tag: 'device-identity', attrs: {}, content }],
      },
    ],
  });
  const rows: [string, Partial<BinaryNode>, string, boolean][] = [
    ['result', signs(identity(Buffer.alloc(64, 1))), 'signed the pairing with another key', true],
    ['result', signs(Buffer.from('\xff\xff')), 'answered with what is no identity', true],
    ['result', {}, 'answered with what is no identity', true],
    ['error', { content: [{ tag: 'error', attrs: { code: '500' } }] }, 'refused the pairing: 500', false],
  ];
  for (const [type, answer, why, isFinding] of rows) {
    const before = (await findings('pairing-untrue')).length;
    const { client, qr } = await RawClient.register(kit, initAuthCreds());
    const scanned = scan('628111000011', qr);
    const offer = await until('the offer', () => client.heard[1]);
    client.say({ tag: 'iq', attrs: { id: offer.attrs.id ?? '', type, to: '@s.whatsapp.net' }, ...answer });
    const { status, body } = await scanned;
    expect([status, body.error.code]).toEqual([409, 'PAIRING_REFUSED']);
    expect(body.error.message).toContain(why);
    expect((await findings('pairing-untrue')).length - before).toBe(isFinding ? 1 : 0);
    await until('the end', () => !client.isOpen);
  }
  expect((await kit.get('/api/phones/628111000011')).body).toMatchObject({ devices: [] });
});

test('a client that registers with malformed keys is refused at the scan, before any offer', async () => {
  for (const spoilt of [
    { eRegid: Buffer.alloc(3) },
    { eSkeyId: Buffer.alloc(4) },
    { deviceProps: Buffer.from([0xff, 0xff, 0xff]) },
  ]) {
    const { client, qr } = await RawClient.register(kit, initAuthCreds(), spoilt);
    const { status, body } = await scan('628111000012', qr);
    expect([status, body.error.message]).toEqual([409, 'The client registered with malformed keys.']);
    expect(client.heard).toHaveLength(1);
    client.end();
  }
  expect(await findings('pairing-untrue')).toContainEqual(
    expect.objectContaining({ number: '628111000012' }),
  );
});

test('what a client says before it is linked, though only linked ones say it, is named', async () => {
  const { client } = await RawClient.register(kit, initAuthCreds());
  client.say({ tag: 'message', attrs: { id: 'EARLY', to: '628111000001@s.whatsapp.net', type: 'text' } });
  await until('the finding', async () =>
    (await findings('stanza-unlinked')).some((line) => line.messageId === 'EARLY'),
  );
  expect(client.isOpen).toBe(true);
  client.end();
});

test('a client that says where it was routed last time logs in', async () => {
  const client = await kit.linked('628111000013');
  await client.end();
  const routed: AuthenticationCreds = Object.assign(client.creds, { routingInfo: Buffer.from([8, 2, 8, 5]) });
  expect(routed.routingInfo).toHaveLength(4);
  await client.login();
  await client.say('628111000001', 'routed');
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

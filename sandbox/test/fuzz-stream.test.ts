import { once } from 'node:events';
import { connect } from 'node:net';
import { deflateSync } from 'node:zlib';
import { type BinaryNode, Curve, initAuthCreds, proto } from 'baileys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { chanceFrom } from '../src/chance.ts';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { RawClient } from './raw-client.ts';
import { until } from './until.ts';

const ANNA = '628710000001';
const BEN = '628710000002';
const HEADER = Buffer.from([0x57, 0x41, 6, 3]);
const chance = chanceFrom(71);
let kit: TestSandbox;
let anna: Client;
let ben: Client;

const upTo = (max: number): number => Math.floor(chance() * max);
const random = (length: number): Buffer => Buffer.from(Array.from({ length }, () => upTo(256)));

function framed(payload: Uint8Array, claim = payload.length): Buffer {
  const size = Buffer.alloc(3);
  size.writeUIntBE(claim, 0, 3);
  return Buffer.concat([size, payload]);
}

/** Sends these WebSocket messages; resolves when the network has closed, or after it was left waiting. */
async function strangerSays(...messages: Buffer[]): Promise<'cut' | 'waits'> {
  const socket = new WebSocket(kit.webSocketUrl);
  socket.on('error', () => undefined);
  await once(socket, 'open');
  const closed = once(socket, 'close').then(() => 'cut' as const);
  for (const each of messages) socket.send(each);
  // A pong comes after everything before the ping was looked at.
  const looked = new Promise<'waits'>((resolve) => socket.on('pong', () => resolve('waits')));
  socket.ping();
  const outcome = await Promise.race([closed, looked]);
  socket.terminate();
  return outcome;
}

async function lifeGoesOn(): Promise<void> {
  const text = `still here ${upTo(1_000_000)}`;
  await anna.say(BEN, text);
  await ben.heard(text);
  expect((await kit.get('/api/health')).status).toBe(200);
}

beforeAll(async () => {
  kit = await TestSandbox.start();
  [anna, ben] = await Promise.all([kit.linked(ANNA), kit.linked(BEN)]);
});
afterAll(() => kit.close());

test('random bytes on the bare port harm nobody', async () => {
  const heads = [
    '',
    '\x16\x03\x01',
    'GET / HTTP/1.1\r\n',
    'GET /ws/chat HTTP/1.1\r\nUpgrade: websocket\r\n',
    'POST /api/phones HTTP/1.1\r\nContent-Length: 999999\r\n\r\n',
  ];
  await Promise.all(
    Array.from({ length: 60 }, async (_, index) => {
      const socket = connect(kit.sandbox.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.resume();
      socket.end(Buffer.concat([Buffer.from(heads[index % heads.length] ?? ''), random(1 + upTo(300))]));
      await once(socket, 'close');
    }),
  );
  await lifeGoesOn();
});

test('nonsense inside a WebSocket is cut, in whatever pieces it comes', async () => {
  for (let round = 0; round < 40; round += 1) {
    const bytes = random(8 + upTo(300));
    bytes[0] = 0;
    const cut = 1 + upTo(bytes.length - 1);
    expect(await strangerSays(bytes.subarray(0, cut), bytes.subarray(cut))).toBe('cut');
  }
  expect(await strangerSays(Buffer.from('ED\0\x01\xff\xff\xff', 'latin1'), HEADER)).toBe('cut');
  await lifeGoesOn();
});

test('a stranger may not claim a large frame; waiting for the rest of a small one harms nobody', async () => {
  expect(await strangerSays(HEADER, framed(Buffer.alloc(1), 0xff_ff_ff))).toBe('cut');
  expect(await strangerSays(HEADER, framed(Buffer.alloc(1), 64 * 1024 + 1))).toBe('cut');
  expect(await strangerSays(HEADER, framed(Buffer.alloc(1), 100))).toBe('waits');
  expect(await strangerSays()).toBe('waits');
  await lifeGoesOn();
});

test('a hello that is none is cut', async () => {
  const hello = (ephemeral: Uint8Array): Uint8Array =>
    proto.HandshakeMessage.encode({ clientHello: { ephemeral } }).finish();
  const wrong = [
    Buffer.alloc(0),
    hello(Buffer.alloc(31, 1)),
    hello(Buffer.alloc(33, 1)),
    proto.HandshakeMessage.encode({}).finish(),
    proto.HandshakeMessage.encode({ clientFinish: {} }).finish(),
    ...Array.from({ length: 20 }, () => random(upTo(200))),
  ];
  for (const each of wrong) expect(await strangerSays(HEADER, framed(each))).toBe('cut');
  // Points at which no key agreement is safe.
  for (const low of [Buffer.alloc(32), Buffer.from([1, ...Buffer.alloc(31)])])
    await strangerSays(HEADER, framed(hello(low)), framed(random(80)));
  await lifeGoesOn();
});

test('a handshake that is finished wrongly is cut', async () => {
  const key = Curve.generateKeyPair();
  const spoiled: ((message: proto.IHandshakeMessage) => Uint8Array)[] = [
    () => Buffer.alloc(0),
    () => random(100),
    () => proto.HandshakeMessage.encode({ clientFinish: { static: key.public } }).finish(),
    () =>
      proto.HandshakeMessage.encode({ clientFinish: { static: random(48), payload: random(60) } }).finish(),
    () => proto.HandshakeMessage.encode({ clientFinish: { static: random(3), payload: random(3) } }).finish(),
    ({ clientFinish }) =>
      proto.HandshakeMessage.encode({
        clientFinish: { ...clientFinish, payload: clientFinish?.payload?.subarray(1) ?? null },
      }).finish(),
  ];
  for (const finish of spoiled) {
    const client = await RawClient.shakeHands(kit, anna.creds, { finish });
    await until('cut off', () => !client.isOpen);
    expect(client.heard).toEqual([]);
  }
  await lifeGoesOn();
});

test('who logs in with anything else than its credentials is refused, and nobody is thrown out', async () => {
  const opens = anna.opens;
  const payloads: Uint8Array[] = [
    Buffer.alloc(0),
    random(40),
    proto.ClientPayload.encode({ username: 1, device: 1 }).finish(),
    proto.ClientPayload.encode({ username: Number(ANNA) }).finish(),
    proto.ClientPayload.encode({ username: Number(ANNA), device: 2 ** 31 }).finish(),
    proto.ClientPayload.encode({ username: Number(ANNA), device: 1 }).finish(),
    proto.ClientPayload.encode({ username: Number(ANNA), device: 1, pushName: 'x'.repeat(30_000) }).finish(),
    ...Array.from({ length: 10 }, () => random(upTo(100))),
  ];
  for (const payload of payloads) {
    const client = await RawClient.shakeHands(kit, initAuthCreds(), { payload });
    await until('an end', () => !client.isOpen);
    expect(client.heard.every(({ tag }) => tag === 'failure')).toBe(true);
  }
  const impostor = await RawClient.shakeHands(kit, initAuthCreds(), { payload: payloads[5]! });
  await until('an end', () => !impostor.isOpen);
  expect(impostor.heard).toMatchObject([{ tag: 'failure', attrs: { reason: '401' } }]);
  const named = (await kit.ledger(`kind=finding&number=${ANNA}`)).map(({ type }) => type);
  expect(new Set(named)).toEqual(new Set(['login-refused']));
  expect(anna.opens).toBe(opens);
  expect(anna.live).toBeDefined();
  await lifeGoesOn();
});

test('a registration with keys of the wrong size shows a QR; its scan is refused with a reason', async () => {
  const whole = {
    eRegid: Buffer.alloc(4, 1),
    eKeytype: Buffer.from([5]),
    eIdent: Buffer.from(Curve.generateKeyPair().public),
    eSkeyId: Buffer.alloc(3, 1),
    eSkeyVal: Buffer.from(Curve.generateKeyPair().public),
    eSkeySig: Buffer.alloc(64, 1),
  };
  const spoiled = [{}, { ...whole, eIdent: Buffer.alloc(5) }, { ...whole, deviceProps: random(50) }];
  for (const devicePairingData of spoiled) {
    const creds = initAuthCreds();
    const payload = proto.ClientPayload.encode({ devicePairingData }).finish();
    const client = await RawClient.shakeHands(kit, creds, { payload });
    const invitation = await until('refs', () => client.heard.find(({ tag }) => tag === 'iq'));
    const refs = (invitation.content as BinaryNode[])[0]?.content as BinaryNode[];
    const keys = [
      creds.noiseKey.public,
      creds.signedIdentityKey.public,
      Buffer.from(creds.advSecretKey, 'base64'),
    ];
    const qr = [String(refs[0]?.content), ...keys.map((each) => Buffer.from(each).toString('base64')), '1'];
    const scanned = kit.post<{ error: { code: string; message: string } }>('/api/phones/628710000009/scan', {
      qr: qr.join(','),
    });
    // Those that pass the first look must countersign; this one hangs up instead.
    void until('the offer', () => client.heard.length > 1).then(
      () => client.end(),
      () => undefined,
    );
    const { status, body } = await scanned;
    expect([400, 409]).toContain(status);
    expect(body.error.message).not.toBe('');
    client.end();
  }
  await lifeGoesOn();
});

test('a frame that does not decrypt, and a stanza that is a bomb, end that one connection', async () => {
  const victim = await kit.linked('628710000003');
  await victim.end();
  const compressed = Buffer.concat([Buffer.from([2]), deflateSync(Buffer.alloc(30 * 1024 * 1024))]);
  const deep = Buffer.concat([
    Buffer.from([0]),
    ...Array<Buffer>(50_000).fill(Buffer.from([248, 2, 3, 248, 1])),
  ]);
  const hostile: ((client: RawClient) => void)[] = [
    (client) => client.sayUnencrypted(framed(random(50))),
    (client) => client.sayUnencrypted(framed(Buffer.alloc(0))),
    (client) => client.sayUnencrypted(framed(random(8))),
    (client) => client.sayUnencrypted(framed(Buffer.alloc(1), 0xff_ff_ff)),
    (client) => client.sayBytes(Buffer.alloc(0)),
    (client) => client.sayBytes(random(50).fill(0, 0, 2)),
    (client) => client.sayBytes(compressed),
    (client) => client.sayBytes(deep),
    (client) => client.say({ tag: 'iq', attrs: { id: 'x'.repeat(20_000) } }),
  ];
  for (const deed of hostile) {
    const client = await RawClient.login(kit, victim.creds);
    deed(client);
    await until('cut off', () => !client.isOpen);
  }
  const named = await kit.ledger('kind=finding&number=628710000003');
  expect(named).toHaveLength(hostile.length);
  expect(named.every(({ type, device }) => type === 'stanza-unreadable' && device === 1)).toBe(true);
  expect(named.at(-1)?.text).toContain('too long');
  await victim.login();
  await lifeGoesOn();
});

test('a client that does not listen is not listened to either, and is answered when it does', async () => {
  const deaf = await kit.linked('628710000004');
  await deaf.end();
  const client = await RawClient.login(kit, deaf.creds);
  // An answer of a quarter of a megabyte to a question of some bytes.
  const keyId = { id: Buffer.alloc(6, 1) };
  const record = { index: { blob: Buffer.alloc(32) }, value: { blob: Buffer.alloc(250_000) }, keyId };
  const patch = proto.SyncdPatch.encode({
    mutations: [{ operation: proto.SyncdMutation.SyncdOperation.SET, record }],
    ...{ snapshotMac: Buffer.alloc(32), patchMac: Buffer.alloc(32), keyId },
  }).finish();
  const sync = (version: string, content?: BinaryNode[]): BinaryNode => ({
    ...{ tag: 'iq', attrs: { xmlns: 'w:sync:app:state', type: 'set' } },
    content: [
      {
        tag: 'sync',
        attrs: {},
        content: [
          { tag: 'collection', attrs: { name: 'regular_low', version }, ...(content && { content }) },
        ],
      },
    ],
  });
  const written = await client.query(sync('0', [{ tag: 'patch', attrs: {}, content: patch }]));
  expect(JSON.stringify(written)).not.toContain('error');
  client.turnDeaf();
  const count = 200;
  const question = sync('0');
  for (let id = 0; id < count; id += 1)
    client.say({ ...question, attrs: { ...question.attrs, id: `deaf-${id}` } });
  const asked = async (): Promise<number> =>
    (await kit.ledger('number=628710000004&kind=stanza')).filter(
      ({ direction, messageId }) => direction === 'in' && messageId.startsWith('deaf-'),
    ).length;
  await until('some are taken', async () => (await asked()) > 5);
  await lifeGoesOn();
  const taken = await asked();
  await lifeGoesOn();
  expect(taken).toBeLessThan(count);
  client.listen();
  await until('all are answered', () => client.answerTo(`deaf-${count - 1}`));
  client.end();
});

test('of all that, only connections failed', () => {
  const others = kit.problems.filter((problem) => !problem.startsWith('connection of '));
  expect(others).toEqual([]);
});

import { createHash } from 'node:crypto';
import { type BinaryNode, proto } from 'baileys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { until } from './until.ts';

const ANNA = '628733000001';
const BEN = '628733000002';
const GITA = '628733000003';
const HUGO = '628733000004';
const IRA = '628733000005';
let kit: TestSandbox;
let ben: Client;

interface Phone {
  lid: string;
  devices: { device: number }[];
  chats: unknown[];
}

const phone = async (number: string): Promise<Phone> => (await kit.get<Phone>(`/api/phones/${number}`)).body;

/** The notifications of a type that a client was sent from now on. */
function notifications(client: Client, type: string): BinaryNode[] {
  const heard: BinaryNode[] = [];
  client.live.ws.on(`CB:notification,type:${type}`, (stanza: BinaryNode) => heard.push(stanza));
  return heard;
}

const inside = (stanza: BinaryNode | undefined, tag: string): BinaryNode[] =>
  ((stanza?.content ?? []) as BinaryNode[]).filter((each) => each.tag === tag);

/** The hash of a device list, as clients make it. */
function hashOf(number: string, devices: number[]): string {
  const names = devices.map((device) => `${number}.0:${device}@s.whatsapp.net`).sort();
  return `2:${createHash('sha256').update(names.join('')).digest('base64').slice(0, 8)}`;
}

/** What the network answers a client about somebody's devices. */
async function deviceList(client: Client, number: string): Promise<BinaryNode> {
  const answer = await client.live.query({
    tag: 'iq',
    attrs: { xmlns: 'usync', type: 'get', to: '@s.whatsapp.net' },
    content: [
      {
        ...{ tag: 'usync', attrs: { context: 'message', mode: 'query', sid: '1', last: 'true', index: '0' } },
        content: [
          { tag: 'query', attrs: {}, content: [{ tag: 'devices', attrs: { version: '2' } }] },
          { tag: 'list', attrs: {}, content: [{ tag: 'user', attrs: { jid: `${number}@s.whatsapp.net` } }] },
        ],
      },
    ],
  });
  const list = inside(inside(answer, 'usync')[0], 'list')[0];
  return inside(inside(list, 'user')[0], 'devices')[0]!;
}

/** A part of the key bundle that the network gives a client of somebody's device. */
async function bundlePart(client: Client, jid: string, tag: string): Promise<BinaryNode> {
  const user = { tag: 'user', attrs: { jid } };
  const answer = await client.live.query({
    ...{ tag: 'iq', attrs: { xmlns: 'encrypt', type: 'get', to: '@s.whatsapp.net' } },
    content: [{ tag: 'key', attrs: {}, content: [user] }],
  });
  const bundle = inside(inside(answer, 'list')[0], 'user')[0];
  return inside(bundle, tag)[0]!;
}

async function identityOf(client: Client, number: string): Promise<string> {
  const identity = await bundlePart(client, `${number}@s.whatsapp.net`, 'identity');
  return Buffer.from(identity.content as Uint8Array).toString('hex');
}

beforeAll(async () => {
  kit = await TestSandbox.start();
  ben = await kit.linked(BEN);
});
afterAll(() => kit.close());

test('who wrote to a person is told of its new companion, which gets the next message at once', async () => {
  await kit.post('/api/phones', { number: ANNA });
  await ben.say(ANNA, 'before any companion');
  const heard = notifications(ben, 'devices');
  const desk = await kit.linked(ANNA);
  const added = await until('the notification', () => heard.find((each) => inside(each, 'add').length > 0));
  const { lid } = await phone(ANNA);
  const listed = inside(inside(added, 'add')[0], 'device').map((each) => each.attrs.jid);
  expect(listed).toEqual([`${ANNA}:1@s.whatsapp.net`, `${lid}:1@lid`]);
  expect(inside(added, 'add')[0]?.attrs.device_hash).toBe(hashOf(ANNA, [0, 1]));
  await ben.caughtUp();
  const id = await ben.say(ANNA, 'to the new companion');
  await desk.heard('to the new companion');
  await ben.say(`${lid}@lid`, 'by its other name');
  await desk.heard('by its other name');
  const kinds = (await kit.ledger(`messageId=${id}`)).map((line) => line.kind);
  expect(kinds).not.toContain('retry');
  heard.length = 0;
  await kit.ask('DELETE', `/api/phones/${ANNA}/devices/1`);
  const removed = await until('the removal', () => heard.find((each) => inside(each, 'remove').length > 0));
  expect(inside(inside(removed, 'remove')[0], 'device').map((each) => each.attrs.jid)).toEqual(listed);
  expect(inside(removed, 'remove')[0]?.attrs.device_hash).toBe(hashOf(ANNA, [0]));
});

test('a signed prekey that a client rotates is the one that others are given', async () => {
  const desk = await kit.linked(IRA);
  const given = async () => {
    const parts = inside(await bundlePart(ben, desk.id, 'skey'), 'value');
    return Buffer.from(parts[0]!.content as Uint8Array).toString('hex');
  };
  const own = () => Buffer.from(desk.creds.signedPreKey.keyPair.public).toString('hex');
  const before = own();
  expect(await given()).toBe(before);
  await desk.live.rotateSignedPreKey();
  expect(own()).not.toBe(before);
  expect(await given()).toBe(own());
});

test('a number that nobody has is not on the network', async () => {
  const answer = await ben.live.onWhatsApp(BEN, '628733999999');
  expect(answer).toEqual([{ jid: `${BEN}@s.whatsapp.net`, exists: true }]);
});

test.each([
  ['5511987654321', '551187654321'],
  ['551187654322', '5511987654322'],
  ['525512345678', '5215512345678'],
  ['5215512345679', '525512345679'],
  ['543415551234', '5493415551234'],
  ['5493415551235', '543415551235'],
])('a contact query for %s names %s, whose devices no other address has', async (dialled, registered) => {
  await kit.post('/api/phones', { number: registered, name: 'Maria' });
  expect(await ben.live.onWhatsApp(dialled)).toEqual([{ jid: `${registered}@s.whatsapp.net`, exists: true }]);
  expect(await ben.live.onWhatsApp(registered)).toEqual([
    { jid: `${registered}@s.whatsapp.net`, exists: true },
  ]);
  const devices = async (number: string) =>
    inside(inside(await deviceList(ben, number), 'device-list')[0], 'device').length;
  expect([await devices(dialled), await devices(registered)]).toEqual([0, 1]);
});

test('a device list carries when it last changed, and the indexes that are valid', async () => {
  const readList = async () => {
    const list = inside(await deviceList(ben, GITA), 'key-index-list')[0];
    const { details } = proto.ADVSignedKeyIndexList.decode(list!.content as Uint8Array);
    const { timestamp, validIndexes } = proto.ADVKeyIndexList.decode(details!);
    return { ts: Number(list!.attrs.ts), timestamp: Number(timestamp), validIndexes };
  };
  await kit.linked(GITA);
  const first = await readList();
  expect(first).toMatchObject({ timestamp: first.ts, validIndexes: [0, 1] });
  await until('another second', () => Math.floor(Date.now() / 1000) > first.ts);
  expect(await readList()).toEqual(first);
  await kit.linked(GITA);
  const second = await readList();
  expect(second.validIndexes).toEqual([0, 1, 2]);
  expect(second.ts).toBeGreaterThan(first.ts);
  await kit.ask('DELETE', `/api/phones/${GITA}/devices/1`);
  expect((await readList()).validIndexes).toEqual([0, 2]);
});

test('a phone takes four companions; the fifth is refused by name until one is unlinked', async () => {
  await Promise.all(Array.from({ length: 3 }, () => kit.linked(HUGO)));
  await kit.linked(HUGO);
  const fifth = kit.client();
  fifth.connect();
  const qr = await until('a QR', () => fifth.qr);
  const refused = await kit.post(`/api/phones/${HUGO}/scan`, { qr });
  expect(refused).toMatchObject({ status: 409, body: { error: { code: 'DEVICE_LIMIT' } } });
  const byCode = kit.client();
  byCode.connect();
  await until('a QR', () => byCode.qr);
  const code = await byCode.live.requestPairingCode(HUGO);
  await until('the announcement', async () =>
    (await kit.ledger('kind=stanza')).some((line) => line.flags.includes('child=link_code_companion_reg')),
  );
  const refusedToo = await kit.post(`/api/phones/${HUGO}/enter-code`, { code });
  expect(refusedToo).toMatchObject({ status: 409, body: { error: { code: 'DEVICE_LIMIT' } } });
  expect((await phone(HUGO)).devices).toHaveLength(4);
  await kit.ask('DELETE', `/api/phones/${HUGO}/devices/2`);
  expect((await kit.post(`/api/phones/${HUGO}/scan`, { qr })).status).toBe(200);
  expect((await phone(HUGO)).devices.map(({ device }) => device).sort()).toEqual([1, 3, 4, 5]);
});

test('a reinstalled phone has a new identity: companions end, contacts are told, both ways work', async () => {
  const desk = await kit.linked(ANNA);
  await ben.say(ANNA, 'to the old phone');
  await desk.heard('to the old phone');
  await desk.say(BEN, 'from the old companion');
  await ben.heard('from the old companion');
  const before = await identityOf(ben, ANNA);
  const heard = notifications(ben, 'encrypt');
  const answer = await kit.post<Phone>(`/api/phones/${ANNA}/reinstall`, {});
  expect(answer).toMatchObject({ status: 200, body: { devices: [] } });
  await desk.closed(401);
  const told = await until('the notification', () =>
    heard.find((each) => inside(each, 'identity').length > 0),
  );
  expect(told.attrs.from).toBe(`${ANNA}@s.whatsapp.net`);
  await ben.caughtUp();
  expect(await identityOf(ben, ANNA)).not.toBe(before);
  await ben.say(ANNA, 'to the new phone');
  await until('it on the phone', async () =>
    (await kit.seen(ANNA)).some(({ text }) => text === 'to the new phone'),
  );
  await kit.post(`/api/phones/${ANNA}/messages`, { to: BEN, type: 'text', text: 'from the new phone' });
  await ben.heard('from the new phone');
  await until('it on the other phone', async () =>
    (await kit.seen(BEN)).some(({ text }) => text === 'from the new phone'),
  );
  const again = await kit.linked(ANNA);
  expect(again.id).not.toBe(desk.id);
  await ben.caughtUp();
  await ben.say(ANNA, 'to all of the new');
  await again.heard('to all of the new');
  expect((await kit.seen(ANNA)).map(({ text }) => text)).toContain('to the old phone');
});

test('who was away while a phone was reinstalled still reaches it, by a retry if need be', async () => {
  await kit.post(`/api/phones/${ANNA}/messages`, { to: BEN, type: 'text', text: 'so that a session stands' });
  await ben.heard('so that a session stands');
  await ben.caughtUp();
  await ben.end();
  await kit.post(`/api/phones/${ANNA}/reinstall`, { keepMessages: false });
  expect((await phone(ANNA)).chats).toEqual([]);
  await ben.login();
  await ben.say(ANNA, 'are you there');
  await until('it on the phone', async () =>
    (await kit.seen(ANNA)).some(({ text }) => text === 'are you there'),
  );
  await kit.post(`/api/phones/${BEN}/messages`, { to: ANNA, type: 'text', text: 'from phone to phone' });
  await until('it on the phone', async () =>
    (await kit.seen(ANNA)).some(({ text }) => text === 'from phone to phone'),
  );
  const identity = await identityOf(ben, ANNA);
  await kit.restart();
  await until('the client noticed', () => ben.socket === undefined);
  await ben.login();
  expect(await identityOf(ben, ANNA)).toBe(identity);
  await ben.say(ANNA, 'after the restart');
  await until('it', async () => (await kit.seen(ANNA)).some(({ text }) => text === 'after the restart'));
  expect(kit.problems).toEqual([]);
});

test('app state begins anew with a reinstalled phone', async () => {
  const change = { change: 'mute', chat: BEN, until: -1 };
  await kit.post(`/api/phones/${GITA}/state`, change);
  await kit.post(`/api/phones/${GITA}/reinstall`, {});
  const { body } = await kit.get<{ versions: object }>(`/api/phones/${GITA}/state`);
  expect(body.versions).toEqual({});
  const desk = await kit.linked(GITA);
  await kit.post(`/api/phones/${GITA}/state`, { ...change, until: 1_900_000_000_000 });
  await until('the mute', () => JSON.stringify(desk.events).includes('1900000000000'));
  const off = await kit.ask('PUT', `/api/phones/${GITA}`, { online: false });
  expect(off.status).toBe(200);
  expect((await kit.post(`/api/phones/${GITA}/reinstall`, {})).status).toBe(409);
});

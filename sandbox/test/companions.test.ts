import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { until } from './until.ts';

const ANNA = '628555000001';
const BEN = '628555000002';
let kit: TestSandbox;
let desk: Client;
let laptop: Client;
let ben: Client;

beforeAll(async () => {
  kit = await TestSandbox.start();
  [desk, ben] = await Promise.all([kit.linked(ANNA), kit.linked(BEN)]);
  await ben.say(ANNA, 'before the laptop');
  await desk.heard('before the laptop');
  laptop = await kit.linked(ANNA);
});
afterAll(() => kit.close());

test('a second companion gets its own number and hears what the first one sends', async () => {
  expect(laptop.id).toBe(`${ANNA}:2@s.whatsapp.net`);
  const id = await desk.say(BEN, 'from the desk');
  const copy = await laptop.heard('from the desk');
  expect(copy.key).toMatchObject({ id, fromMe: true, remoteJid: `${BEN}@s.whatsapp.net` });
  await ben.heard('from the desk');
});

test('whoever wrote before learns of the new companion and reaches it too', async () => {
  await ben.caughtUp();
  await ben.say(ANNA, 'to both of you');
  await Promise.all([desk.heard('to both of you'), laptop.heard('to both of you')]);
});

test('a companion linked later is given the history of the phone', async () => {
  const chats = laptop.events.filter((event) => event.name === 'messaging-history.set');
  const texts = JSON.stringify(chats);
  expect(texts).toContain('before the laptop');
});

test('reading on one companion is told to the other and to the sender', async () => {
  const id = await ben.say(ANNA, 'read me once');
  const heard = await desk.heard('read me once');
  await laptop.heard('read me once');
  await Promise.all([desk.caughtUp(), laptop.caughtUp()]);
  await desk.live.readMessages([heard.key]);
  await ben.reaches(id, 4);
  await until('read-self at the laptop', async () =>
    (await kit.ledger(`number=${ANNA}&messageId=${id}`)).some(
      (line) => line.direction === 'out' && line.device === 2 && line.type === 'read-self',
    ),
  );
});

test('app state changed on one companion reaches the other, and nobody asks in a loop', async () => {
  await desk.live.chatModify({ mute: Date.now() + 3_600_000 }, `${BEN}@s.whatsapp.net`);
  await until('the mute', () =>
    laptop.events.some(
      (event) => event.name === 'chats.update' && JSON.stringify(event.data).includes('muteEndTime'),
    ),
  );
  const asked = (await kit.ledger(`number=${ANNA}&kind=stanza`)).filter((line) =>
    line.flags.includes('w:sync:app:state'),
  );
  expect(asked.length).toBeLessThan(30);
});

test('typing and being online are told to those who asked', async () => {
  await ben.live.presenceSubscribe(`${ANNA}@s.whatsapp.net`);
  await desk.live.sendPresenceUpdate('composing', `${BEN}@s.whatsapp.net`);
  await until('composing', () =>
    ben.events.some(
      (event) => event.name === 'presence.update' && JSON.stringify(event.data).includes('composing'),
    ),
  );
  const isUnavailable = (): boolean => {
    const last = ben.events.filter((event) => event.name === 'presence.update').at(-1);
    return JSON.stringify(last?.data).includes('"unavailable"');
  };
  await Promise.all([desk.end(), laptop.end()]);
  await until('unavailable', isUnavailable);
  await Promise.all([desk.login(), laptop.login()]);
  await until('available again', () => !isUnavailable());
});

test('one-time keys are handed out once, and a device that runs low uploads more', async () => {
  const keysOf = async (): Promise<number> => {
    const { body } = await kit.get<{ devices: { device: number; preKeys: number }[] }>(`/api/phones/${ANNA}`);
    return body.devices.find((device) => device.device === 1)?.preKeys ?? 0;
  };
  const user = { tag: 'user', attrs: { jid: `${ANNA}:1@s.whatsapp.net` } };
  const ask = {
    tag: 'iq',
    attrs: { xmlns: 'encrypt', type: 'get', to: '@s.whatsapp.net' },
    content: [{ tag: 'key', attrs: {}, content: [user] }],
  };
  const answers = await Promise.all(Array.from({ length: 4 }, () => ben.live.query(structuredClone(ask))));
  const ids = answers.map(
    (answer) =>
      /<key.*?<id>(.*?)<\/id>/.exec(JSON.stringify(answer))?.[1] ??
      JSON.stringify(answer).match(/"tag":"key".*?"data":\[(.*?)\]/)?.[1],
  );
  expect(new Set(ids).size).toBe(4);
  await until('new keys', async () => (await keysOf()) >= 5);
});

test('the phone unlinks a companion: 401, no way back, and nobody writes to it any more', async () => {
  expect((await kit.ask('DELETE', `/api/phones/${ANNA}/devices/2`)).status).toBe(200);
  await laptop.closed(401);
  laptop.closes.length = 0;
  laptop.connect();
  await laptop.closed(401);
  expect((await kit.ask('DELETE', `/api/phones/${ANNA}/devices/2`)).status).toBe(404);
  await ben.caughtUp();
  const id = await ben.say(ANNA, 'only to the desk');
  await desk.heard('only to the desk');
  const devices = (await kit.ledger(`number=${ANNA}&messageId=${id}&kind=delivered`)).map(
    (line) => line.device,
  );
  expect(devices.sort()).toEqual([0, 1]);
});

test('a companion that logs out is gone from the phone', async () => {
  await desk.live.logout();
  await until('no device left', async () => {
    const { body } = await kit.get<{ devices: unknown[] }>(`/api/phones/${ANNA}`);
    return body.devices.length === 0;
  });
  expect(kit.problems).toEqual([]);
});

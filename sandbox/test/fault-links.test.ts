import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { until } from './until.ts';

const OTHER = '628661000099';
const WAITING_BYTES_MAX = 200_000;
const LONG = 'x'.repeat(4000);
let kit: TestSandbox;
let nextNumber = 1;

beforeAll(async () => {
  kit = await TestSandbox.start({ waitingBytesMax: WAITING_BYTES_MAX });
  await kit.post('/api/phones', { number: OTHER });
});
afterEach(() => kit.ask('DELETE', '/api/faults'));
afterAll(() => kit.close());

async function someone(): Promise<{ client: Client; number: string }> {
  const number = `6286610000${String(nextNumber++).padStart(2, '0')}`;
  return { client: await kit.settled(number), number };
}

const fault = async (order: Record<string, unknown>) => (await kit.fault(order)).id;

const clear = (id: string) => kit.ask('DELETE', `/api/faults/${id}`);
const writes = (text: string, to: string) =>
  kit.post(`/api/phones/${OTHER}/messages`, { to, type: 'text', text });
const shownTo = async (from: string) => (await kit.seen(OTHER, from)).map((message) => message.text);

test('a ban ends the stream and refuses logins with 403 until it is lifted', async () => {
  const { client, number } = await someone();
  const ban = await fault({ name: 'ban', number });
  await client.closed(403);
  expect(client.closes.at(-1)).toEqual({ code: 403, message: 'Stream Errored (unknown)' });
  client.closes.length = 0;
  client.connect();
  await until('the refusal', () => client.closes.length > 0);
  expect(client.closes).toEqual([{ code: 403, message: 'Connection Failure' }]);
  await clear(ban);
  await client.login();
});

test('a fault of connections with a chance strikes as the chance falls, and never at chance zero', async () => {
  const { client, number } = await someone();
  client.closes.length = 0;
  const ids = [];
  for (const name of ['close', 'ban', 'device-removed'])
    ids.push(await fault({ name, number, probability: 0, seed: 1 }));
  expect(await client.live.onWhatsApp(OTHER)).toMatchObject([{ exists: true }]);
  expect(client.closes).toEqual([]);
  for (const each of (await kit.get<{ hits: number }[]>('/api/faults')).body) expect(each.hits).toBe(0);
  for (const id of ids) await clear(id);
  await fault({ name: 'close', number, probability: 1 });
  await client.closed(428);
});

test('a fault for one device or one child leaves others alone, and its count is kept', async () => {
  const { client, number } = await someone();
  const second = await kit.linked(number);
  for (const each of [client, second]) await each.say(OTHER, 'warm');
  await fault({ name: 'refuse-message', number, device: 2, count: 2 });
  const codes = async (each: Client, count: number) => {
    const found: (string | undefined)[] = [];
    for (let index = 0; index < count; index += 1) {
      const id = await each.say(OTHER, `number ${index}`);
      found.push((await until('the ack', () => each.acks.find((ack) => ack.id === id))).error);
    }
    return found;
  };
  expect(await codes(client, 2)).toEqual([undefined, undefined]);
  expect(await codes(second, 3)).toEqual(['463', '463', undefined]);
  expect((await kit.get('/api/faults')).body).toMatchObject([{ hits: 2, left: 0 }]);
  await fault({ name: 'rate-limit', number, stanza: 'iq', child: 'list' });
  expect(await client.live.onWhatsApp(OTHER)).toMatchObject([{ exists: true }]);
  await expect(client.live.fetchBlocklist()).resolves.toEqual([]);
  await fault({ name: 'rate-limit', number, stanza: 'iq', child: 'usync' });
  await expect(client.live.onWhatsApp(OTHER)).rejects.toMatchObject({ data: 429 });
});

test('a stream error that says nothing is seen as 500', async () => {
  const { client, number } = await someone();
  client.closes.length = 0;
  await fault({ name: 'stream-error', number });
  await until('the close', () => client.closes.length > 0);
  expect(client.closes).toEqual([{ code: 500, message: 'Stream Errored (unknown)' }]);
  await client.login();
});

test('a keep-alive notices a half-open connection, though no goodbye ever comes', async () => {
  const { client, number } = await someone();
  await client.end();
  client.connect({ keepAliveIntervalMs: 300 });
  await until('open', () => client.opens >= 2);
  const socket = client.live;
  client.closes.length = 0;
  const id = await fault({ name: 'half-open', number });
  await writes('into the hole', number);
  await until('the client gives up', () => socket.ws.isClosing);
  expect(client.closes).toEqual([]);
  await clear(id);
  await until('the close', () => client.closes.length > 0);
  expect(client.closes).toEqual([{ code: 408, message: 'Connection was lost' }]);
  await client.login();
  await client.heard('into the hole');
});

test('what was held in a half-open connection passes when it ends, in order, and nothing is lost', async () => {
  const { client, number } = await someone();
  await client.say(OTHER, 'before');
  await until('the first', async () => (await shownTo(number)).length === 1);
  const id = await fault({ name: 'half-open', number });
  const said = [await client.say(OTHER, 'one'), await client.say(OTHER, 'two')];
  for (const text of ['three', 'four']) await writes(text, number);
  expect(await shownTo(number)).toEqual(['before', 'three', 'four']);
  expect(client.texts()).toEqual([]);
  await clear(id);
  await client.heard('four');
  await until('both acks', () => said.every((each) => client.acks.some((ack) => ack.id === each)));
  expect(client.texts()).toEqual(['three', 'four']);
  expect((await shownTo(number)).filter((text) => text === 'one' || text === 'two')).toEqual(['one', 'two']);
});

test('a connection half-open outwards takes in what the client says; its acks come at the end', async () => {
  const { client, number } = await someone();
  const warm = await client.say(OTHER, 'warm');
  await client.reaches(warm, 3);
  const id = await fault({ name: 'half-open', number, direction: 'out' });
  const said = await client.say(OTHER, 'heard and not answered');
  await until('it arrives', async () => (await shownTo(number)).includes('heard and not answered'));
  expect(client.acks.some((ack) => ack.id === said)).toBe(false);
  await clear(id);
  await until('the ack', () => client.acks.some((ack) => ack.id === said));
});

test('a client for which too much waits is cut, and gets everything when it comes back', async () => {
  const { client, number } = await someone();
  client.closes.length = 0;
  const id = await fault({ name: 'half-open', number, direction: 'out' });
  const texts = Array.from({ length: 6 }, (_, index) => `${index}${'x'.repeat(60_000)}`);
  for (const text of texts) await writes(text, number);
  await until('the cut', () => client.closes.length > 0);
  await clear(id);
  await client.login();
  await client.heard(texts.at(-1)!);
  expect(client.texts()).toEqual(texts);
  expect(kit.problems.at(-1)).toContain('bytes unread');
});

test('a connection replaced while it is half-open is not told, and closes when the fault ends', async () => {
  const { client, number } = await someone();
  const old = client.live;
  client.closes.length = 0;
  const id = await fault({ name: 'half-open', number });
  const before = client.opens;
  client.connect();
  await until('the new one to open', () => client.opens > before);
  expect(client.closes).toEqual([]);
  expect(old.ws.isOpen).toBe(true);
  await clear(id);
  await until('the close of the old one', () => client.closes.length > 0);
  expect(client.closes).toEqual([{ code: 440, message: 'Stream Errored (conflict)' }]);
});

test('bandwidth slows each direction by the number of bytes, and loses nothing', async () => {
  const { client, number } = await someone();
  await client.reaches(await client.say(OTHER, 'warm'), 3);
  await writes('warm too', number);
  await client.heard('warm too');
  const taken = async (direction: 'in' | 'out', work: () => Promise<unknown>): Promise<number> => {
    const id = await fault({ name: 'bandwidth', number, direction, bytesPerSecond: 10_000 });
    const startedAt = performance.now();
    await work();
    await clear(id);
    return performance.now() - startedAt;
  };
  const saysLong = async () => {
    const id = await client.say(OTHER, LONG);
    await until('the ack', () => client.acks.some((ack) => ack.id === id));
  };
  const hearsLong = async () => {
    await writes(`${LONG}!`, number);
    await client.heard(`${LONG}!`);
  };
  // A message to two devices is two ciphertexts of 4,000 bytes, what comes to one device is one.
  expect(await taken('in', saysLong)).toBeGreaterThan(790);
  expect(await taken('out', hearsLong)).toBeGreaterThan(390);
  expect(await shownTo(number)).toEqual(['warm', 'warm too', LONG, `${LONG}!`]);
});

test('a late receipt is overtaken by the next one', async () => {
  const { client, number } = await someone();
  await fault({ name: 'late-receipt', number, delayMs: 700 });
  const id = await client.say(OTHER, 'read before it was delivered');
  await until('the ack', () => client.acks.some((ack) => ack.id === id));
  await kit.post(`/api/phones/${OTHER}/read`, { chat: number });
  const told = () => client.statuses.filter((each) => each.id === id && each.status >= 3);
  await until('both receipts', () => told().length >= 2);
  expect(told().map(({ status }) => status)).toEqual([4, 3]);
});

test('a lost ack goes unnoticed, and the message arrives', async () => {
  const { client, number } = await someone();
  await fault({ name: 'lose-ack', number });
  const id = await client.say(OTHER, 'delivered without a word');
  await client.reaches(id, 3);
  expect(client.acks).toEqual([]);
  const next = await client.say(OTHER, 'and this with one');
  await until('the next ack', () => client.acks.some((ack) => ack.id === next));
});

test('a QR that nobody scans ends with 408', async () => {
  const client = kit.client({ qrTimeout: 50 });
  client.connect();
  await until('the close', () => client.closes.length > 0);
  expect(client.closes).toEqual([{ code: 408, message: 'QR refs attempts ended' }]);
});

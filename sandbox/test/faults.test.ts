import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { until } from './until.ts';

const OTHER = '628444000099';
let kit: TestSandbox;
let next = 1;

beforeAll(async () => {
  kit = await TestSandbox.start();
  await kit.post('/api/phones', { number: OTHER });
});
afterEach(() => kit.ask('DELETE', '/api/faults'));
afterAll(() => kit.close());

async function someone(): Promise<{ client: Client; number: string }> {
  const number = `6284440000${String(next++).padStart(2, '0')}`;
  return { client: await kit.settled(number), number };
}

const fault = async (order: Record<string, unknown>) => (await kit.fault(order)).id;

const endings: [string, number, string][] = [
  ['stream-503', 503, 'Stream Errored (unknown)'],
  ['restart', 515, 'Stream Errored (restart required)'],
  ['replaced', 440, 'Stream Errored (conflict)'],
  ['multi-device-mismatch', 411, 'Multi-device beta not joined'],
  ['stream-end', 428, 'Connection Terminated by Server'],
  ['close', 428, 'Connection Terminated'],
  ['terminate', 428, 'Connection Terminated'],
  ['device-removed', 401, 'Stream Errored (conflict)'],
];

test('faults that end a connection are seen with their codes; all but the last allow a return', async () => {
  const { client, number } = await someone();
  for (const [name, code, message] of endings) {
    client.closes.length = 0;
    await fault({ name, number });
    await until(`the close of ${name}`, () => client.closes.length > 0);
    expect(client.closes, name).toEqual([{ code, message }]);
    if (name !== 'device-removed') await client.login();
  }
  client.closes.length = 0;
  client.connect();
  await client.closed(401);
  expect((await kit.get(`/api/phones/${number}`)).body).toMatchObject({ devices: [] });
});

test('a fault that waits for a stanza strikes when it comes', async () => {
  const { client, number } = await someone();
  await fault({ name: 'restart', number, stanza: 'message' });
  await client.say(OTHER, 'this ends it').catch(() => undefined);
  await client.closed(515);
});

test('logins are refused with the code that was asked for', async () => {
  const { client, number } = await someone();
  await client.end();
  for (const code of [401, 403, 405, 503]) {
    client.closes.length = 0;
    const id = await fault({ name: `login-${code}`, number });
    client.connect();
    await until('the close', () => client.closes.length > 0);
    expect(client.closes).toEqual([{ code, message: 'Connection Failure' }]);
    await kit.ask('DELETE', `/api/faults/${id}`);
  }
  await client.login();
});

test('a network that goes mute is noticed by the keep-alive', async () => {
  const { client, number } = await someone();
  await client.end();
  client.connect({ keepAliveIntervalMs: 300 });
  await until('open', () => client.opens >= 2);
  client.closes.length = 0;
  await fault({ name: 'mute', number });
  await until('the close', () => client.closes.length > 0);
  expect(client.closes).toEqual([{ code: 408, message: 'Connection was lost' }]);
});

test('a connection that is accepted and never answered, or never greeted, times out', async () => {
  const { client } = await someone();
  for (const [name, message] of [
    ['silent-tcp', /timed out/i],
    ['no-server-hello', /timed out/i],
  ] as const) {
    await client.end();
    client.closes.length = 0;
    const id = await fault({ name });
    client.connect({ connectTimeoutMs: 500 });
    await until('the close', () => client.closes.length > 0);
    expect(client.closes[0]?.code, name).toBe(408);
    expect(client.closes[0]?.message).toMatch(message);
    await kit.ask('DELETE', `/api/faults/${id}`);
  }
});

test('an upgrade that is forbidden is answered 403 and destroyed', async () => {
  await fault({ name: 'upgrade-403' });
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  };
  const asked = request(`${kit.url}/ws/chat`, { headers });
  const status = new Promise((resolve, reject) =>
    asked.on('response', (response) => resolve(response.statusCode)).on('error', reject),
  );
  asked.end();
  expect(await status).toBe(403);
});

test('a forbidden upgrade is never told to the client; one answered with a page times out', async () => {
  const [forbidden, answered] = [kit.client(), kit.client()];
  const hits = async () => (await kit.get<{ hits: number }[]>('/api/faults')).body[0]?.hits;
  const id = await fault({ name: 'upgrade-403' });
  forbidden.connect({ connectTimeoutMs: 400 });
  await until('the refusal', async () => (await hits()) === 1);
  await kit.ask('DELETE', `/api/faults/${id}`);
  await fault({ name: 'upgrade-200' });
  answered.connect({ connectTimeoutMs: 500 });
  await until('the close', () => answered.closes.length > 0);
  expect(answered.closes).toEqual([{ code: 408, message: expect.stringMatching(/handshake has timed out/) }]);
  expect(forbidden.closes).toEqual([]);
});

test('a network that is not there is told at once', async () => {
  const gone = await TestSandbox.start();
  await gone.close();
  const client = kit.client({ waWebSocketUrl: gone.webSocketUrl });
  client.connect();
  await until('the close', () => client.closes.length > 0);
  expect(client.closes).toEqual([{ code: 408, message: expect.stringMatching(/ECONNREFUSED/) }]);
});

test('a query is rate limited and the connection stays', async () => {
  const { client, number } = await someone();
  await fault({ name: 'rate-limit', number, xmlns: 'usync' });
  await expect(client.live.onWhatsApp(OTHER)).rejects.toMatchObject({ message: 'rate-overlimit', data: 429 });
  expect(await client.live.onWhatsApp(OTHER)).toMatchObject([{ exists: true }]);
});

test('a lost answer leaves the query to its timeout', async () => {
  const { client, number } = await someone();
  await fault({ name: 'drop-answer', number, xmlns: 'blocklist' });
  const iq = { tag: 'iq', attrs: { xmlns: 'blocklist', to: '@s.whatsapp.net', type: 'get' } };
  await expect(client.live.query(structuredClone(iq), 300)).rejects.toThrow('Timed Out');
  expect(await client.live.query(structuredClone(iq), 5000)).toMatchObject({ attrs: { type: 'result' } });
  await client.end();
  client.connect({ defaultQueryTimeoutMs: 500 });
  await until('open', () => client.opens >= 2);
  client.lines.length = 0;
  // As a client asks itself: with its usual patience, and without looking at what it gets.
  await fault({ name: 'drop-answer', number, xmlns: 'blocklist' });
  expect(await client.live.query(iq)).toBeUndefined();
  expect(client.warnings()).toContain('timed out waiting for message');
});

test('a message is refused with the code that was asked for', async () => {
  const { client, number } = await someone();
  for (const code of [463, 479]) {
    await fault({ name: 'refuse-message', number, code });
    const id = await client.say(OTHER, `refused with ${code}`);
    await until('the error', () => client.statuses.some((each) => each.id === id && each.status === 0));
    expect(client.acks.find((ack) => ack.id === id)?.error).toBe(String(code));
  }
  expect(await kit.seen(OTHER, number)).toEqual([]);
});

test('slow is slow, by as much as is asked for or by half a second, and keeps the order', async () => {
  const { client, number } = await someone();
  for (const [order, ms] of [
    [{ delayMs: 300 }, 290],
    [{}, 490],
  ] as const) {
    const id = await fault({ name: 'slow', number, ...order });
    const startedAt = performance.now();
    await client.live.onWhatsApp(OTHER);
    expect(performance.now() - startedAt).toBeGreaterThan(ms);
    await kit.ask('DELETE', `/api/faults/${id}`);
  }
});

test('held acks leave nobody without the message, and go out when the fault ends', async () => {
  const { client, number } = await someone();
  const id = await fault({ name: 'hold-acks', number });
  const messageId = await client.say(OTHER, 'held');
  await client.reaches(messageId, 3);
  expect(client.acks).toEqual([]);
  expect((await kit.seen(OTHER, number)).map((message) => message.text)).toEqual(['held']);
  await kit.ask('DELETE', `/api/faults/${id}`);
  await until('the ack', () => client.acks.some((ack) => ack.id === messageId && !ack.error));
});

test('a message that is not routed is acknowledged and reaches nobody', async () => {
  const { client, number } = await someone();
  await fault({ name: 'no-route', number });
  const id = await client.say(OTHER, 'into the void');
  await until('the ack', () => client.acks.some((ack) => ack.id === id));
  await client.say(OTHER, 'and this arrives');
  await until('the next', async () => (await kit.seen(OTHER, number)).length > 0);
  expect((await kit.seen(OTHER, number)).map((message) => message.text)).toEqual(['and this arrives']);
  expect((await kit.ledger(`messageId=${id}&number=${number}`)).map((line) => line.kind)).toContain(
    'unrouted',
  );
});

test('messages come twice or out of order when they are told to', async () => {
  const { client, number } = await someone();
  const from = '628444000088';
  const writes = (text: string) =>
    kit.post(`/api/phones/${from}/messages`, { to: number, type: 'text', text });
  await writes('zero');
  await client.heard('zero');
  // The first message of a chat may be followed by more that is not ours to count.
  await client.caughtUp();
  await fault({ name: 'deliver-twice', number });
  const { body } = await writes('twice');
  await client.heard('twice');
  await until('both are answered', async () => {
    const lines = await kit.ledger(`number=${number}&messageId=${body.id}`);
    return lines.filter((line) => line.direction === 'in').length >= 2;
  });
  await fault({ name: 'out-of-order', number, delayMs: 300 });
  await writes('first');
  await writes('second');
  await client.heard('first');
  expect(client.texts()).toEqual(['zero', 'twice', 'second', 'first']);
});

test('a lost receipt leaves the sender without news', async () => {
  const { client, number } = await someone();
  await fault({ name: 'lose-receipt', number, stanza: 'receipt' });
  const from = '628444000089';
  await kit.post(`/api/phones/${from}/messages`, { to: number, type: 'text', text: 'no news of this' });
  await client.heard('no news of this');
  await client.caughtUp();
  await kit.post(`/api/phones/${from}/messages`, { to: number, type: 'text', text: 'but of this' });
  await until('news of the second', async () =>
    (await kit.seen(from)).some((message) => message.status === 'delivered'),
  );
  expect((await kit.seen(from)).map((message) => message.status)).toEqual(['sent', 'delivered']);
});

test('a corrupt frame is one the client cannot decode, and who catches that is heard as before', async () => {
  const { client, number } = await someone();
  client.closes.length = 0;
  const guards = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  const rejected = new Promise<unknown>((resolve) => process.once('unhandledRejection', resolve));
  await fault({ name: 'corrupt-frame', number, stanza: 'ack' });
  await client.say(OTHER, 'its ack is cut in half');
  expect(String(await rejected)).toMatch(/end of stream/);
  for (const guard of guards) process.on('unhandledRejection', guard);
  await client.reaches(await client.say(OTHER, 'and this is heard'), 3);
  expect(client.closes).toEqual([]);
});

test('chance is drawn from the seed, so the same seed strikes the same messages', async () => {
  const { client, number } = await someone();
  const struck: boolean[][] = [];
  for (let round = 0; round < 2; round += 1) {
    await fault({ name: 'refuse-message', number, count: 100, probability: 0.5, seed: 7 });
    const ids: string[] = [];
    for (let index = 0; index < 8; index += 1) ids.push(await client.say(OTHER, `maybe ${index}`));
    await until('all acks', () => ids.every((id) => client.acks.some((ack) => ack.id === id)));
    struck.push(ids.map((id) => client.acks.find((ack) => ack.id === id)?.error !== undefined));
    await kit.ask('DELETE', '/api/faults');
  }
  expect(struck[0]).toEqual(struck[1]);
  expect(new Set(struck[0]).size).toBe(2);
});

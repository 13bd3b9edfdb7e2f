import { cpSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startSandbox } from '../src/index.ts';
import type { Client } from './client.ts';
import { TestSandbox, temporaryFolder } from './kit.ts';
import { until } from './until.ts';

let kit: TestSandbox;
let nextNumber = 1;

beforeAll(async () => {
  kit = await TestSandbox.start();
});
afterEach(() => kit.ask('DELETE', '/api/faults'));
afterAll(() => kit.close());

const newNumber = (): string => `6286620000${String(nextNumber++).padStart(2, '0')}`;

async function someone(): Promise<{ client: Client; number: string }> {
  const number = newNumber();
  return { client: await kit.settled(number), number };
}

async function newPhone(): Promise<string> {
  const number = newNumber();
  await kit.post('/api/phones', { number });
  return number;
}

const fault = (order: Record<string, unknown>) => kit.fault(order);

const writes = (from: string, to: string, text: string) =>
  kit.post(`/api/phones/${from}/messages`, { to, type: 'text', text });
const refusalOf = async (client: Client, id: string): Promise<string | undefined> =>
  (await until('the ack', () => client.acks.find((ack) => ack.id === id))).error;
const preKeysOf = async (number: string): Promise<number[]> =>
  (await kit.get<{ devices: { preKeys: number }[] }>(`/api/phones/${number}`)).body.devices.map(
    (device) => device.preKeys,
  );

test('one-time keys are lost for the named device alone, and new friends write without one', async () => {
  const { client, number } = await someone();
  await kit.linked(number);
  const [first = 0, second = 0] = await preKeysOf(number);
  expect(Math.min(first, second)).toBeGreaterThan(0);
  expect(await fault({ name: 'lose-prekeys', number, device: 1 })).toMatchObject({ hits: 1, left: 0 });
  expect(await preKeysOf(number)).toEqual([0, second]);
  const { client: friend } = await someone();
  await friend.say(number, 'without a key of its own');
  await client.heard('without a key of its own');
  await client.end();
  await client.login();
  await until('new keys', async () => ((await preKeysOf(number))[0] ?? 0) > 0);
});

test('a phone that forgets its sessions asks for the next message again, and shows it', async () => {
  const { client, number } = await someone();
  const phone = await newPhone();
  await client.say(phone, 'first');
  await until('the first', async () => (await kit.seen(phone)).length === 1);
  await writes(phone, number, 'so the session is settled');
  await client.heard('so the session is settled');
  expect(await fault({ name: 'forget-sessions', number: phone })).toMatchObject({ hits: 1, left: 0 });
  const id = await client.say(phone, 'second');
  await until('the second', async () => (await kit.seen(phone)).some((message) => message.id === id));
  const kinds = (await kit.ledger(`messageId=${id}`)).map((line) => line.kind);
  expect(kinds).toContain('undecryptable');
  expect(kinds).toContain('resend');
  await writes(phone, number, 'and back');
  await client.heard('and back');
});

test('a phone is off for a while: what is written to it waits, and is delivered when it is back', async () => {
  const { client } = await someone();
  const phone = await newPhone();
  const { id: off } = await fault({ name: 'phone-offline', number: phone });
  expect((await kit.get(`/api/phones/${phone}`)).body.online).toBe(false);
  expect((await writes(phone, newNumber(), 'from a phone that is off')).status).toBe(409);
  const id = await client.say(phone, 'waiting');
  expect(await refusalOf(client, id)).toBeUndefined();
  expect(client.statuses.some((each) => each.id === id && each.status >= 3)).toBe(false);
  await kit.ask('DELETE', `/api/faults/${off}`);
  await client.reaches(id, 3);
  expect((await kit.get(`/api/phones/${phone}`)).body.online).toBe(true);
});

test('a phone that was off before stays off when the fault ends', async () => {
  const phone = await newPhone();
  await kit.ask('PUT', `/api/phones/${phone}`, { online: false });
  const { id } = await fault({ name: 'phone-offline', number: phone });
  await kit.ask('DELETE', `/api/faults/${id}`);
  expect((await kit.get(`/api/phones/${phone}`)).body.online).toBe(false);
});

test('a phone that two faults keep off is on when both have ended', async () => {
  const phone = await newPhone();
  const [one, two] = [
    await fault({ name: 'phone-offline', number: phone }),
    await fault({ name: 'phone-offline' }),
  ];
  const isOn = async () => (await kit.get(`/api/phones/${phone}`)).body.online;
  await kit.ask('DELETE', `/api/faults/${one.id}`);
  expect(await isOn()).toBe(false);
  await kit.ask('DELETE', `/api/faults/${two.id}`);
  expect(await isOn()).toBe(true);
});

test('a fault for a number that nobody has named yet makes its phone, and strikes it', async () => {
  const number = newNumber();
  expect(await fault({ name: 'phone-offline', number })).toMatchObject({ hits: 1 });
  expect((await kit.get(`/api/phones/${number}`)).body.online).toBe(false);
});

test('a network that is killed while a fault keeps a phone off starts again with the phone on', async () => {
  const [phone, left] = [await newPhone(), await newPhone()];
  await kit.ask('PUT', `/api/phones/${left}`, { online: false });
  await fault({ name: 'phone-offline', number: phone });
  expect((await kit.get(`/api/phones/${phone}`)).body.online).toBe(false);
  using folder = temporaryFolder();
  // What is on the disk now is what a killed network finds there.
  cpSync(kit.folder.path, folder.path, { recursive: true });
  const again = await startSandbox({ port: 0, dataDir: folder.path });
  const isOn = async (number: string) =>
    ((await (await fetch(`${again.url}/api/phones/${number}`)).json()) as { online: boolean }).online;
  expect([await isOn(phone), await isOn(left)]).toEqual([true, false]);
  await again.close();
});

test('the reach-out timelock refuses strangers with 463 and nobody else', async () => {
  const { client, number } = await someone();
  const [friend, stranger] = [await newPhone(), await newPhone()];
  await writes(friend, number, 'we know each other');
  await client.heard('we know each other');
  const { id } = await fault({ name: 'reachout-timelock', number });
  expect(await refusalOf(client, await client.say(friend, 'so this passes'))).toBeUndefined();
  const refused = await client.say(stranger, 'and this does not');
  expect(await refusalOf(client, refused)).toBe('463');
  await until('status', () => client.statuses.some((each) => each.id === refused && each.status === 0));
  expect(await kit.seen(stranger)).toEqual([]);
  await kit.ask('DELETE', `/api/faults/${id}`);
  expect(await refusalOf(client, await client.say(stranger, 'now it does'))).toBeUndefined();
});

test('a message over the limit is refused with 429, and the next is not', async () => {
  const { client, number } = await someone();
  const phone = await newPhone();
  await client.say(phone, 'warm');
  await fault({ name: 'rate-limit', number, stanza: 'message' });
  const id = await client.say(phone, 'too many');
  expect(await refusalOf(client, id)).toBe('429');
  await until('the error', () => client.statuses.some((each) => each.id === id && each.status === 0));
  expect(await refusalOf(client, await client.say(phone, 'just right'))).toBeUndefined();
});

test('a network that is closed while a fault keeps a phone off starts again with the phone on', async () => {
  const phone = await newPhone();
  await fault({ name: 'phone-offline', number: phone });
  await kit.restart();
  expect((await kit.get(`/api/phones/${phone}`)).body.online).toBe(true);
  expect((await kit.get('/api/faults')).body).toEqual([]);
});

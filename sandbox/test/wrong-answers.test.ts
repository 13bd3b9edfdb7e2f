import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { until } from './until.ts';

let kit: TestSandbox;
let nextNumber = 1;

beforeAll(async () => {
  kit = await TestSandbox.start();
});
afterEach(() => kit.ask('DELETE', '/api/faults'));
afterAll(() => kit.close());

const newNumber = (): string => `6285560000${String(nextNumber++).padStart(2, '0')}`;

async function someone(): Promise<{ client: Client; number: string }> {
  const number = newNumber();
  return { client: await kit.settled(number), number };
}

/** A person the clients have not heard of yet. */
async function stranger(): Promise<{ number: string; lid: string }> {
  const number = newNumber();
  const { body } = await kit.post<{ lid: string }>('/api/phones', { number });
  return { number, lid: `${body.lid}@lid` };
}

const fault = (order: Record<string, unknown>) => kit.fault(order);

/** Opens a socket that can't log in or pair, and gives how it ends. */
async function howItEnds(client: Client): Promise<unknown> {
  client.connect();
  await until('the close', () => client.closes.length > 0);
  return client.closes[0];
}

const writes = (from: string, to: string, text: string) =>
  kit.post<{ id: string }>(`/api/phones/${from}/messages`, { to, type: 'text', text });

const certificates: [string, string][] = [
  ['certificate-without-leaf', 'invalid noise leaf certificate'],
  ['certificate-without-intermediate', 'invalid noise intermediate certificate'],
  ['certificate-short-signature', 'noise certificate signature invalid'],
  ['certificate-wrong-issuer', 'certification match failed'],
];

test.each(certificates)('%s closes with 400: %s', async (name, message) => {
  await fault({ name });
  expect(await howItEnds(kit.client())).toEqual({ code: 400, message });
});

test('signatures of certificates that nobody made are accepted: the client does not check them', async () => {
  await fault({ name: 'certificate-garbage-signature' });
  const client = kit.client();
  client.connect();
  await until('a QR', () => client.qr);
  expect(client.closes).toEqual([]);
});

test.each([
  ['pair-success-wrong-hmac', 'Invalid account signature'],
  ['pair-success-without-device', 'Missing device-identity or device in pair success node'],
])('%s closes with 500: %s, and nothing is linked', async (name, message) => {
  const number = newNumber();
  await fault({ name, number });
  const client = kit.client();
  client.connect();
  const qr = await until('a QR', () => client.qr);
  const scanned = await kit.post(`/api/phones/${number}/scan`, { qr });
  expect(scanned.status).toBe(409);
  expect(client.closes).toEqual([{ code: 500, message }]);
  expect((await kit.get(`/api/phones/${number}`)).body).toMatchObject({ devices: [] });
});

test('a login that tells no LID opens, and the client forgets its own', async () => {
  const { client, number } = await someone();
  await client.end();
  expect(client.creds.me?.lid).toMatch(/@lid$/);
  await fault({ name: 'success-without-lid', number });
  await client.login();
  expect(client.creds.me?.lid).toBeUndefined();
});

test('a count of keys that never comes delays the opening until the query times out', async () => {
  const { client, number } = await someone();
  await client.end();
  client.lines.length = 0;
  await fault({ name: 'count-unanswered', number });
  const startedAt = performance.now();
  client.connect({ defaultQueryTimeoutMs: 600 });
  await until('open', () => client.opens >= 2);
  expect(performance.now() - startedAt).toBeGreaterThan(550);
  expect(client.warnings()).toEqual(
    expect.arrayContaining([
      'timed out waiting for message',
      'Failed to check/upload pre-keys during initialization',
    ]),
  );
});

test('a digest that is none makes the client upload five more keys at each login', async () => {
  const { client, number } = await someone();
  const keys = async () =>
    (await kit.get<{ devices: { preKeys: number }[] }>(`/api/phones/${number}`)).body.devices[0]?.preKeys ??
    0;
  await client.end();
  await fault({ name: 'no-digest', number });
  for (let round = 0; round < 2; round += 1) {
    const before = await keys();
    client.lines.length = 0;
    await client.login();
    await until('five more keys', async () => (await keys()) === before + 5);
    expect(client.warnings()).toContain('failed to run digest after login');
    await client.end();
  }
});

test('a client never told the end of what waited opens and hears, but never says it has all', async () => {
  const { client, number } = await someone();
  const saysAll = () =>
    client.events.filter(
      ({ name, data }) =>
        name === 'connection.update' &&
        (data as { receivedPendingNotifications?: boolean }).receivedPendingNotifications === true,
    ).length;
  const before = saysAll();
  await client.end();
  await fault({ name: 'no-offline-end', number });
  await client.login();
  await writes(newNumber(), number, 'still heard');
  await client.heard('still heard');
  expect(saysAll()).toBe(before);
});

test('a silent phone costs a new companion twenty seconds, and is heard at the next login', async () => {
  const number = newNumber();
  await fault({ name: 'no-history', number });
  const client = kit.client();
  const waits = globalThis.setTimeout;
  // The client's own patience is twenty seconds; here they pass sooner.
  globalThis.setTimeout = Object.assign(
    (callback: () => void, delayMs?: number) => waits(callback, delayMs === 20_000 ? 500 : delayMs),
    waits,
  );
  try {
    client.connect();
    const qr = await until('a QR', () => client.qr);
    await kit.post(`/api/phones/${number}/scan`, { qr });
    await client.closed(515);
    await client.login();
    await until('its patience to end', () =>
      client
        .warnings()
        .includes('Timeout in AwaitingInitialSync, forcing state to Online and flushing buffer'),
    );
  } finally {
    globalThis.setTimeout = waits;
  }
  expect(client.creds.myAppStateKeyId).toBeUndefined();
  await client.end();
  await kit.ask('DELETE', '/api/faults');
  await client.login();
  await until('the app-state key', () => client.creds.myAppStateKeyId);
});

test('app-state answers without collections are asked again without end, until they are right', async () => {
  const { client, number } = await someone();
  const asked = async () =>
    (await kit.ledger(`number=${number}&kind=stanza`)).filter(
      (line) => line.direction === 'in' && line.flags.includes('xmlns=w:sync:app:state'),
    ).length;
  const before = await asked();
  await fault({ name: 'app-state-empty', number });
  const syncing = client.live.resyncAppState(['regular'], false);
  await until('many queries', async () => (await asked()) > before + 50);
  await kit.ask('DELETE', '/api/faults');
  await syncing;
  const after = await asked();
  await client.live.onWhatsApp(number);
  expect(await asked()).toBe(after);
});

test('privacy without categories turns read receipts into ones that the sender never sees', async () => {
  const { client, number } = await someone();
  const from = newNumber();
  await fault({ name: 'privacy-empty', number });
  expect(await client.live.fetchPrivacySettings(true)).toEqual({});
  await writes(from, number, 'read this');
  const { key } = await client.heard('read this');
  await client.live.readMessages([key]);
  const receipts = async () =>
    (await kit.ledger(`number=${number}&messageId=${key.id}`)).filter((line) => line.direction === 'in');
  await until('the receipt', async () => (await receipts()).some((line) => line.type === 'read-self'));
  expect((await kit.seen(from)).map((message) => message.status)).toEqual(['delivered']);
});

test('who exists without a LID can not be written to', async () => {
  const { client, number } = await someone();
  const other = await stranger();
  await fault({ name: 'usync-without-lid', number });
  await expect(client.say(other.number, 'nowhere')).rejects.toThrow('All encryptions failed');
  expect(client.warnings()).toEqual(
    expect.arrayContaining([
      'USync fetch yielded no results for pending PNs',
      'transaction failed, rolling back',
    ]),
  );
  expect(client.lines.some(({ msg }) => msg.startsWith('Failed to encrypt for recipient'))).toBe(true);
});

test('a person without devices gets no message: a strict network refuses, a lenient one drops it', async () => {
  const { client, number } = await someone();
  await fault({ name: 'usync-without-devices', number });
  const errors: unknown[] = [];
  for (const level of ['strict', 'lenient']) {
    const other = await stranger();
    await kit.ask('PUT', '/api/strictness', { level });
    const id = await client.say(other.number, 'to nobody');
    errors.push((await until('the ack', () => client.acks.find((ack) => ack.id === id))).error);
    expect(await kit.seen(other.number)).toEqual([]);
  }
  expect(errors).toEqual(['479', undefined]);
  await kit.ask('PUT', '/api/strictness', { level: 'strict' });
});

test('a LID that is told of a LID is warned of, and the message arrives', async () => {
  const { client, number } = await someone();
  const other = await stranger();
  await fault({ name: 'usync-lid-for-lid', number });
  await client.say(other.lid, 'by LID');
  expect(client.warnings().some((line) => line.startsWith('Invalid LID-PN mapping'))).toBe(true);
  await until('it arrives', async () => (await kit.seen(other.number)).some(({ text }) => text === 'by LID'));
});

test('a key bundle that is an error fails the whole message with its text', async () => {
  const { client, number } = await someone();
  await fault({ name: 'bundle-error', number });
  await expect(client.say((await stranger()).number, 'no keys')).rejects.toThrow('no keys for this user');
  expect(client.warnings()).toContain('failed to assert sessions for newly mapped LIDs');
});

test('a key bundle that is missing fails the message', async () => {
  const { client, number } = await someone();
  await fault({ name: 'bundle-missing', number });
  client.lines.length = 0;
  await expect(client.say((await stranger()).number, 'no keys')).rejects.toThrow('All encryptions failed');
  expect(client.warnings()).toEqual(['Failed to encrypt for recipient', 'transaction failed, rolling back']);
});

test('a signed prekey with a signature that is not true fails the message', async () => {
  const { client, number } = await someone();
  const other = await stranger();
  await fault({ name: 'bundle-wrong-signature', number });
  await expect(client.say(other.number, 'trusting')).rejects.toThrow('Invalid signature on device key');
  expect(await kit.seen(other.number)).toEqual([]);
});

test('a question for devices that is over the limit fails the message', async () => {
  const { client, number } = await someone();
  await fault({ name: 'rate-limit', number, xmlns: 'usync' });
  await expect(client.say((await stranger()).number, 'too many')).rejects.toThrow('rate-overlimit');
  expect(client.warnings()).toContain('transaction failed, rolling back');
});

test('a missing ack is not noticed, and the message arrives', async () => {
  const { client, number } = await someone();
  const other = await stranger();
  await fault({ name: 'message-ack-missing', number });
  const id = await client.say(other.number, 'unacknowledged');
  await client.reaches(id, 3);
  expect(client.acks).toEqual([]);
});

test('a group message without its participant is dropped with an error and nacked', async () => {
  const { client, number } = await someone();
  const from = newNumber();
  const order = { by: from, subject: 'Bakery', members: [number] };
  const { body } = await kit.post<{ id: string; jid: string }>('/api/groups', order);
  const group = body.jid ?? body.id;
  await fault({ name: 'strip-attribute', attribute: 'participant', stanza: 'message', number });
  const lost = await writes(from, group, 'by nobody');
  await until('the error', () => client.warnings().includes('error in handling message'));
  await writes(from, group, 'by somebody');
  await client.heard('by somebody');
  expect(client.texts()).not.toContain('by nobody');
  const lines = await kit.ledger(`number=${number}&messageId=${lost.body.id}`);
  expect(lines.find((line) => line.direction === 'in' && line.tag === 'ack')?.flags).toMatch(/error=\d+/);
});

test('a group whose members come without phone numbers is shown with LIDs alone', async () => {
  const { client, number } = await someone();
  const order = { by: number, subject: 'Bakery', members: [newNumber()], addressingMode: 'lid' };
  const { body } = await kit.post<{ jid: string }>('/api/groups', order);
  const numbers = async () =>
    (await client.live.groupMetadata(body.jid)).participants.map((each) => each.phoneNumber);
  await fault({
    name: 'strip-attribute',
    attribute: 'phone_number',
    path: 'group participant',
    stanza: 'iq',
    number,
  });
  expect(await numbers()).toEqual([undefined, undefined]);
  expect(await numbers()).toEqual([`${number}@s.whatsapp.net`, expect.stringMatching(/@s\.whatsapp\.net$/)]);
});

test('a message without ciphertext is shown as absent, and the phone is asked for it', async () => {
  const { client, number } = await someone();
  // More than one: what the phone still tells its new companion may be struck first.
  await fault({ name: 'message-without-enc', number, count: 20 });
  // A phone that answers at once may turn the placeholder into the message before anybody has seen it.
  await kit.ask('PUT', `/api/phones/${number}`, { online: false });
  const { body } = await writes(newNumber(), number, 'absent');
  const shown = await until('the placeholder', () => client.received.find(({ key }) => key.id === body.id));
  expect(shown).toMatchObject({
    messageStubType: 2,
    messageStubParameters: ['Message absent from node'],
  });
  const requests = async () =>
    (await kit.ledger(`number=${number}&kind=message`)).filter((line) => line.flags.includes('peer'));
  await until('the request', async () => (await requests()).length > 0);
});

test('a message that came garbled is asked for until it can be read, and is shown once', async () => {
  const { client, number } = await someone();
  // A slow client asks its own phone, too, and the phone's answer would be struck instead of the message.
  await kit.ask('PUT', `/api/phones/${number}`, { online: false });
  await fault({ name: 'message-garbled', number, count: 3 });
  const { body } = await writes(newNumber(), number, 'legible at last');
  await client.heard('legible at last');
  expect(client.texts()).toEqual(['legible at last']);
  const asked = (await kit.ledger(`messageId=${body.id}&kind=retry`)).map(({ flags }) => flags);
  expect(asked).toEqual(['count=1', 'count=2', 'count=3']);
});

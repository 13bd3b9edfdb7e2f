import type { BinaryNode } from 'baileys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { until } from './until.ts';

const ANNA = '628111000001';
const BEN = '628111000002';
const CARL = '628111000003';
let kit: TestSandbox;
let anna: Client;
let ben: Client;

beforeAll(async () => {
  kit = await TestSandbox.start();
  await kit.post('/api/phones', { number: CARL, name: 'Carl' });
  [anna, ben] = await Promise.all([kit.linked(ANNA), kit.linked(BEN)]);
});
afterAll(() => kit.close());

test('texts between two clients arrive decrypted, and the senders learn of delivery and reading', async () => {
  const first = await anna.say(BEN, 'hello Ben');
  const heard = await ben.heard('hello Ben');
  expect(heard.key.remoteJid).toBe(`${ANNA}@s.whatsapp.net`);
  await anna.reaches(first, 3);
  await ben.live.readMessages([heard.key]);
  await anna.reaches(first, 4);
  const answer = await ben.say(ANNA, 'hello Anna');
  await anna.heard('hello Anna');
  await ben.reaches(answer, 3);
  expect(anna.acks.some((ack) => ack.id === first && ack.error === undefined)).toBe(true);
});

test('a message names sender and chat by number and by LID, however it was addressed', async () => {
  const laptop = await kit.linked(ANNA);
  const atBen: BinaryNode[] = [];
  const atLaptop: BinaryNode[] = [];
  ben.live.ws.on('CB:message', (stanza: BinaryNode) => atBen.push(stanza));
  laptop.live.ws.on('CB:message', (stanza: BinaryNode) => atLaptop.push(stanza));
  const bare = (jid?: string): string => jid?.replace(/:\d+@/, '@') ?? '';
  const [annasLid, bensLid] = [bare(anna.creds.me?.lid), bare(ben.creds.me?.lid)];
  const [annas, bens] = [`${ANNA}@s.whatsapp.net`, `${BEN}@s.whatsapp.net`];
  for (const [to, names, ownNames] of [
    [bens, { sender_lid: annasLid }, { recipient: bens, peer_recipient_lid: bensLid }],
    [bensLid, { sender_pn: annas }, { recipient: bensLid, peer_recipient_pn: bens }],
  ] as const) {
    const id = await anna.say(to, `named ${to}`);
    const given = (stanzas: BinaryNode[]) =>
      until('the message', () => stanzas.find(({ attrs }) => attrs.id === id)?.attrs);
    expect(await given(atBen)).toMatchObject(names);
    expect(await given(atLaptop)).toMatchObject(ownNames);
  }
  await kit.ask('DELETE', `/api/phones/${ANNA}/devices/${laptop.id.split(/[:@]/)[1]}`);
});

test('who was away is told how much waits before it comes', async () => {
  await ben.end();
  const ids = [await anna.say(BEN, 'while away 1'), await anna.say(BEN, 'while away 2')];
  await until('both wait', async () => {
    const { body } = await kit.get<{ devices: { pending: number }[] }>(`/api/phones/${BEN}`);
    return (body.devices[0]?.pending ?? 0) >= ids.length;
  });
  const heard: BinaryNode[] = [];
  ben.connect().ws.on('CB:ib', (stanza: BinaryNode) => heard.push(stanza));
  await ben.heard('while away 2');
  const inside = heard.flatMap(({ content }) => (Array.isArray(content) ? content : []));
  const [preview] = inside.filter(({ tag }) => tag === 'offline_preview');
  expect(preview?.attrs).toMatchObject({ message: '2' });
  expect(Number(preview?.attrs.count)).toBeGreaterThanOrEqual(2);
});

test('both phones see what their companions sent and received, with its status', async () => {
  const id = await anna.say(BEN, 'for the phones');
  await ben.heard('for the phones');
  await anna.reaches(id, 3);
  const onAnnas = (await kit.seen(ANNA, BEN)).find((message) => message.id === id);
  expect(onAnnas).toMatchObject({ fromMe: true, text: 'for the phones', type: 'text', status: 'delivered' });
  const onBens = (await kit.seen(BEN, ANNA)).find((message) => message.id === id);
  expect(onBens).toMatchObject({ fromMe: false, from: ANNA, text: 'for the phones', status: 'received' });
});

test('without a companion a phone confirms a text at once, and opening the chat reads it', async () => {
  const id = await anna.say(CARL, 'hello Carl');
  await anna.reaches(id, 3);
  expect(await kit.seen(CARL)).toMatchObject([
    { chat: ANNA, from: ANNA, text: 'hello Carl', status: 'received' },
  ]);
  expect((await kit.post(`/api/phones/${CARL}/read`, { chat: ANNA })).body).toEqual({ read: 1 });
  await anna.reaches(id, 4);
});

test('a person writes from the phone, with and without a companion of its own', async () => {
  const { body } = await kit.post<{ id: string }>(`/api/phones/${CARL}/messages`, {
    to: `+${ANNA}`,
    type: 'text',
    text: 'Carl here',
  });
  const heard = await anna.heard('Carl here');
  expect(heard.key).toMatchObject({ id: body.id, fromMe: false, remoteJid: `${CARL}@s.whatsapp.net` });
  expect(heard.pushName).toBe('Carl');
  await until(
    'delivered',
    async () => (await kit.seen(CARL)).find((message) => message.id === body.id)?.status === 'delivered',
  );
  await kit.post(`/api/phones/${ANNA}/messages`, {
    to: CARL,
    type: 'text',
    text: 'Anna typing on the phone',
  });
  const copy = await anna.heard('Anna typing on the phone');
  expect(copy.key).toMatchObject({ fromMe: true, remoteJid: `${CARL}@s.whatsapp.net` });
  await until('seen', async () =>
    (await kit.seen(CARL)).some((message) => message.text === 'Anna typing on the phone'),
  );
});

test('the same id of the same device is acknowledged again and delivered to nobody again', async () => {
  const id = await anna.say(BEN, 'only once', 'REPEATED01');
  await ben.heard('only once');
  await anna.reaches(id, 3);
  await anna.say(BEN, 'only once', 'REPEATED01');
  await until('two acks', () => anna.acks.filter((ack) => ack.id === id).length === 2);
  await anna.say(BEN, 'after the repeat');
  await ben.heard('after the repeat');
  expect(ben.texts().filter((text) => text === 'only once')).toHaveLength(1);
  expect((await kit.seen(BEN)).filter((message) => message.id === id)).toHaveLength(1);
  const kinds = (await kit.ledger(`messageId=${id}&number=${ANNA}`)).map((line) => line.kind);
  expect(kinds.filter((kind) => kind === 'message')).toHaveLength(1);
  expect(kinds.filter((kind) => kind === 'wire-repeat')).toHaveLength(1);
});

test('a phone that is off gets its mail, and confirms it, when it is on again', async () => {
  await kit.ask('PUT', `/api/phones/${CARL}`, { online: false });
  const id = await anna.say(CARL, 'are you there?');
  await until('the ack', () => anna.acks.some((ack) => ack.id === id));
  expect(anna.statuses.some((each) => each.id === id && each.status >= 3)).toBe(false);
  expect((await kit.post(`/api/phones/${CARL}/messages`, { to: ANNA, type: 'text', text: 'x' })).status).toBe(
    409,
  );
  await kit.ask('PUT', `/api/phones/${CARL}`, { online: true });
  await anna.reaches(id, 3);
  expect((await kit.seen(CARL)).some((message) => message.text === 'are you there?')).toBe(true);
});

test('what was sent to a client that is away waits in order and leaves nothing pending', async () => {
  await ben.caughtUp();
  await ben.end();
  for (const text of ['one', 'two', 'three', 'four', 'five']) await anna.say(BEN, `away ${text}`);
  await until('five acks', async () => (await kit.ledger(`number=${ANNA}&kind=message`)).length >= 5);
  const before = ben.texts().length;
  await ben.login();
  await ben.heard('away five');
  expect(ben.texts().slice(before)).toEqual(
    ['one', 'two', 'three', 'four', 'five'].map((text) => `away ${text}`),
  );
  expect(ben.upsertTypes.at(-1)).toBe('append');
  await ben.caughtUp();
});

test('a client that is not shown online confirms quietly; the sender learns of plain delivery', async () => {
  await ben.caughtUp();
  await ben.end();
  const before = ben.opens;
  ben.connect({ markOnlineOnConnect: false });
  await until('an open connection', () => ben.opens > before);
  const id = await anna.say(BEN, 'are you hiding?');
  await anna.reaches(id, 3);
  const receipts = (await kit.ledger(`messageId=${id}&kind=stanza`)).filter(({ tag }) => tag === 'receipt');
  const types = (number: string, way: string): string[] =>
    receipts.filter((line) => line.number === number && line.direction === way).map(({ type }) => type);
  expect(types(BEN, 'in')).toEqual(['inactive']);
  expect(types(ANNA, 'out')).toEqual(['']);
  await ben.end();
  await ben.login();
});

test('a client that lost its sessions asks again and gets the message', async () => {
  await ben.caughtUp();
  await ben.end();
  ben.keys.forget('session');
  await ben.login();
  const id = await anna.say(BEN, 'heal me');
  await ben.heard('heal me');
  await anna.reaches(id, 3);
  expect((await kit.ledger(`messageId=${id}&kind=retry`)).length).toBeGreaterThan(0);
  await kit.post(`/api/phones/${CARL}/messages`, { to: BEN, type: 'text', text: 'heal the phone too' });
  await ben.heard('heal the phone too');
});

test('a chat that is addressed by LID is answered by LID, with the same statuses', async () => {
  const lid = `${(await kit.get<{ lid: string }>(`/api/phones/${BEN}`)).body.lid}@lid`;
  const id = await anna.say(lid, 'by your other name');
  const heard = await ben.heard('by your other name');
  expect(heard.key.remoteJid).toMatch(/@lid$/);
  expect(heard.key.remoteJidAlt).toBe(`${ANNA}@s.whatsapp.net`);
  await anna.reaches(id, 3);
  await ben.live.readMessages([heard.key]);
  await anna.reaches(id, 4);
  expect((await kit.seen(BEN, ANNA)).some((message) => message.id === id)).toBe(true);
});

test('a note to oneself is accepted and is on the phone', async () => {
  const id = await anna.say(ANNA, 'buy bread');
  await until('the ack', () => anna.acks.some((ack) => ack.id === id && !ack.error));
  await until('seen', async () =>
    (await kit.seen(ANNA, ANNA)).some((message) => message.text === 'buy bread'),
  );
});

test('a phone shows edits, revocations and reactions as a person would see them', async () => {
  const first = await anna.send(CARL, { text: 'tomorow' });
  const second = await anna.send(CARL, { text: 'a mistake' });
  await anna.send(CARL, { text: 'tomorrow', edit: first });
  await anna.send(CARL, { delete: second });
  await anna.send(CARL, { react: { text: '👍', key: first } });
  const seen = await until('the reaction', async () => {
    const messages = await kit.seen(CARL, ANNA);
    return messages.some((message) => message.type === 'reaction') ? messages : undefined;
  });
  expect(seen.find((message) => message.id === first.id)).toMatchObject({ type: 'text', text: 'tomorrow' });
  expect(seen.find((message) => message.id === second.id)).toMatchObject({ type: 'revoked', text: '' });
});

test('strangers that all write to each other at once lose nothing and hear nothing twice', async () => {
  const numbers = ['628111000011', '628111000012', '628111000013'];
  const clients = await Promise.all(numbers.map((number) => kit.linked(number)));
  const texts = (from: number, to: number): string[] =>
    Array.from({ length: 15 }, (_, index) => `${from}>${to} ${index}`);
  const pairs = [
    [0, 1],
    [1, 0],
    [0, 2],
    [2, 0],
    [1, 2],
    [2, 1],
  ] as [number, number][];
  await Promise.all(
    pairs.flatMap(([from, to]) => texts(from, to).map((text) => clients[from]!.say(numbers[to]!, text))),
  );
  for (const [to, client] of clients.entries()) {
    const expected = pairs.filter((pair) => pair[1] === to).flatMap(([from]) => texts(from, to));
    await until(`everything for ${to}`, () => expected.every((text) => client.texts().includes(text)));
    expect(client.texts().sort()).toEqual(expected.sort());
  }
  const onPhone = (await kit.seen(numbers[0]!)).map((message) => message.text);
  expect(onPhone.sort()).toEqual(
    pairs
      .filter((pair) => pair.includes(0))
      .flatMap((pair) => texts(...pair))
      .sort(),
  );
});

test('no stanza was misunderstood on the way', () => {
  expect(kit.problems).toEqual([]);
});

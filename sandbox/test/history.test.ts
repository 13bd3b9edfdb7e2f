import { inflateSync } from 'node:zlib';
import { type BaileysEventMap, proto } from 'baileys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, textOf } from './client.ts';
import { TestSandbox } from './kit.ts';
import { until } from './until.ts';

const ANNA = '628722000001';
const BEN = '628722000002';
const CARLA = '628722000003';
const FAMILY = '120363000000000002@g.us';
const UNTIL = Date.UTC(2026, 0, 31);
const { INITIAL_BOOTSTRAP, PUSH_NAME, RECENT, FULL, ON_DEMAND, NON_BLOCKING_DATA } =
  proto.HistorySync.HistorySyncType;
let kit: TestSandbox;

type HistorySet = BaileysEventMap['messaging-history.set'];

const setsOf = (client: Client): HistorySet[] =>
  client.events
    .filter((event) => event.name === 'messaging-history.set')
    .map((event) => event.data as HistorySet);

/** Every message of the history, each as often as it was told. */
const toldTo = (client: Client) => setsOf(client).flatMap((set) => set.messages);

const past = (number: string, order: object) =>
  kit.post(`/api/phones/${number}/history`, { until: UNTIL, ...order });

type Notification = proto.Message.IHistorySyncNotification;

/** A companion's pieces of history as they came over the wire, before the client merges or drops anything. */
class Pieces {
  readonly all: proto.HistorySync[] = [];
  readonly #takesFull: boolean;

  constructor(takesFull: boolean) {
    this.#takesFull = takesFull;
  }

  readonly shouldSyncHistoryMessage = ({
    syncType,
    initialHistBootstrapInlinePayload,
  }: Notification): boolean => {
    const isTaken = this.#takesFull || Number(syncType) !== FULL;
    const payload = initialHistBootstrapInlinePayload;
    if (payload && isTaken) this.all.push(proto.HistorySync.decode(inflateSync(payload)));
    return isTaken;
  };

  of(type: proto.HistorySync.HistorySyncType): proto.HistorySync[] {
    return this.all.filter((piece) => piece.syncType === type);
  }

  messages(): proto.IWebMessageInfo[] {
    const conversations = this.all.flatMap((piece) => piece.conversations);
    return conversations.flatMap((chat) => chat.messages ?? []).flatMap(({ message }) => message ?? []);
  }
}

const piecesOf = new WeakMap<Client, Pieces>();

/** Links a companion and waits until it has been told everything, and has told so itself. */
async function linkedAndTold(number: string, config = {}, takesFull = false): Promise<Client> {
  const pieces = new Pieces(takesFull);
  const { shouldSyncHistoryMessage } = pieces;
  const client = await kit.linked(number, { ...config, shouldSyncHistoryMessage });
  piecesOf.set(client, pieces);
  const last = takesFull ? FULL : RECENT;
  await until('the last piece', () => pieces.of(last).some((piece) => piece.progress === 100));
  await until('all of it to be told', () => {
    const told = new Set(toldTo(client).map(({ key }) => key.id));
    return pieces.messages().every((message) => told.has(message.key?.id));
  });
  await client.caughtUp();
  return client;
}

/** How many messages went out to a device. */
async function stanzasTo(number: string, device: number): Promise<number> {
  const lines = await kit.ledger(`number=${number}&kind=delivered`);
  return lines.filter((line) => line.device === device).length;
}

beforeAll(async () => {
  kit = await TestSandbox.start();
});
afterAll(() => kit.close());

test('a past is made from a seed: the same again adds nothing, and nobody else learns of it', async () => {
  const order = { chats: 3, messages: 30, seed: 7 };
  expect(await past(CARLA, order)).toMatchObject({ status: 200, body: { chats: 3, messages: 30 } });
  const seen = await kit.seen(CARLA);
  expect(await past(CARLA, order)).toMatchObject({ body: { chats: 0, messages: 0 } });
  expect(await kit.seen(CARLA)).toEqual(seen);
  await past(BEN, order);
  const texts = (await kit.seen(BEN)).map(({ id, text }) => [id, text]);
  expect(texts).toEqual(seen.map(({ id, text }) => [id, text]));
  for (const other of new Set(seen.map((message) => message.chat))) expect(await kit.seen(other)).toEqual([]);
});

test('a new companion is told how long the messages of each chat last, and since when', async () => {
  const [DORA, EMIL] = ['628722000094', '628722000095'];
  for (const number of [DORA, EMIL]) await kit.post('/api/phones', { number, name: number });
  await kit.post(`/api/phones/${DORA}/messages`, { to: EMIL, type: 'disappearing', seconds: 604_800 });
  const client = await linkedAndTold(EMIL);
  const chats = setsOf(client).flatMap((set) => set.chats);
  const dora = chats.find(({ id }) => id?.startsWith(DORA));
  expect(dora).toMatchObject({ ephemeralExpiration: 604_800 });
  expect(Math.abs(Number(dora?.ephemeralSettingTimestamp) - Date.now() / 1000)).toBeLessThan(60);
});

test('2,000 messages reach a new companion in bounded pieces, none lost, doubled or misplaced', async () => {
  await past(ANNA, { chats: 25, messages: 2000, seed: 1 });
  await kit.post(`/api/phones/${ANNA}/state`, { change: 'contact', contact: BEN, name: 'Ben Baker' });
  await kit.post(`/api/phones/${BEN}/messages`, { to: ANNA, type: 'text', text: 'hello Anna' });
  const seen = (await kit.get<Seen[]>(`/api/phones/${ANNA}/messages?limit=10000`)).body;
  const said = seen.filter((message) => message.type !== 'reaction');
  expect(said).toHaveLength(2001);
  const [anna] = await Promise.all([linkedAndTold(ANNA), sayWhileSyncing()]);
  const pieces = piecesOf.get(anna)!;
  const sent = pieces.messages().map(({ key }) => `${key?.remoteJid} ${key?.id} ${key?.fromMe}`);
  const expected = said.map((each) => `${each.chat}@s.whatsapp.net ${each.id} ${each.fromMe}`);
  expect(new Set(sent).size).toBe(sent.length);
  expect(expected.filter((each) => !sent.includes(each))).toEqual([]);
  const told = toldTo(anna).map(({ key }) => `${key.remoteJid} ${key.id} ${key.fromMe}`);
  expect(told.toSorted()).toEqual(sent.toSorted());
  checkShape(pieces);
  expect(anna.warnings().filter((line) => !line.includes('stream errored'))).toEqual([]);
});

interface Seen {
  id: string;
  chat: string;
  type: string;
  text: string;
  fromMe: boolean;
  status: string;
  quoted?: { id: string };
}

/** Ten messages while the companion is being linked and told. */
async function sayWhileSyncing(): Promise<void> {
  for (let index = 0; index < 10; index += 1) {
    await kit.post(`/api/phones/${CARLA}/messages`, { to: ANNA, type: 'text', text: `live ${index}` });
  }
}

/** Kinds, bounds, order and progress of the pieces. */
function checkShape(pieces: Pieces): void {
  const kinds = new Set(pieces.all.map((piece) => piece.syncType));
  expect([...kinds]).toEqual([INITIAL_BOOTSTRAP, PUSH_NAME, NON_BLOCKING_DATA, RECENT]);
  const sizes = pieces.all.map((piece) => piece.conversations.flatMap((chat) => chat.messages ?? []).length);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(250);
  const recent = pieces.of(RECENT);
  expect(recent.length).toBeGreaterThan(6);
  expect(recent.map((piece) => piece.chunkOrder)).toEqual(recent.map((_, index) => index + 1));
  const progress = recent.map((piece) => piece.progress ?? 0);
  expect(progress).toEqual(progress.toSorted((one, other) => one - other));
  expect(progress.at(-1)).toBe(100);
}

test('messages that come during the sync arrive, and are seen once each', async () => {
  const carla = await kit.linked(CARLA);
  const speaking = (async () => {
    for (let index = 0; index < 10; index += 1) await carla.say(ANNA, `during ${index}`);
  })();
  const [second] = await Promise.all([linkedAndTold(ANNA), speaking]);
  const everything = [...toldTo(second), ...second.received];
  for (let index = 0; index < 10; index += 1) {
    const ids = await until(`during ${index}`, () => {
      const found = [...toldTo(second), ...second.received].filter(
        (each) => textOf(each) === `during ${index}`,
      );
      return found.length > 0 ? new Set(found.map((each) => each.key.id)) : undefined;
    });
    expect(ids.size).toBe(1);
  }
  expect(everything.length).toBeGreaterThan(2000);
});

test('history tells of chats as they are: names, unread, mute, pin, LID, quotes and reactions', async () => {
  const end = Date.now() + 3_600_000;
  await kit.post(`/api/phones/${ANNA}/state`, { change: 'mute', chat: BEN, until: end });
  await kit.post(`/api/phones/${ANNA}/state`, { change: 'pin', chat: BEN, pinned: true });
  const third = await linkedAndTold(ANNA);
  const sets = setsOf(third);
  const chat = sets.flatMap((set) => set.chats).find((each) => each.id === `${BEN}@s.whatsapp.net`);
  expect(chat).toMatchObject({ name: 'Ben Baker', unreadCount: 1, muteEndTime: expect.anything() });
  expect(Number(chat?.muteEndTime)).toBeGreaterThanOrEqual(Math.floor(end / 1000));
  expect(Number(chat?.pinned)).toBeGreaterThan(0);
  const { body: ben } = await kit.get<{ lid: string }>(`/api/phones/${BEN}`);
  expect(chat?.lidJid).toBe(`${ben.lid}@lid`);
  expect(await third.live.signalRepository.lidMapping.getLIDForPN(`${BEN}@s.whatsapp.net`)).toContain(
    ben.lid,
  );
  const messages = toldTo(third);
  const seen = (await kit.get<Seen[]>(`/api/phones/${ANNA}/messages?limit=10000`)).body;
  const quoting = seen.find((message) => message.quoted);
  const context = messages.find(({ key }) => key.id === quoting?.id)?.message?.extendedTextMessage
    ?.contextInfo;
  expect(context?.stanzaId).toBe(quoting?.quoted?.id);
  const reactions = seen.filter((message) => message.type === 'reaction').length;
  expect(reactions).toBeGreaterThan(10);
  expect(messages.filter((message) => (message.reactions ?? []).length > 0)).toHaveLength(reactions);
  expect(messages.filter((message) => message.message?.reactionMessage)).toEqual([]);
  const names = sets.flatMap((set) => set.contacts).filter((contact) => contact.notify !== undefined);
  expect(names.length).toBeGreaterThan(25);
});

test('an imported past is told too, also of groups with who wrote', async () => {
  const messages = [
    { chat: BEN, text: 'long ago', timestamp: UNTIL - 1000, id: 'IMPORTED1' },
    { chat: FAMILY, from: CARLA, text: 'from the family', timestamp: UNTIL, read: false, id: 'IMPORTED2' },
    { chat: FAMILY, fromMe: true, text: 'to the family', timestamp: UNTIL + 1000, id: 'IMPORTED3' },
  ];
  const number = '628722000004';
  const imported = await kit.post(`/api/phones/${number}/history/import`, { messages });
  expect(imported).toMatchObject({ status: 200, body: { added: 3, known: 0 } });
  expect((await kit.post(`/api/phones/${number}/history/import`, { messages })).body).toEqual({
    added: 0,
    known: 3,
  });
  const dewi = await linkedAndTold(number);
  const keys = toldTo(dewi).map(({ key, messageTimestamp }) => ({ ...key, at: Number(messageTimestamp) }));
  expect(keys).toHaveLength(3);
  expect(keys).toContainEqual(
    expect.objectContaining({ id: 'IMPORTED2', remoteJid: FAMILY, participant: `${CARLA}@s.whatsapp.net` }),
  );
  expect(keys.find((key) => key.id === 'IMPORTED1')?.at).toBe(Math.floor((UNTIL - 1000) / 1000));
  const family = setsOf(dewi)
    .flatMap((set) => set.chats)
    .find((chat) => chat.id === FAMILY);
  expect(family?.unreadCount).toBe(1);
});

test('older messages of a chat come on demand, page by page to the end', async () => {
  const number = '628722000005';
  const texts = Array.from({ length: 30 }, (_, index) => ({
    ...{
      chat: BEN,
      text: `page ${index}`,
      timestamp: UNTIL + index * 1000,
      id: `PAGE${String(index).padStart(2, '0')}`,
    },
  }));
  await kit.post(`/api/phones/${number}/history/import`, { messages: texts });
  await kit.restart({ recentMessagesMax: 10 });
  const emil = await linkedAndTold(number, { syncFullHistory: false });
  expect(toldTo(emil)).toHaveLength(10);
  const key = { remoteJid: `${BEN}@s.whatsapp.net`, fromMe: false, id: 'PAGE20' };
  const request = await emil.live.fetchMessageHistory(12, key, Math.floor(UNTIL / 1000) + 20);
  const first = await answerTo(emil, request);
  expect(first.messages.map((each) => each.key.id)).toEqual(
    texts
      .slice(8, 20)
      .map(({ id }) => id)
      .reverse(),
  );
  const rest = await answerTo(
    emil,
    await emil.live.fetchMessageHistory(50, { ...key, id: 'PAGE08' }, Math.floor(UNTIL / 1000) + 8),
  );
  expect(rest.messages).toHaveLength(8);
  const end = await emil.live.fetchMessageHistory(50, { ...key, id: 'PAGE00' }, Math.floor(UNTIL / 1000));
  expect((await answerTo(emil, end)).messages).toEqual([]);
});

function answerTo(client: Client, request: string): Promise<HistorySet> {
  return until(`the answer to ${request}`, () =>
    setsOf(client).find((set) => set.syncType === ON_DEMAND && set.peerDataRequestSessionId === request),
  );
}

test('a piece that a companion could not read is given again when it asks', async () => {
  const number = '628722000009';
  await past(number, { chats: 2, messages: 20, seed: 5 });
  const client = await linkedAndTold(number);
  const delivered = async (): Promise<string[]> =>
    (await kit.ledger(`number=${number}&kind=delivered`)).map((line) => line.messageId);
  const [, id = ''] = await delivered();
  const retry = { tag: 'retry', attrs: { count: '1', id, t: '1', v: '1', error: '0' } };
  const attrs = { id, type: 'retry', to: `${number}@s.whatsapp.net` };
  const { registrationId } = client.creds;
  const content = Buffer.from([0, 0, registrationId >> 8, registrationId & 255]);
  await client.live.sendNode({
    ...{ tag: 'receipt', attrs },
    content: [retry, { tag: 'registration', attrs: {}, content }],
  });
  await until('it again', async () => (await delivered()).filter((each) => each === id).length === 2);
  await until('it to be read', () => piecesOf.get(client)!.of(INITIAL_BOOTSTRAP).length === 2);
});

test('a message that came without content is given by the phone when it is asked for', async () => {
  const anna = await kit.linked('628722000006');
  const { body } = await kit.post<{ id: string }>(`/api/phones/${BEN}/messages`, {
    ...{ to: '628722000006', type: 'text', text: 'say it again' },
  });
  await anna.heard('say it again');
  anna.received.length = 0;
  const key = { remoteJid: `${BEN}@s.whatsapp.net`, fromMe: false, id: body.id };
  await anna.live.requestPlaceholderResend(key);
  expect((await anna.heard('say it again')).key.id).toBe(body.id);
});

test('a request that a phone has no answer to is noted, and answered with nothing', async () => {
  const number = '628722000010';
  const client = await kit.linked(number);
  const { PeerDataOperationRequestType: Wanted } = proto.Message;
  const lines = (kind: string) => kit.ledger(`number=${number}&kind=${kind}`);
  for (const name of ['GENERATE_LINK_PREVIEW', 'HISTORY_SYNC_ON_DEMAND'] as const) {
    const messageId = await client.live.sendPeerDataOperationMessage({
      peerDataOperationRequestType: Wanted[name],
    });
    await until(`the note of ${name}`, async () =>
      (await lines('unanswered')).some((line) => line.type === name && line.messageId === messageId),
    );
  }
  await client.caughtUp();
  // What is told of the past of a new companion may still be coming; nothing of it is an answer.
  expect(setsOf(client).filter(({ syncType }) => syncType === ON_DEMAND)).toEqual([]);
});

test('a past longer than its recent part follows for those who asked for all', async () => {
  const number = '628722000007';
  await past(number, { chats: 5, messages: 900, seed: 3 });
  await kit.restart({ recentMessagesMax: 400 });
  const all = await linkedAndTold(number, {}, true);
  expect(piecesOf.get(all)!.of(FULL).length).toBeGreaterThan(1);
  const told = toldTo(all).map(({ key }) => key.id);
  expect(new Set(told).size).toBe(900);
  expect(told).toHaveLength(900);
  const recent = await linkedAndTold(number, { syncFullHistory: false });
  expect(toldTo(recent)).toHaveLength(400);
});

/** Messages in the pieces that went out to a device: 100 with the bootstrap, the fourth stanza, and 250 with each after it. */
async function messagesSent(number: string): Promise<number> {
  return 100 + 250 * ((await stanzasTo(number, 1)) - 4);
}

test('a sync that is cut off goes on where it was, after a restart too', async () => {
  const number = '628722000008';
  await kit.restart();
  await past(number, { chats: 40, messages: 5_000, seed: 4 });
  const client = kit.client();
  client.connect();
  const qr = await until('a QR', () => client.qr);
  await kit.post(`/api/phones/${number}/scan`, { qr });
  await until('the restart after pairing', () => client.closes.some((close) => close.code === 515));
  await client.login();
  await until('some history', () => toldTo(client).length > 300);
  await kit.ask('PUT', `/api/phones/${number}`, { online: false });
  await client.caughtUp();
  await until('all that was sent', async () => toldTo(client).length === (await messagesSent(number)));
  expect(toldTo(client).length).toBeLessThan(5_000);
  await client.end();
  await kit.restart();
  await client.login();
  await kit.ask('PUT', `/api/phones/${number}`, { online: true });
  await until('the rest', () => toldTo(client).length >= 5_000);
  await client.caughtUp();
  const ids = toldTo(client).map(({ key }) => key.id);
  expect(ids).toHaveLength(5_000);
  expect(new Set(ids).size).toBe(5_000);
  expect(kit.problems).toEqual([]);
});

test.each([
  ['/history', { chats: 0, messages: 1, seed: 1 }, 'chats'],
  ['/history', { chats: 1, messages: 1, seed: 1, from: 2, until: 1 }, 'from'],
  ['/history/import', { messages: [{ chat: FAMILY, text: 'x', timestamp: 1 }] }, 'from'],
  ['/history/import', { messages: [{ chat: 'nobody', text: 'x', timestamp: 1 }] }, 'nobody'],
])('a past that cannot be is refused by name: %s %j', async (path, body, named) => {
  const answer = await kit.post<{ error: { message: string } }>(`/api/phones/${ANNA}${path}`, body);
  expect(answer.status).toBe(400);
  expect(answer.body.error.message).toContain(named);
});

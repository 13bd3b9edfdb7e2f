import type { BinaryNode } from 'baileys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { fiveNumbers, gather, groupEvents, hearsOf, lidOf, makeGroup, pn, receiptsOf } from './group-kit.ts';
import type { TestSandbox } from './kit.ts';
import { until } from './until.ts';

const numbers = fiveNumbers('62851100000');
const [ANNA, BEN, CARL, DORA, EMIL] = numbers;
let kit: TestSandbox;
let anna: Client;
let ben: Client;
let carl: Client;

beforeAll(async () => {
  ({ kit, anna, ben, carl } = await gather(numbers));
});
afterAll(() => kit.close());

/** A group of Anna's that the given clients know of. */
const groupOf = (subject: string, members: string[], clients: Client[]) =>
  makeGroup(anna, subject, members, clients);

test('a group’s maker is superadmin, everybody hears of it, members are listed by both names', async () => {
  const id = await groupOf('Bakery', [BEN, CARL, DORA], [ben, carl]);
  const metadata = await ben.live.groupMetadata(id);
  expect(metadata).toMatchObject({
    id,
    subject: 'Bakery',
    addressingMode: 'lid',
    size: 4,
    owner: lidOf(anna),
  });
  expect(metadata.participants).toContainEqual(
    expect.objectContaining({ id: lidOf(anna), phoneNumber: pn(ANNA), admin: 'superadmin' }),
  );
  expect(metadata.participants).toContainEqual(
    expect.objectContaining({ id: lidOf(carl), phoneNumber: pn(CARL), admin: null }),
  );
  expect(Object.keys(await carl.live.groupFetchAllParticipating())).toContain(id);
  const { body } = await kit.get<{ members: unknown[] }>(`/api/groups/${id}`);
  expect(body.members).toContainEqual({ number: DORA, name: 'Dora', role: 'member' });
});

test('a text to a group reaches every device once, and each member’s receipts come back', async () => {
  const laptop = await kit.linked(BEN);
  const id = await groupOf('Team', [BEN, CARL, DORA], [ben, laptop, carl]);
  const first = await anna.say(id, 'hello team');
  await Promise.all([ben, laptop, carl].map((client) => client.heard('hello team')));
  const heard = await ben.heard('hello team');
  expect(heard.key).toMatchObject({
    remoteJid: id,
    participant: expect.stringContaining('@lid'),
    participantAlt: pn(ANNA),
    fromMe: false,
  });
  expect(await kit.seen(DORA, id)).toMatchObject([
    { chat: id, from: ANNA, text: 'hello team', type: 'text' },
  ]);
  await carl.live.readMessages([(await carl.heard('hello team')).key]);
  const userOf = (status: string) =>
    receiptsOf(anna, first)
      .filter((each) => each[status])
      .map((each) => each.userJid);
  await until('three deliveries', () => new Set(userOf('receiptTimestamp')).size >= 3);
  await until('a read by Carl', () => userOf('readTimestamp').includes(lidOf(carl)));
  const toAnna = await kit.ledger(`number=${ANNA}&messageId=${first}`);
  expect(toAnna.filter(({ tag, direction }) => tag === 'message' && direction === 'out')).toEqual([]);
  const reply = await ben.say(id, 'hello Anna');
  await Promise.all([anna, laptop, carl].map((client) => client.heard('hello Anna')));
  await until('Ben hears of it', () => receiptsOf(ben, reply).length >= 3);
  for (const client of [ben, laptop, carl])
    expect(client.texts().filter((text) => text === 'hello team')).toHaveLength(1);
  await laptop.end();
});

test('a phone writes to a group and reads it; opening the chat tells each author', async () => {
  const id = await groupOf('Phones', [BEN, DORA, EMIL], [ben]);
  const fromBen = await ben.say(id, 'who is there?');
  const fromAnna = await anna.say(id, 'I am');
  const sent = await kit.post<{ id: string }>(`/api/phones/${DORA}/messages`, {
    to: id,
    type: 'text',
    text: 'me too',
  });
  expect(sent.status).toBe(200);
  const [heard] = await Promise.all([anna.heard('me too'), ben.heard('me too')]);
  expect(heard).toMatchObject({ pushName: 'Dora', key: { remoteJid: id } });
  expect((await kit.seen(EMIL, id)).map((message) => message.text)).toEqual([
    'who is there?',
    'I am',
    'me too',
  ]);
  expect((await kit.post(`/api/phones/${EMIL}/read`, { chat: id })).body).toEqual({ read: 3 });
  const readBy = (client: Client, message: string) =>
    receiptsOf(client, message).some((each) => each.readTimestamp);
  await until('both hear of reading', () => readBy(ben, fromBen) && readBy(anna, fromAnna));
  await ben.live.readMessages([(await ben.heard('me too')).key]);
  const receipts = await until('Dora sees who read it', async () => {
    const mine: any = (await kit.seen(DORA, id)).find((message) => message.id === sent.body.id);
    return mine.receipts.filter((each: any) => each.readAt).length === 2 && mine;
  });
  expect(receipts.status).toBe('delivered');
  expect(receipts.receipts.map((each: any) => each.number).sort()).toEqual([ANNA, BEN, EMIL]);
});

test('a phone that a group does not let write is told so, and shows nothing as sent', async () => {
  const made = await kit.post<{ jid: string }>('/api/groups', { by: DORA, subject: 'News', members: [EMIL] });
  const { jid } = made.body;
  const write = (number: string, body: object) =>
    kit.post(`/api/phones/${number}/messages`, { to: jid, ...body });
  const forbidden = { status: 403, body: { error: { code: 'GROUP_FORBIDDEN' } } };
  const text = { type: 'text', text: 'may I?' };
  expect(await write(CARL, text)).toMatchObject(forbidden);
  await kit.ask('PUT', `/api/groups/${jid}`, { by: DORA, announcement: true });
  expect(await write(EMIL, text)).toMatchObject(forbidden);
  expect([await kit.seen(CARL, jid), await kit.seen(EMIL, jid)]).toEqual([[], []]);
  expect(await write(DORA, text)).toMatchObject({ status: 200 });
  expect(await kit.seen(EMIL, jid)).toMatchObject([{ text: 'may I?' }]);
  expect(await write(DORA, { type: 'disappearing', seconds: 86_400 })).toMatchObject({
    ...{ status: 400, body: { error: { message: expect.stringContaining('PUT /api/groups') } } },
  });
});

test('a group that names people by phone number works alike', async () => {
  const made = await kit.post<any>('/api/groups', {
    by: DORA,
    subject: 'Old style',
    members: [ANNA, BEN, EMIL],
    addressingMode: 'pn',
  });
  const id = made.body.jid;
  await Promise.all([hearsOf(anna, id), hearsOf(ben, id)]);
  expect(await anna.live.groupMetadata(id)).toMatchObject({
    addressingMode: 'pn',
    owner: pn(DORA),
    participants: expect.arrayContaining([expect.objectContaining({ id: pn(ANNA), lid: lidOf(anna) })]),
  });
  const sent = await anna.say(id, 'by number');
  expect((await ben.heard('by number')).key).toMatchObject({
    participant: pn(ANNA),
    participantAlt: lidOf(anna),
  });
  const actors: Record<string, string>[] = [];
  ben.live.ws.on('CB:notification,type:w:gp2', ({ attrs }: BinaryNode) => actors.push(attrs));
  await anna.live.groupUpdateSubject(id, 'Older style');
  await until('Ben hears of it', () => actors.length > 0);
  expect(actors).toMatchObject([{ from: id, participant: pn(ANNA), participant_lid: lidOf(anna) }]);
  await until('receipts by number', () => receiptsOf(anna, sent).some((each) => each.userJid === pn(BEN)));
  await kit.post(`/api/phones/${EMIL}/messages`, { to: id, type: 'text', text: 'old phone' });
  await Promise.all([anna.heard('old phone'), ben.heard('old phone')]);
});

test('whoever lost the keys of a group asks again and reads everything', async () => {
  const id = await groupOf('Healing', [BEN, CARL, DORA], [ben, carl]);
  await anna.say(id, 'one');
  await kit.post(`/api/phones/${DORA}/messages`, { to: id, type: 'text', text: 'two' });
  await Promise.all(['one', 'two'].map((text) => ben.heard(text)));
  ben.keys.forget('sender-key');
  await ben.end();
  await ben.login();
  await anna.say(id, 'three');
  await kit.post(`/api/phones/${DORA}/messages`, { to: id, type: 'text', text: 'four' });
  await Promise.all(['three', 'four'].map((text) => ben.heard(text)));
  const texts = ben.texts().filter((text) => ['one', 'two', 'three', 'four'].includes(text));
  expect(texts.sort()).toEqual(['four', 'one', 'three', 'two']);
  expect((await kit.ledger(`number=${BEN}&kind=retry`)).length).toBeGreaterThanOrEqual(2);
  await carl.heard('four');
  expect(carl.texts().filter((text) => text === 'three')).toHaveLength(1);
});

test('a new companion and a new member read what is written after they came', async () => {
  const id = await groupOf('Newcomers', [BEN], [ben]);
  await anna.say(id, 'early');
  const laptop = await kit.linked(BEN);
  await anna.live.groupParticipantsUpdate(id, [pn(CARL)], 'add');
  await hearsOf(carl, id);
  await anna.say(id, 'late');
  await Promise.all([laptop.heard('late'), carl.heard('late')]);
  expect(carl.texts()).not.toContain('early');
  await laptop.end();
});

test('a group has a picture, and who types in it is seen by the others', async () => {
  const id = await groupOf('Faces', [BEN, DORA], [ben]);
  await expect(ben.live.profilePictureUrl(id, 'image')).rejects.toMatchObject({ data: 404 });
  const set = await kit.ask('PUT', `/api/groups/${id}/picture`, { by: DORA });
  expect(set.status).toBe(200);
  await until('Ben hears of it', () =>
    groupEvents(ben, 'contacts.update').some((each) => each.id === id && each.imgUrl === 'changed'),
  );
  const url = (await ben.live.profilePictureUrl(id, 'image')) ?? '';
  expect((await fetch(url)).headers.get('content-type')).toBe('image/jpeg');
  await anna.live.groupSettingUpdate(id, 'locked');
  expect((await kit.ask('DELETE', `/api/groups/${id}/picture`, { by: DORA })).status).toBe(403);
  await anna.live.removeProfilePicture(id);
  await expect(ben.live.profilePictureUrl(id, 'image')).rejects.toMatchObject({ data: 404 });
  await kit.post(`/api/phones/${DORA}/presence`, { state: 'composing', to: id });
  const typing = await until('Ben sees Dora typing', () =>
    groupEvents(ben, 'presence.update').find((each) => each.id === id),
  );
  expect(Object.values(typing.presences)).toMatchObject([{ lastKnownPresence: 'composing' }]);
});

test('a new companion is told the groups of the past by name, with who wrote', async () => {
  const id = await groupOf('Remembered', [BEN, DORA], [ben]);
  await anna.say(id, 'long before');
  await kit.seen(BEN, id);
  const tablet = await kit.linked(BEN);
  const told = await until(
    'the past',
    () =>
      groupEvents(tablet, 'messaging-history.set').find((set) =>
        set.chats?.some((chat: any) => chat.id === id),
      ) ||
      tablet.events
        .map((event) => event.data as any)
        .find((data) => data?.chats?.some?.((chat: any) => chat.id === id)),
  );
  expect(told.chats.find((chat: any) => chat.id === id).name).toBe('Remembered');
  await kit.ask('DELETE', `/api/phones/${BEN}/devices/${tablet.id.split(':')[1]?.split('@')[0]}`);
});

test('a status reaches those it is for, from clients and from phones', async () => {
  const jid = 'status@broadcast';
  const sent = await anna.live.sendMessage(
    jid,
    { text: 'fresh bread' },
    { statusJidList: [pn(BEN), pn(DORA), pn(ANNA)] },
  );
  const heard = await ben.heard('fresh bread');
  expect(heard.key).toMatchObject({ remoteJid: jid, fromMe: false });
  expect(await until('on the phone', async () => (await kit.seen(DORA, jid))[0])).toMatchObject({
    from: ANNA,
    text: 'fresh bread',
  });
  expect(await kit.seen(EMIL, jid)).toEqual([]);
  await until('Anna hears of it', () => receiptsOf(anna, sent?.key.id ?? '').length > 0);
  await kit.post(`/api/phones/${EMIL}/messages`, {
    to: jid,
    audience: [ANNA, CARL],
    type: 'text',
    text: 'on the road',
  });
  await Promise.all([anna.heard('on the road'), carl.heard('on the road')]);
  expect(ben.texts()).not.toContain('on the road');
  await kit.post(`/api/phones/${EMIL}/messages`, { to: BEN, type: 'text', text: 'we know each other' });
  await kit.post(`/api/phones/${EMIL}/messages`, { to: jid, type: 'text', text: 'for all I know' });
  await ben.heard('for all I know');
  expect(carl.texts()).not.toContain('for all I know');
});

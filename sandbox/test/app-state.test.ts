import { encodeSyncdPatch, newLTHashState, proto, type WAPatchName } from 'baileys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { until } from './until.ts';

const ANNA = '628711000001';
const BEN = '628711000002';
const CARLA = '628711000003';
const BEN_JID = `${BEN}@s.whatsapp.net`;
const FAMILY = '120363000000000001@g.us';
const STRICT = { appStateMacVerification: { patch: true, snapshot: true } };
let kit: TestSandbox;
let desk: Client;
let laptop: Client;
let helloId: string;

interface State {
  name: string;
  chats: ({ chat: string } & Record<string, unknown>)[];
  contacts: unknown[];
  labels: Record<string, unknown>[];
  starred: unknown[];
  quickReplies: Record<string, unknown>[];
  settings: Record<string, unknown>;
  versions: Record<string, number>;
  distrusted: number;
}

const state = async (): Promise<State> => (await kit.get<State>(`/api/phones/${ANNA}/state`)).body;
const benChat = async () => (await state()).chats.find((each) => each.chat === BEN);
const change = async (body: object): Promise<State> => {
  const answer = await kit.post<State>(`/api/phones/${ANNA}/state`, body);
  expect(answer).toMatchObject({ status: 200 });
  return answer.body;
};

/** Waits until an event of this name says, somewhere in it, all of these words. */
function emitted(client: Client, name: string, ...words: string[]): Promise<unknown> {
  return until(`${name} with ${words.join(', ')}`, () =>
    client.events.some((event) => {
      const text = JSON.stringify(event.data);
      return event.name === name && words.every((word) => text.includes(word));
    }),
  );
}

async function appStateStanzas(): Promise<number> {
  const lines = await kit.ledger(`number=${ANNA}&kind=stanza`);
  return lines.filter((line) => line.direction === 'in' && line.flags.includes('w:sync:app:state')).length;
}

beforeAll(async () => {
  kit = await TestSandbox.start();
  await kit.post('/api/phones', { number: ANNA, name: 'Anna' });
  const sent = { to: ANNA, type: 'text', text: 'hello' };
  helloId = (await kit.post<{ id: string }>(`/api/phones/${BEN}/messages`, sent)).body.id;
  [desk] = await Promise.all([kit.linked(ANNA, STRICT)]);
  laptop = await kit.linked(ANNA, STRICT);
});
afterAll(() => kit.close());

test('what a companion changes shows on the phone and on the other companion', async () => {
  const key = { remoteJid: BEN_JID, id: helloId, fromMe: false };
  const lastMessages = [{ key, messageTimestamp: Math.floor(Date.now() / 1000) }];
  const end = Date.now() + 3_600_000;
  await desk.live.chatModify({ mute: end }, BEN_JID);
  await desk.live.chatModify({ pin: true }, BEN_JID);
  await desk.live.chatModify({ archive: true, lastMessages }, BEN_JID);
  await desk.live.chatModify({ markRead: false, lastMessages }, BEN_JID);
  await desk.live.star(BEN_JID, [{ id: helloId, fromMe: false }], true);
  await desk.live.addOrEditContact(BEN_JID, { fullName: 'Ben Baker', saveOnPrimaryAddressbook: true });
  await desk.live.addLabel(BEN_JID, { id: '7', name: 'New order', color: 3 });
  await desk.live.addChatLabel(BEN_JID, '7');
  await desk.live.addMessageLabel(BEN_JID, helloId, '7');
  await desk.live.addOrEditQuickReply({ timestamp: '1700000000', shortcut: 'hours', message: '6 to 18' });
  await desk.live.updateDisableLinkPreviewsPrivacy(true);
  const seen = await state();
  expect(seen.chats).toEqual([
    {
      ...{ chat: BEN, unread: 1, markedUnread: true, mutedUntil: end },
      ...{ pinnedAt: expect.any(Number), archived: true, locked: false },
    },
  ]);
  expect(seen.contacts).toEqual([{ contact: BEN, name: 'Ben Baker' }]);
  expect(seen.labels).toEqual([
    { id: '7', name: 'New order', color: 3, chats: [BEN], messages: [{ chat: BEN, id: helloId }] },
  ]);
  expect(seen.starred).toEqual([{ chat: BEN, id: helloId, fromMe: false }]);
  expect(seen.quickReplies).toEqual([{ id: '1700000000', shortcut: 'hours', message: '6 to 18' }]);
  expect(seen.settings).toEqual({ unarchiveChats: false, disableLinkPreviews: true });
  expect(seen.distrusted).toBe(0);
  await emitted(laptop, 'chats.update', `"muteEndTime":${end}`);
  await emitted(laptop, 'contacts.upsert', 'Ben Baker');
  await emitted(laptop, 'labels.association', 'label_message', helloId);
  await desk.live.removeChatLabel(BEN_JID, '7');
  await desk.live.removeContact(BEN_JID);
  expect(await state()).toMatchObject({ contacts: [], labels: [{ chats: [] }] });
});

test('what the person changes on the phone reaches every companion as its event', async () => {
  const end = Date.now() + 7_200_000;
  await change({ change: 'mute', chat: BEN, until: end });
  await change({ change: 'pin', chat: BEN, pinned: false });
  await change({ change: 'archive', chat: BEN, archived: false });
  await change({ change: 'lock', chat: FAMILY, locked: true });
  await change({ change: 'contact', contact: CARLA, name: 'Carla Baker' });
  await change({ change: 'label', id: '8', name: 'Paid', color: 5 });
  await change({ change: 'label-chat', id: '8', chat: BEN, labeled: true });
  await change({ change: 'label-message', id: '8', chat: BEN, message: helloId, labeled: true });
  await change({ change: 'star', chat: BEN, id: helloId, starred: false });
  await change({ change: 'mark-read', chat: BEN, read: true });
  await change({ change: 'unarchive-chats', on: true });
  await change({ change: 'link-previews', disabled: false });
  await change({ change: 'quick-reply', id: '1700000001', shortcut: 'thanks', message: 'Thank you!' });
  const seen = await change({ change: 'mute', chat: FAMILY, until: -1 });
  expect(seen.contacts).toEqual([{ contact: CARLA, name: 'Carla Baker' }]);
  await change({ change: 'delete-label', id: '8' });
  await change({ change: 'delete-quick-reply', id: '1700000001' });
  const without = await change({ change: 'contact', contact: CARLA, name: null });
  expect(without.contacts).toEqual([]);
  const kept = [seen, without].map(({ labels, quickReplies }) => [...labels, ...quickReplies]);
  expect(kept.map((list) => list.map(({ id }) => id))).toEqual([
    ['7', '8', '1700000000', '1700000001'],
    ['7', '1700000000'],
  ]);
  expect(seen).toMatchObject({ starred: [], distrusted: 0, settings: { unarchiveChats: true } });
  const family = seen.chats.find((each) => each.chat === FAMILY);
  expect(family).toMatchObject({ locked: true, mutedUntil: -1 });
  expect(await benChat()).toMatchObject({ mutedUntil: end, pinnedAt: null, archived: false, unread: 0 });
  for (const client of [desk, laptop]) {
    await emitted(client, 'chats.update', BEN_JID, `"muteEndTime":${end}`);
    await emitted(client, 'chats.update', BEN_JID, '"pinned":null');
    await emitted(client, 'chats.update', BEN_JID, '"archived":false');
    await emitted(client, 'chats.update', BEN_JID, '"unreadCount":0');
    await emitted(client, 'chats.lock', FAMILY, 'true');
    await emitted(client, 'contacts.upsert', 'Carla Baker');
    await emitted(client, 'labels.edit', 'Paid');
    await emitted(client, 'labels.edit', '"id":"8"', '"deleted":true');
    await emitted(client, 'labels.association', 'label_jid', BEN_JID);
    await emitted(client, 'messages.update', helloId, '"starred":false');
    await emitted(client, 'creds.update', '"unarchiveChats":true');
  }
  expect([...desk.warnings(), ...laptop.warnings()].filter((line) => line.includes('LTHash'))).toEqual([]);
});

test('messages deleted for me and cleared chats are gone from the phone, and only there', async () => {
  const say = async (text: string): Promise<string> =>
    (await kit.post<{ id: string }>(`/api/phones/${BEN}/messages`, { to: ANNA, type: 'text', text })).body.id;
  const [first, second] = [await say('first'), await say('second')];
  await desk.heard('second');
  const key = { remoteJid: BEN_JID, id: first, fromMe: false };
  await desk.live.chatModify({ deleteForMe: { deleteMedia: true, key, timestamp: Date.now() } }, BEN_JID);
  await until('the first is gone', async () => !(await kit.seen(ANNA)).some(({ id }) => id === first));
  await change({ change: 'delete-for-me', chat: BEN, id: second });
  await emitted(desk, 'messages.delete', second);
  expect((await kit.seen(ANNA)).map(({ text }) => text)).toEqual(['hello']);
  await change({ change: 'clear', chat: BEN });
  expect(await kit.seen(ANNA)).toEqual([]);
  expect((await kit.seen(BEN)).map(({ text }) => text)).toEqual(['hello', 'first', 'second']);
  await say('after all that');
  await desk.heard('after all that');
  expect((await kit.seen(ANNA)).map(({ text }) => text)).toEqual(['after all that']);
  await change({ change: 'delete-chat', chat: BEN });
  await emitted(laptop, 'chats.delete', BEN_JID);
  expect(await kit.seen(ANNA)).toEqual([]);
});

test('a new name reaches companions, and those who are written to', async () => {
  await kit.ask('PUT', `/api/phones/${ANNA}`, { name: 'Anna the baker' });
  await until('the name on both', () =>
    [desk, laptop].every((client) => client.creds.me?.name === 'Anna the baker'),
  );
  const ben = await kit.linked(BEN);
  await desk.say(BEN, 'whose name is this');
  expect((await ben.heard('whose name is this')).pushName).toBe('Anna the baker');
  await laptop.live.updateProfileName('Anna at home');
  await until('the name on the phone', async () => (await state()).name === 'Anna at home');
  await until('the name on the desk', () => desk.creds.me?.name === 'Anna at home');
  await kit.post(`/api/phones/${ANNA}/messages`, { to: BEN, type: 'text', text: 'and this' });
  expect((await ben.heard('and this')).pushName).toBe('Anna at home');
});

/** A companion that lost a race: what it must do is read what came first, and write again. */
async function heal(client: Client, name: WAPatchName, again: () => Promise<unknown>): Promise<void> {
  client.keys.set({ 'app-state-sync-version': { [name]: null } });
  await client.live.resyncAppState([name], false);
  await again();
}

test('of two companions that write at once the later is told of the conflict; both changes stay', async () => {
  const jid = (index: number): string => `62871100010${index}@s.whatsapp.net`;
  const refused = { desk: 0, laptop: 0 };
  const watch = (client: Client, name: keyof typeof refused): void => {
    client.live.ws.on('CB:iq,type:result', (answer: unknown) => {
      if (JSON.stringify(answer).includes('"conflict"')) refused[name] += 1;
    });
  };
  watch(desk, 'desk');
  watch(laptop, 'laptop');
  for (let round = 0; round < 5; round += 1) {
    const pinning = [desk, laptop].map((client, index) => ({
      pin: () => client.live.chatModify({ pin: true }, jid(round * 2 + index)),
      client,
    }));
    const before = { ...refused };
    await Promise.all(pinning.map(({ pin }) => pin()));
    if (refused.desk > before.desk) await heal(desk, 'regular_low', () => pinning[0]!.pin());
    if (refused.laptop > before.laptop) await heal(laptop, 'regular_low', () => pinning[1]!.pin());
    await Promise.all([desk.caughtUp(), laptop.caughtUp()]);
  }
  expect(refused.desk + refused.laptop).toBeGreaterThan(0);
  const pinned = (await state()).chats.filter((chat) => chat.pinnedAt !== null).map((chat) => chat.chat);
  expect(pinned).toEqual(
    expect.arrayContaining([...Array(10).keys()].map((index) => jid(index).split('@')[0])),
  );
  for (const client of [desk, laptop]) {
    for (let index = 0; index < 10; index += 1) await emitted(client, 'chats.update', jid(index), 'pinned');
  }
  expect((await state()).distrusted).toBe(0);
});

test('the phone and a companion that write at once both get their way', async () => {
  const numbers = Array.from({ length: 6 }, (_, index) => `62871100020${index}`);
  const { distrusted } = await state();
  const writing = numbers.map((number, index) =>
    index % 2 === 0
      ? change({ change: 'mute', chat: number, until: -1 })
      : desk.live.chatModify({ pin: true }, `${number}@s.whatsapp.net`),
  );
  await Promise.all(writing);
  const { chats, distrusted: later } = await state();
  const found = chats.filter((chat) => numbers.includes(chat.chat));
  expect(found.filter((chat) => chat.mutedUntil === -1 || chat.pinnedAt !== null)).toHaveLength(6);
  expect(later).toBe(distrusted);
});

/** Asks for app state as a client of our own making. */
async function sync(client: Client, collections: object[]): Promise<Record<string, string>[]> {
  const answer = await client.live.query({
    tag: 'iq',
    attrs: { xmlns: 'w:sync:app:state', type: 'set', to: '@s.whatsapp.net' },
    content: [{ tag: 'sync', attrs: {}, content: collections as never }],
  });
  const [inside] = answer.content as { content: { attrs: Record<string, string>; content?: unknown }[] }[];
  return inside!.content.map(({ attrs, content }) => ({
    ...attrs,
    code: /"code":"(\d+)"/.exec(JSON.stringify(content ?? ''))?.[1] ?? '',
    patches: String((JSON.stringify(content ?? '').match(/"tag":"patch"/g) ?? []).length),
  }));
}

async function validPatch(client: Client): Promise<Uint8Array> {
  const keyId = client.creds.myAppStateKeyId ?? '';
  const fetchKey = async (id: string) => client.keys.get('app-state-sync-key', [id])[id];
  const create = {
    ...{ type: 'regular' as const, apiVersion: 2, operation: proto.SyncdMutation.SyncdOperation.SET },
    ...{ index: ['mute', BEN_JID], syncAction: { muteAction: { muted: true }, timestamp: 1 } },
  };
  const { patch } = await encodeSyncdPatch(create, keyId, newLTHashState(), fetchKey);
  return proto.SyncdPatch.encode(patch).finish();
}

test('each asked collection is answered for itself: read, refused by name, by shape, by version', async () => {
  const patch = await validPatch(desk);
  const broken = proto.SyncdPatch.decode(patch);
  broken.snapshotMac = new Uint8Array(3);
  const write = (name: string, version: string, content: Uint8Array) => ({
    ...{ tag: 'collection', attrs: { name, version } },
    content: [{ tag: 'patch', attrs: {}, content }],
  });
  const answers = await sync(desk, [
    { tag: 'collection', attrs: { name: 'critical_block', version: '0' } },
    { tag: 'collection', attrs: { name: 'no_such', version: '0' } },
    { tag: 'collection', attrs: { name: 'regular', version: 'many' } },
    write('regular', '0', patch),
    write('regular_high', '0', Buffer.from('garbage')),
    write('regular_high', '0', proto.SyncdPatch.encode(broken).finish()),
    write('regular_high', '0', new Uint8Array(300 * 1024)),
  ]);
  expect(answers.map(({ type, code }) => [type, code])).toEqual([
    ['result', ''],
    ['error', '400'],
    ['error', '400'],
    ['error', '409'],
    ['error', '400'],
    ['error', '400'],
    ['error', '400'],
  ]);
  expect(Number(answers[3]!.patches)).toBeGreaterThan(0);
  expect((await state()).distrusted).toBe(0);
});

test('a patch that is signed but does not add up is found by the phone and told in the ledger', async () => {
  const { versions } = await state();
  const forged = proto.SyncdPatch.decode(await validPatch(laptop));
  const write = {
    ...{ tag: 'collection', attrs: { name: 'regular', version: String(versions.regular) } },
    content: [{ tag: 'patch', attrs: {}, content: proto.SyncdPatch.encode(forged).finish() }],
  };
  expect(await sync(laptop, [write])).toMatchObject([{ type: 'result' }]);
  await until('the finding', async () => (await state()).distrusted === 1);
  const [line] = (await kit.ledger(`number=${ANNA}&kind=app-state-distrusted`)).slice(-1);
  expect(line).toMatchObject({ type: 'regular', flags: `version=${(versions.regular ?? 0) + 1}` });
});

test('a companion linked late reads more than a page of patches, and a restart forgets nothing', async () => {
  // Who is linked already would read each one as it comes.
  await Promise.all([desk.end(), laptop.end()]);
  const writes = Array.from({ length: 130 }, (_, index) => String(62_871_100_3000 + index));
  for (const chat of writes) await change({ change: 'contact', contact: chat, name: `Guest ${chat}` });
  const asked = await appStateStanzas();
  const tablet = await kit.linked(ANNA, STRICT);
  await emitted(tablet, 'contacts.upsert', 'Guest 628711003000');
  await emitted(tablet, 'contacts.upsert', 'Guest 628711003129');
  expect((await appStateStanzas()) - asked).toBeLessThan(8);
  const before = await state();
  await kit.restart();
  expect(await state()).toEqual(before);
  expect(kit.problems).toEqual([]);
});

test.each([
  [{ change: 'mute', chat: BEN }, 'until'],
  [{ change: 'mute', chat: BEN, until: 'soon' }, 'until'],
  [{ change: 'dance' }, 'change'],
  [{ change: 'pin', chat: 'nobody', pinned: true }, 'nobody'],
  [{ change: 'star', chat: BEN, id: 'UNKNOWN', starred: true }, 'UNKNOWN'],
  [{ change: 'label-chat', id: '99', chat: BEN, labeled: true }, '99'],
])('a change the phone cannot make is refused by name: %j', async (body, named) => {
  const answer = await kit.post<{ error: { message: string } }>(`/api/phones/${ANNA}/state`, body);
  expect([400, 404]).toContain(answer.status);
  expect(answer.body.error.message).toContain(named);
});

test('a chat marked as unread is read again everywhere once the person opens it on the phone', async () => {
  await desk.login();
  await kit.post(`/api/phones/${BEN}/messages`, { to: ANNA, type: 'text', text: 'open me' });
  await desk.heard('open me');
  await change({ change: 'mark-read', chat: BEN, read: false });
  expect(await benChat()).toMatchObject({ unread: 1, markedUnread: true });
  desk.events.length = 0;
  await kit.post(`/api/phones/${ANNA}/read`, { chat: BEN });
  expect(await benChat()).toMatchObject({ unread: 0, markedUnread: false });
  await emitted(desk, 'chats.update', BEN_JID, '"unreadCount":0');
});

test('a new message takes a chat out of the archive only when the person wants that', async () => {
  await change({ change: 'unarchive-chats', on: false });
  await change({ change: 'archive', chat: BEN, archived: true });
  const archivedAt = Math.floor(Date.now() / 1000);
  await until('a later second', () => Math.floor(Date.now() / 1000) > archivedAt);
  await kit.post(`/api/phones/${BEN}/messages`, { to: ANNA, type: 'text', text: 'stay in there' });
  expect(await benChat()).toMatchObject({ unread: 1, archived: true });
  await change({ change: 'unarchive-chats', on: true });
  expect(await benChat()).toMatchObject({ archived: false });
});

test('indexes that are no list of words change nothing and harm nobody', async () => {
  const { chats, versions } = await state();
  const fetchKey = async (id: string) => desk.keys.get('app-state-sync-key', [id])[id];
  const before = desk.keys.get('app-state-sync-version', ['regular']).regular ?? newLTHashState();
  for (const index of [null, 5, {}, ['__proto__', BEN_JID], ['constructor'], []]) {
    const { patch } = await encodeSyncdPatch(
      {
        ...{ type: 'regular', apiVersion: 2, operation: proto.SyncdMutation.SyncdOperation.SET },
        ...{ index: index as string[], syncAction: { muteAction: { muted: true }, timestamp: 1 } },
      },
      desk.creds.myAppStateKeyId ?? '',
      before,
      fetchKey,
    );
    const { versions: now } = await state();
    const content = [{ tag: 'patch', attrs: {}, content: proto.SyncdPatch.encode(patch).finish() }];
    const write = { tag: 'collection', attrs: { name: 'regular', version: String(now.regular) }, content };
    expect(await sync(desk, [write])).toMatchObject([{ type: 'result' }]);
  }
  const after = await state();
  expect(after.versions.regular).toBe((versions.regular ?? 0) + 6);
  expect(after.chats).toEqual(chats);
  expect(kit.problems).toEqual([]);
});

test('a phone that is off makes no change, and learns of its companions once it is on', async () => {
  await kit.ask('PUT', `/api/phones/${ANNA}`, { online: false });
  const refused = await kit.post(`/api/phones/${ANNA}/state`, { change: 'pin', chat: BEN, pinned: true });
  expect(refused).toMatchObject({ status: 409, body: { error: { code: 'PHONE_OFFLINE' } } });
  await desk.live.chatModify({ pin: true }, BEN_JID);
  await desk.live.updateProfileName('Anna on the road');
  expect((await benChat())?.pinnedAt ?? null).toBeNull();
  await kit.ask('PUT', `/api/phones/${ANNA}`, { online: true });
  await until('the pin', async () => ((await benChat())?.pinnedAt ?? null) !== null);
  expect((await state()).name).toBe('Anna on the road');
});

import { type BinaryNode, encodeSignedDeviceIdentity, type proto } from 'baileys';
import { expect, test } from 'vitest';
import type { Client } from './client.ts';
import { pn, strictStage } from './strict-stage.ts';
import { until } from './until.ts';

const on = strictStage('62891200000');
const [ANNA, BEN, CARL] = on.numbers;
const { be, findings, found, ackOf, raw, enc, deliveredTo, forDevices } = on;
/** Anna's second companion; unlinked by the end of the first test. */
let laptop: Client;

test('a client that does everything right leaves no finding', async () => {
  const old = { chat: CARL, text: 'long ago', timestamp: 1_700_000_000_000, id: 'LONGAGO', read: false };
  await on.kit.post(`/api/phones/${ANNA}/history/import`, { messages: [old] });
  laptop = await on.kit.linked(ANNA);
  await laptop.live.readMessages([{ remoteJid: pn(CARL), id: 'LONGAGO', fromMe: false }]);
  await laptop.live.presenceSubscribe(pn(BEN));
  await laptop.live.sendPresenceUpdate('available');
  await laptop.live.sendPresenceUpdate('recording', pn(BEN));
  await laptop.live.updateProfileName('Anna at the laptop');
  await laptop.live.rotateSignedPreKey();
  await laptop.live.createCallLink('audio');
  await laptop.live.sendWAMBuffer(Buffer.from('WAM'));
  await Promise.all([
    on.anna.say(BEN, 'one'),
    on.ben.say(ANNA, 'two'),
    on.anna.say(CARL, 'three'),
    on.anna.say(ANNA, 'note'),
  ]);
  await Promise.all([on.ben.heard('one'), on.anna.heard('two'), laptop.heard('one')]);
  await laptop.say(ANNA, 'another note');
  await laptop.say(BEN, 'after a note');
  await on.ben.heard('after a note');
  await on.ben.live.readMessages([(await on.ben.heard('one')).key]);
  on.ben.keys.forget('session');
  await on.ben.end();
  await on.ben.login();
  await on.anna.say(BEN, 'again');
  await on.ben.heard('again');
  const { id } = await on.anna.live.groupCreate('Neat', [pn(BEN), pn(CARL)]);
  await until('Ben in it', () => on.ben.events.some((event) => event.name === 'groups.upsert'));
  await on.anna.say(id, 'in the group');
  await on.ben.heard('in the group');
  await on.kit.post(`/api/phones/${CARL}/messages`, { to: ANNA, type: 'text', text: 'from a phone' });
  await Promise.all([on.anna.heard('from a phone'), laptop.heard('from a phone')]);
  await Promise.all([on.anna.caughtUp(), on.ben.caughtUp(), laptop.caughtUp()]);
  await laptop.live.logout();
  expect(await findings()).toEqual([]);
});

test('the catalogue explains every finding, and whether it is refused', async () => {
  const { body } = await on.kit.get<any[]>('/api/findings/catalogue');
  expect(body.length).toBeGreaterThan(20);
  for (const row of body) expect([row.what, row.right].every((text) => text.endsWith('.'))).toBe(true);
  expect(body.find((row) => row.name === 'device-list-stale')).toMatchObject({
    refusal: { code: 479 },
    always: false,
  });
});

test('a stale device list is refused; the client asks anew, and its next message reaches all', async () => {
  const error = await raw('STALE1', pn(BEN), [forDevices([pn(BEN)])]);
  expect(error).toBe('479');
  await found('device-list-stale', 'STALE1');
  const stale = (await findings()).filter((each) => each.messageId === 'STALE1').map((each) => each.text);
  expect(stale.join()).toContain(`without ${ANNA}: 0`);
  const told = on.kit.ledger(`number=${ANNA}&kind=stanza`);
  expect((await told).some((line) => line.direction === 'out' && line.flags.includes('child=update'))).toBe(
    true,
  );
  await on.anna.say(BEN, 'after asking anew');
  await on.ben.heard('after asking anew');
  await be({ level: 'lenient' });
  expect(await raw('STALE2', pn(BEN), [forDevices([pn(BEN)])])).toBeUndefined();
  expect((await found('device-list-stale', 'STALE2')).flags).toBe('');
});

test('malformed messages are refused with the codes of the network, and each is named', async () => {
  const everybody = [pn(ANNA), pn(BEN), on.ben.id];
  const rows: [string, any[], Record<string, string>, string | undefined, string][] = [
    ['M1', [], {}, '479', 'message-without-ciphertext'],
    ['M2', [forDevices(everybody, enc({ v: '7' }))], {}, '479', 'ciphertext-unknown'],
    ['M3', [forDevices(everybody, enc({ type: 'rot13' }))], {}, '479', 'ciphertext-unknown'],
    ['M4', [forDevices([...everybody, `${BEN}:44@s.whatsapp.net`])], {}, '479', 'device-unknown'],
    ['M5', [forDevices([...everybody, pn(BEN)])], {}, undefined, 'device-twice'],
    ['M6', [forDevices(everybody, enc({ type: 'pkmsg' }))], {}, undefined, 'device-identity-missing'],
    [
      'M7',
      [forDevices(everybody), { tag: 'device-identity', attrs: {}, content: Buffer.from('forged') }],
      {},
      '479',
      'device-identity-untrue',
    ],
    ['M8', [forDevices(Array.from({ length: 5201 }, () => pn(BEN)))], {}, '413', 'recipients-too-many'],
    ['M10', [forDevices([...everybody, pn(CARL)])], {}, '479', 'device-of-others'],
    ['M11', [enc()], { category: 'peer' }, '479', 'peer-to-others'],
    ['M12', [enc()], {}, '479', 'ciphertext-unaddressed'],
  ];
  for (const [id, content, more, error, name] of rows) {
    expect(await raw(id, pn(BEN), content, more), name).toBe(error);
    await found(name, id);
  }
  expect(await raw('M9', pn('628912999999'), [enc()])).toBe('404');
});

test('a device identity of another device, key index or with a spoiled signature is found out', async () => {
  const own = on.anna.creds.account!;
  const rows: [string, proto.IADVSignedDeviceIdentity, string][] = [
    ['ADV1', on.ben.creds.account!, 'the account signature is not true'],
    ['ADV2', laptop.creds.account!, 'key index 2 instead of 1'],
    ['ADV3', { ...own, deviceSignature: Buffer.alloc(64, 1) }, 'the device signature is not true'],
  ];
  for (const [id, account, problem] of rows) {
    const identity = encodeSignedDeviceIdentity(account, true);
    const content = [
      forDevices([pn(ANNA), pn(BEN), on.ben.id]),
      { tag: 'device-identity', attrs: {}, content: identity },
    ];
    expect(await raw(id, pn(BEN), content)).toBe('479');
    expect((await found('device-identity-untrue', id)).text).toContain(problem);
  }
});

test('nobody but the two people of a chat, or the members of a group, is ever given a copy', async () => {
  await be({ level: 'lenient' });
  const { id: pair } = await on.anna.live.groupCreate('Two of us', [pn(BEN)]);
  const skmsg = enc({ type: 'skmsg' });
  expect(await raw('TO1', pn(BEN), [forDevices([pn(ANNA), pn(BEN), on.ben.id, pn(CARL)])])).toBeUndefined();
  expect(await raw('TO2', pn(CARL), [enc()], { recipient: pn(BEN) })).toBeUndefined();
  expect(await raw('TO3', pair, [forDevices([pn(CARL)]), skmsg])).toBeUndefined();
  expect(await raw('TO4', pair, [enc()], { participant: pn(CARL) })).toBeUndefined();
  expect((await deliveredTo('TO1')).sort()).toEqual([`${ANNA}:0`, `${BEN}:0`, `${BEN}:1`]);
  expect(await deliveredTo('TO2')).toEqual([]);
  expect((await deliveredTo('TO3')).sort()).toEqual([`${ANNA}:0`, `${BEN}:0`, `${BEN}:1`]);
  expect(await deliveredTo('TO4')).toEqual([]);
  await be({ level: 'strict' });
  expect(await raw('TO5', pn(CARL), [enc()], { recipient: pn(BEN) })).toBe('479');
  await found('device-of-others', 'TO5');
  expect(await raw('TO6', pair, [enc()])).toBe('479');
  await found('ciphertext-unaddressed', 'TO6');
});

test('a companion that came or went may be missed for a while without blame, then is stale', async () => {
  const [phone, first] = [pn(CARL), `${CARL}:1@s.whatsapp.net`];
  const mine = pn(ANNA);
  await be({ level: 'lenient' });
  await raw('NEW0', phone, [forDevices([mine, phone, first])]);
  await found('device-unknown', 'NEW0');
  await be({ level: 'strict' });
  await on.kit.linked(CARL);
  // What was written to it before it was there waits for nobody.
  expect(await deliveredTo('NEW0')).toEqual([`${ANNA}:0`, `${CARL}:0`]);
  await on.anna.caughtUp();
  expect(await raw('NEW1', phone, [forDevices([mine, phone])])).toBeUndefined();
  await be({ deviceGraceSeconds: 0 });
  const told: BinaryNode[] = [];
  on.anna.live.ws.on('CB:notification,type:devices', (stanza: BinaryNode) => told.push(stanza));
  expect(await raw('NEW2', phone, [forDevices([mine, phone])])).toBe('479');
  expect((await found('device-list-stale', 'NEW2')).text).toContain(`without ${CARL}: 1`);
  await until('the hint', () => told.length === 1);
  await on.anna.caughtUp();
  await on.kit.ask('DELETE', `/api/phones/${CARL}/devices/1`);
  await on.anna.caughtUp();
  await be({ deviceGraceSeconds: 15 });
  expect(await raw('NEW3', phone, [forDevices([mine, phone, first])])).toBeUndefined();
  await be({ deviceGraceSeconds: 0 });
  told.length = 0;
  expect(await raw('NEW4', phone, [forDevices([mine, phone, first])])).toBe('479');
  await found('device-unknown', 'NEW4');
  await until('the hint', () => told.length === 1);
  const blamed = (await findings()).map(({ messageId }) => messageId);
  expect(blamed).not.toContain('NEW1');
  expect(blamed).not.toContain('NEW3');
});

test('a network that requires LIDs refuses phone numbers and takes LIDs', async () => {
  await be({ requireLid: true });
  const byNumber = await on.anna.say(BEN, 'by number');
  expect((await ackOf(on.anna, byNumber)).error).toBe('479');
  await found('recipient-addressed-by-number', byNumber);
  await on.anna.say(on.ben.creds.me?.lid?.replace(/:\d+@/, '@') ?? '', 'by LID');
  await on.ben.heard('by LID');
  expect(on.ben.texts()).not.toContain('by number');
});

test('a limit of messages a minute refuses those beyond it with 429', async () => {
  await be({ messagesPerMinute: 2 });
  const ids: string[] = [];
  for (const text of ['p1', 'p2', 'p3']) ids.push(await on.ben.say(ANNA, text));
  const errors = await Promise.all(ids.map(async (id) => (await ackOf(on.ben, id)).error));
  expect(errors.filter((error) => error === '429')).toHaveLength(1);
  await found('rate-overlimit', ids[2]);
});

test('keys that are not signed, malformed, too many or used again are refused or named', async () => {
  const ask = (content: any[]) =>
    on.anna.live.query({
      tag: 'iq',
      attrs: { xmlns: 'encrypt', type: 'set', to: '@s.whatsapp.net', id: on.anna.live.generateMessageTag() },
      content,
    });
  const key = (id: number, value = Buffer.alloc(32, id)) => ({
    tag: 'key',
    attrs: {},
    content: [
      { tag: 'id', attrs: {}, content: Buffer.from([0, 9, id]) },
      { tag: 'value', attrs: {}, content: value },
    ],
  });
  const list = (keys: any[]) => [{ tag: 'list', attrs: {}, content: keys }];
  const skey = {
    tag: 'skey',
    attrs: {},
    content: [
      { tag: 'id', attrs: {}, content: Buffer.from([0, 0, 7]) },
      { tag: 'value', attrs: {}, content: Buffer.alloc(32, 7) },
      { tag: 'signature', attrs: {}, content: Buffer.alloc(64, 7) },
    ],
  };
  await expect(ask([...list([]), skey])).rejects.toMatchObject({ data: 406 });
  await expect(ask([{ tag: 'rotate', attrs: {}, content: [skey] }])).rejects.toMatchObject({ data: 406 });
  await found('signed-prekey-untrue');
  await expect(ask(list([key(1), key(1)]))).rejects.toMatchObject({ data: 406 });
  await expect(ask(list([key(1, Buffer.alloc(5))]))).rejects.toMatchObject({ data: 406 });
  await expect(ask(list(Array.from({ length: 1001 }, () => key(1))))).rejects.toMatchObject({ data: 419 });
  await ask(list([key(2)]));
  await ask(list([key(2, Buffer.alloc(32, 99))]));
  expect((await found('prekey-reused')).text).toContain('2306');
});

test('a version that is too old may not log in', async () => {
  await be({ minVersion: '2.9999.0' });
  on.ben.closes.length = 0;
  await on.ben.end();
  on.ben.connect();
  await on.ben.closed(405);
  await found('login-outdated');
  await be({ minVersion: '2.2.0' });
  await on.ben.login();
});

test('a client whose signed prekey is not its own is not paired', async () => {
  const client = on.kit.client();
  client.creds.signedPreKey.signature = Buffer.alloc(64, 1);
  client.connect();
  const qr = await until('a QR', () => client.qr);
  const answer = await on.kit.post<any>('/api/phones/628912000009/scan', { qr });
  expect(answer).toMatchObject({ status: 409, body: { error: { code: 'PAIRING_REFUSED' } } });
});

test('strictness survives a restart, and nonsense is refused by name', async () => {
  await be({ messagesPerMinute: 100 });
  await on.kit.restart();
  expect((await on.kit.get('/api/strictness')).body).toMatchObject({
    level: 'strict',
    messagesPerMinute: 100,
  });
  for (const body of [
    { level: 'mild' },
    { messagesPerMinute: 0 },
    { minVersion: 'new' },
    { requireLid: 'yes' },
    { deviceGraceSeconds: -1 },
  ]) {
    expect((await be(body)).status, JSON.stringify(body)).toBe(400);
  }
});

test('a one-time key is given once, also when it is uploaded again, and after a restart', async () => {
  await until('the clients noticed the restart', () => !on.anna.socket && !on.ben.socket);
  await Promise.all([on.anna.login(), on.ben.login()]);
  const [given, id] = await oneTimeKey();
  const uploadAgain = () =>
    on.anna.live.query({
      tag: 'iq',
      attrs: { xmlns: 'encrypt', type: 'set', to: '@s.whatsapp.net', id: on.anna.live.generateMessageTag() },
      content: [{ tag: 'list', attrs: {}, content: [given] }],
    });
  const blamed = async () =>
    (await findings()).filter(({ type, text }) => type === 'prekey-reused' && text.includes(`ids ${id})`))
      .length;
  await uploadAgain();
  expect(await blamed()).toBe(1);
  expect((await oneTimeKey())[1]).not.toBe(id);
  await on.kit.restart();
  await until('the clients noticed the restart', () => !on.anna.socket && !on.ben.socket);
  await Promise.all([on.anna.login(), on.ben.login()]);
  await uploadAgain();
  expect(await blamed()).toBe(2);
  expect((await oneTimeKey())[1]).not.toBe(id);
});

/** Asks, as Ben, for the keys of Anna's companion; gives the one-time key and its id. */
async function oneTimeKey(): Promise<[BinaryNode, number]> {
  const answer = await on.ben.live.query({
    ...{ tag: 'iq', attrs: { xmlns: 'encrypt', type: 'get', to: '@s.whatsapp.net' } },
    content: [{ tag: 'key', attrs: {}, content: [{ tag: 'user', attrs: { jid: on.anna.id } }] }],
  });
  const inside = (node: BinaryNode, tag: string): BinaryNode =>
    (node.content as BinaryNode[]).find((each) => each.tag === tag)!;
  const key = inside(inside(inside(answer, 'list'), 'user'), 'key');
  return [key, Buffer.from(inside(key, 'id').content as Uint8Array).readUIntBE(0, 3)];
}

import { type BinaryNode, encodeSignedDeviceIdentity, type proto } from 'baileys';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Client, TestSandbox, until } from './kit.ts';

const [ANNA, BEN, CARL] = ['628912000001', '628912000002', '628912000003'];
const pn = (number: string): string => `${number}@s.whatsapp.net`;
interface Finding {
  type: string;
  number: string;
  flags: string;
  text: string;
  messageId: string;
}
let kit: TestSandbox;
let anna: Client;
let ben: Client;
/** Anna's second companion; unlinked by the end of the first test. */
let laptop: Client;

beforeAll(async () => {
  kit = await TestSandbox.start();
  await kit.post('/api/phones', { number: CARL });
  [anna, ben] = await Promise.all([kit.linked(ANNA), kit.linked(BEN)]);
});
afterEach(async () => {
  const open = { requireLid: false, messagesPerMinute: null, minVersion: null };
  await be({ level: 'strict', ...open, deviceGraceSeconds: 15 });
});
afterAll(() => kit.close());

const be = (strictness: object) => kit.ask('PUT', '/api/strictness', strictness);
const findings = async (): Promise<Finding[]> =>
  (await kit.get<{ entries: Finding[] }>('/api/findings?limit=5000')).body.entries;
const found = (type: string, messageId?: string): Promise<Finding> =>
  until(`the finding ${type}`, async () =>
    (await findings()).find((each) => each.type === type && (!messageId || each.messageId === messageId)),
  );
const ackOf = (client: Client, id: string) =>
  until(`the ack of ${id}`, () => client.acks.find((ack) => ack.id === id));

/** Sends a raw message stanza of Anna's and gives the error of its ack. */
async function raw(id: string, to: string, content: any[], more: Record<string, string> = {}) {
  await anna.live.sendNode({ tag: 'message', attrs: { id, to, type: 'text', ...more }, content });
  return (await ackOf(anna, id)).error;
}

const enc = (attrs: Record<string, string> = {}) => ({
  tag: 'enc',
  attrs: { v: '2', type: 'msg', ...attrs },
  content: Buffer.from('ciphertext'),
});
/** The devices that got a message. */
const deliveredTo = async (id: string): Promise<string[]> =>
  (await kit.ledger(`messageId=${id}&kind=delivered`)).map(({ number, device }) => `${number}:${device}`);
const forDevices = (jids: string[], inside = enc()) => ({
  tag: 'participants',
  attrs: {},
  content: jids.map((jid) => ({ tag: 'to', attrs: { jid }, content: [inside] })),
});

test('a client that does everything right leaves no finding: pairing, texts, groups, receipts, retries, reconnects', async () => {
  const old = { chat: CARL, text: 'long ago', timestamp: 1_700_000_000_000, id: 'LONGAGO', read: false };
  await kit.post(`/api/phones/${ANNA}/history/import`, { messages: [old] });
  laptop = await kit.linked(ANNA);
  await laptop.live.readMessages([{ remoteJid: pn(CARL), id: 'LONGAGO', fromMe: false }]);
  await laptop.live.presenceSubscribe(pn(BEN));
  await laptop.live.sendPresenceUpdate('available');
  await laptop.live.sendPresenceUpdate('recording', pn(BEN));
  await laptop.live.updateProfileName('Anna at the laptop');
  await laptop.live.rotateSignedPreKey();
  await laptop.live.createCallLink('audio');
  await laptop.live.sendWAMBuffer(Buffer.from('WAM'));
  await Promise.all([
    anna.say(BEN, 'one'),
    ben.say(ANNA, 'two'),
    anna.say(CARL, 'three'),
    anna.say(ANNA, 'note'),
  ]);
  await Promise.all([ben.heard('one'), anna.heard('two'), laptop.heard('one')]);
  await laptop.say(ANNA, 'another note');
  await laptop.say(BEN, 'after a note');
  await ben.heard('after a note');
  await ben.live.readMessages([(await ben.heard('one')).key]);
  ben.keys.forget('session');
  await ben.end();
  await ben.login();
  await anna.say(BEN, 'again');
  await ben.heard('again');
  const { id } = await anna.live.groupCreate('Neat', [pn(BEN), pn(CARL)]);
  await until('Ben in it', () => ben.events.some((event) => event.name === 'groups.upsert'));
  await anna.say(id, 'in the group');
  await ben.heard('in the group');
  await kit.post(`/api/phones/${CARL}/messages`, { to: ANNA, type: 'text', text: 'from a phone' });
  await Promise.all([anna.heard('from a phone'), laptop.heard('from a phone')]);
  await Promise.all([anna.caughtUp(), ben.caughtUp(), laptop.caughtUp()]);
  await laptop.live.logout();
  expect(await findings()).toEqual([]);
});

test('the catalogue explains every finding, and whether it is refused', async () => {
  const { body } = await kit.get<any[]>('/api/findings/catalogue');
  expect(body.length).toBeGreaterThan(20);
  for (const row of body) expect([row.what, row.right].every((text) => text.endsWith('.'))).toBe(true);
  expect(body.find((row) => row.name === 'device-list-stale')).toMatchObject({
    refusal: { code: 479 },
    always: false,
  });
});

test('a stale device list is refused, the client is told to ask anew, and its next message reaches everybody', async () => {
  const error = await raw('STALE1', pn(BEN), [forDevices([pn(BEN)])]);
  expect(error).toBe('479');
  await found('device-list-stale', 'STALE1');
  const stale = (await findings()).filter((each) => each.messageId === 'STALE1').map((each) => each.text);
  expect(stale.join()).toContain(`without ${ANNA}: 0`);
  const told = kit.ledger(`number=${ANNA}&kind=stanza`);
  expect((await told).some((line) => line.direction === 'out' && line.flags.includes('child=update'))).toBe(
    true,
  );
  await anna.say(BEN, 'after asking anew');
  await ben.heard('after asking anew');
  await be({ level: 'lenient' });
  expect(await raw('STALE2', pn(BEN), [forDevices([pn(BEN)])])).toBeUndefined();
  expect((await found('device-list-stale', 'STALE2')).flags).toBe('');
});

test('malformed messages are refused with the codes of the network, and each is named', async () => {
  const everybody = [pn(ANNA), pn(BEN), ben.id];
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

test('the identity of another device, one with another key index, or with a spoiled signature, is found out', async () => {
  const own = anna.creds.account!;
  const rows: [string, proto.IADVSignedDeviceIdentity, string][] = [
    ['ADV1', ben.creds.account!, 'the account signature is not true'],
    ['ADV2', laptop.creds.account!, 'key index 2 instead of 1'],
    ['ADV3', { ...own, deviceSignature: Buffer.alloc(64, 1) }, 'the device signature is not true'],
  ];
  for (const [id, account, problem] of rows) {
    const identity = encodeSignedDeviceIdentity(account, true);
    const content = [
      forDevices([pn(ANNA), pn(BEN), ben.id]),
      { tag: 'device-identity', attrs: {}, content: identity },
    ];
    expect(await raw(id, pn(BEN), content)).toBe('479');
    expect((await found('device-identity-untrue', id)).text).toContain(problem);
  }
});

test('nobody but the two people of a chat, or the members of a group, is ever given a copy', async () => {
  await be({ level: 'lenient' });
  const { id: pair } = await anna.live.groupCreate('Two of us', [pn(BEN)]);
  const skmsg = enc({ type: 'skmsg' });
  expect(await raw('TO1', pn(BEN), [forDevices([pn(ANNA), pn(BEN), ben.id, pn(CARL)])])).toBeUndefined();
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

test('a companion that came or went is left out, or written to, without blame for a while; then the list is stale', async () => {
  const [phone, first] = [pn(CARL), `${CARL}:1@s.whatsapp.net`];
  const mine = pn(ANNA);
  await be({ level: 'lenient' });
  await raw('NEW0', phone, [forDevices([mine, phone, first])]);
  await found('device-unknown', 'NEW0');
  await be({ level: 'strict' });
  await kit.linked(CARL);
  // What was written to it before it was there waits for nobody.
  expect(await deliveredTo('NEW0')).toEqual([`${ANNA}:0`, `${CARL}:0`]);
  await anna.caughtUp();
  expect(await raw('NEW1', phone, [forDevices([mine, phone])])).toBeUndefined();
  await be({ deviceGraceSeconds: 0 });
  const told: BinaryNode[] = [];
  anna.live.ws.on('CB:notification,type:devices', (stanza: BinaryNode) => told.push(stanza));
  expect(await raw('NEW2', phone, [forDevices([mine, phone])])).toBe('479');
  expect((await found('device-list-stale', 'NEW2')).text).toContain(`without ${CARL}: 1`);
  await until('the hint', () => told.length === 1);
  await anna.caughtUp();
  await kit.ask('DELETE', `/api/phones/${CARL}/devices/1`);
  await anna.caughtUp();
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
  const byNumber = await anna.say(BEN, 'by number');
  expect((await ackOf(anna, byNumber)).error).toBe('479');
  await found('recipient-addressed-by-number', byNumber);
  await anna.say(ben.creds.me?.lid?.replace(/:\d+@/, '@') ?? '', 'by LID');
  await ben.heard('by LID');
  expect(ben.texts()).not.toContain('by number');
});

test('a limit of messages a minute refuses those beyond it with 429', async () => {
  await be({ messagesPerMinute: 2 });
  const ids: string[] = [];
  for (const text of ['p1', 'p2', 'p3']) ids.push(await ben.say(ANNA, text));
  const errors = await Promise.all(ids.map(async (id) => (await ackOf(ben, id)).error));
  expect(errors.filter((error) => error === '429')).toHaveLength(1);
  await found('rate-overlimit', ids[2]);
});

test('keys that are not signed, malformed, too many or used again are refused or named', async () => {
  const ask = (content: any[]) =>
    anna.live.query({
      tag: 'iq',
      attrs: { xmlns: 'encrypt', type: 'set', to: '@s.whatsapp.net', id: anna.live.generateMessageTag() },
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

test('what a client says it could not take is noted with its meaning', async () => {
  await anna.live.sendNode({
    tag: 'ack',
    attrs: { class: 'message', id: 'NEVERSENT', to: pn(BEN), error: '495' },
  });
  await found('ack-unknown', 'NEVERSENT');
  const [nack] = await kit.ledger('kind=nack&messageId=NEVERSENT');
  expect(nack).toMatchObject({ type: '495', text: 'message secret missing' });
  for (const [error, text] of [
    ['487', 'could not be parsed'],
    ['500', 'could not be decrypted'],
    ['777', 'a code that clients do not use'],
  ] as const) {
    const id = `NACK${error}`;
    await anna.live.sendNode({ tag: 'ack', attrs: { class: 'message', id, to: pn(BEN), error } });
    await found('ack-unknown', id);
    const [line] = await kit.ledger(`kind=nack&messageId=${id}`);
    expect([line?.type, line?.text]).toEqual([error, expect.stringContaining(text)]);
  }
});

test('receipts, queries and stanzas that make no sense are named, and the connection goes on', async () => {
  await anna.live.sendNode({ tag: 'receipt', attrs: { id: 'NEVERGOT', to: pn(BEN) } });
  await found('receipt-unknown', 'NEVERGOT');
  await anna.live.sendNode({ tag: 'receipt', attrs: { to: pn(BEN) } });
  await found('receipt-without-id');
  const retry = { tag: 'retry', attrs: { count: '6', id: 'X', t: '1', v: '1' } };
  await anna.live.sendNode({
    tag: 'receipt',
    attrs: { id: 'X', to: ben.id, type: 'retry' },
    content: [retry],
  });
  await found('retry-too-often', 'X');
  for (const _ of Array.from({ length: 6 })) {
    const again = { ...retry, attrs: { ...retry.attrs, count: '1', id: 'Y' } };
    await anna.live.sendNode({
      tag: 'receipt',
      attrs: { id: 'Y', to: ben.id, type: 'retry' },
      content: [again],
    });
  }
  expect((await found('retry-too-often', 'Y')).text).toContain('attempt 6');
  await anna.live.sendNode({ tag: 'nonsense', attrs: { id: 'N1' } });
  await found('stanza-unknown', 'N1');
  const iq = (attrs: Record<string, string>) =>
    anna.live.query({
      tag: 'iq',
      attrs: { to: '@s.whatsapp.net', id: anna.live.generateMessageTag(), ...attrs },
    });
  await expect(iq({ type: 'get' })).rejects.toMatchObject({ data: 400 });
  await expect(iq({ type: 'wish', xmlns: 'w:p' })).rejects.toMatchObject({ data: 400 });
  await found('query-malformed');
  await iq({ type: 'get', xmlns: 'no:such' });
  await found('query-unknown');
  await anna.live.sendNode({ tag: 'message', attrs: { to: pn(BEN), type: 'text' }, content: [enc()] });
  await found('message-without-id');
  await until('its ack', () => anna.acks.some((ack) => ack.id === undefined && ack.error === '400'));
  expect(await anna.live.onWhatsApp(BEN)).toMatchObject([{ exists: true }]);
  expect(kit.problems).toEqual([]);
});

test('stanzas of a kind that does not exist, or of what never was, are named though they are let pass', async () => {
  const retry = { tag: 'retry', attrs: { count: '1', id: 'NEVER2', t: '1', v: '1' } };
  const rows: [string, string, Record<string, string>, any[]?][] = [
    ['receipt-type-unknown', 'receipt', { id: 'R1', to: pn(BEN), type: 'smelt' }],
    ['receipt-unknown', 'receipt', { id: 'NEVER1', to: pn(BEN), type: 'read' }],
    ['retry-unknown', 'receipt', { id: 'NEVER2', to: ben.id, type: 'retry' }, [retry]],
    ['stanza-unknown', 'notification', { id: 'N2', to: '@s.whatsapp.net', type: 'devices' }],
    ['presence-unknown', 'presence', { id: 'P1', type: 'asleep' }],
    ['chatstate-unknown', 'chatstate', { id: 'C1', to: pn(BEN) }, [{ tag: 'humming', attrs: {} }]],
    ['chatstate-unknown', 'chatstate', { id: 'C2' }, [{ tag: 'composing', attrs: {} }]],
    ['answer-unknown', 'iq', { id: 'NEVERASKED', type: 'result', to: '@s.whatsapp.net' }],
    ['call-malformed', 'call', { id: 'CALL1', to: pn(BEN) }, [{ tag: 'offer', attrs: {} }]],
    ['call-malformed', 'call', { id: 'CALL2', to: '@call' }, [{ tag: 'link_create', attrs: {} }]],
  ];
  for (const [name, tag, attrs, content] of rows) {
    await anna.live.sendNode({ tag, attrs, ...(content && { content }) });
    await found(name, attrs.id);
  }
});

test('a message that only the phone was given may still be read after it was deleted there', async () => {
  const dora = '628912000004';
  await kit.post('/api/phones', { number: dora });
  const written = await kit.post<{ id: string }>(`/api/phones/${CARL}/messages`, {
    ...{ to: dora, type: 'text', text: 'before she linked anything' },
  });
  const { id } = written.body;
  await until('it is there', async () => (await kit.seen(dora)).length === 1);
  const client = await kit.linked(dora);
  const change = { change: 'delete-for-me', chat: CARL, id };
  expect((await kit.post(`/api/phones/${dora}/state`, change)).status).toBe(200);
  expect(await kit.seen(dora)).toEqual([]);
  await client.live.readMessages([{ remoteJid: pn(CARL), id, fromMe: false }]);
  await until('the receipt', async () =>
    (await kit.ledger(`messageId=${id}&number=${dora}`)).some(
      ({ tag, direction }) => tag === 'receipt' && direction === 'in',
    ),
  );
  expect(await kit.ledger(`kind=finding&number=${dora}`)).toEqual([]);
});

test('messages of no type or to nowhere are named, and those a restricted account may not send are not', async () => {
  const everybody = [forDevices([pn(ANNA), pn(BEN), ben.id])];
  expect(await raw('TYPE1', pn(BEN), everybody, { type: 'smell' })).toBeUndefined();
  await found('message-type-unknown', 'TYPE1');
  const rows: [string, string, string][] = [
    ['NOWHERE1', pn('628912999998'), '404'],
    ['NOWHERE2', '120363999999999999@g.us', '404'],
  ];
  for (const [id, to, code] of rows) {
    expect(await raw(id, to, [enc()])).toBe(code);
    expect((await found('message-undeliverable', id)).text).toContain(`error=${code}`);
  }
  expect(await raw('NOWHERE3', '120363999999999998@newsletter', [enc()])).toBe('501');
  expect((await found('not-carried', 'NOWHERE3')).text).toContain('error=501');
  const stranger = '628912000007';
  await kit.post('/api/phones', { number: stranger });
  const restrict = (reachoutTimelock: object | null) =>
    kit.ask('PUT', `/api/phones/${ANNA}/limits`, { reachoutTimelock });
  expect((await restrict({ endsAt: Math.ceil(Date.now() / 1000) + 3600 })).status).toBe(200);
  expect(await raw('RESTRICTED', pn(stranger), [forDevices([pn(ANNA), pn(stranger)])])).toBe('463');
  await restrict(null);
  expect((await findings()).filter((each) => each.messageId === 'RESTRICTED')).toEqual([]);
});

test('questions that make no sense are named with their xmlns, whether they get an error or nothing', async () => {
  const ask = (id: string, type: string, xmlns: string, content: any[], to = '@s.whatsapp.net') =>
    anna.live.query({ tag: 'iq', attrs: { id, type, xmlns, to }, content });
  const category = { tag: 'category', attrs: { name: 'mood', value: 'all' } };
  const refused: [string, string, string, any[]][] = [
    ['Q1', 'set', 'encrypt', [{ tag: 'rotate', attrs: {} }]],
    ['Q2', 'get', 'usync', [{ tag: 'query', attrs: {} }]],
    ['Q3', 'set', 'privacy', [{ tag: 'privacy', attrs: {}, content: [category] }]],
    ['Q4', 'set', 'encrypt', [{ tag: 'skey', attrs: {} }]],
    // A code to link a device that is linked.
    [
      'Q5',
      'set',
      'md',
      [{ tag: 'link_code_companion_reg', attrs: { stage: 'companion_hello', jid: pn(ANNA) } }],
    ],
  ];
  for (const [id, type, xmlns, content] of refused) {
    await expect(ask(id, type, xmlns, content)).rejects.toMatchObject({ data: 400 });
    expect((await found('query-refused', id)).text).toContain(`xmlns=${xmlns}`);
  }
  for (const [id, type, xmlns, content] of [
    ['E1', 'get', 'encrypt', [{ tag: 'weather', attrs: {} }]],
    ['E2', 'set', 'encrypt', []],
    ['E3', 'set', 'passive', [{ tag: 'zzz', attrs: {} }]],
    ['E4', 'get', 'w:m', [{ tag: 'zzz', attrs: {} }]],
  ] as const) {
    await ask(id, type, xmlns, [...content]);
    await found('query-unknown', id);
  }
  await expect(anna.live.profilePictureUrl(pn(BEN))).rejects.toMatchObject({ data: 404 });
  await ask('TOKENS', 'set', 'privacy', [{ tag: 'tokens', attrs: {} }]).then(({ content }) =>
    expect(content).toMatchObject([{ tag: 'tokens' }]),
  );
  const texts = (await findings()).map(({ text }) => text);
  expect(texts.filter((text) => /picture|tokens/.test(text))).toEqual([]);
});

test('a version that is too old may not log in', async () => {
  await be({ minVersion: '2.9999.0' });
  ben.closes.length = 0;
  await ben.end();
  ben.connect();
  await ben.closed(405);
  await found('login-outdated');
  await be({ minVersion: '2.2.0' });
  await ben.login();
});

test('a client whose signed prekey is not its own is not paired', async () => {
  const client = kit.client();
  client.creds.signedPreKey.signature = Buffer.alloc(64, 1);
  client.connect();
  const qr = await until('a QR', () => client.qr);
  const answer = await kit.post<any>('/api/phones/628912000009/scan', { qr });
  expect(answer).toMatchObject({ status: 409, body: { error: { code: 'PAIRING_REFUSED' } } });
});

test('strictness survives a restart, and nonsense is refused by name', async () => {
  await be({ messagesPerMinute: 100 });
  await kit.restart();
  expect((await kit.get('/api/strictness')).body).toMatchObject({ level: 'strict', messagesPerMinute: 100 });
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
  await until('the clients noticed the restart', () => !anna.socket && !ben.socket);
  await Promise.all([anna.login(), ben.login()]);
  const [given, id] = await oneTimeKey();
  const uploadAgain = () =>
    anna.live.query({
      tag: 'iq',
      attrs: { xmlns: 'encrypt', type: 'set', to: '@s.whatsapp.net', id: anna.live.generateMessageTag() },
      content: [{ tag: 'list', attrs: {}, content: [given] }],
    });
  const blamed = async () =>
    (await findings()).filter(({ type, text }) => type === 'prekey-reused' && text.includes(`ids ${id})`))
      .length;
  await uploadAgain();
  expect(await blamed()).toBe(1);
  expect((await oneTimeKey())[1]).not.toBe(id);
  await kit.restart();
  await until('the clients noticed the restart', () => !anna.socket && !ben.socket);
  await Promise.all([anna.login(), ben.login()]);
  await uploadAgain();
  expect(await blamed()).toBe(2);
  expect((await oneTimeKey())[1]).not.toBe(id);
});

/** Asks, as Ben, for the keys of Anna's companion; gives the one-time key and its id. */
async function oneTimeKey(): Promise<[BinaryNode, number]> {
  const answer = await ben.live.query({
    ...{ tag: 'iq', attrs: { xmlns: 'encrypt', type: 'get', to: '@s.whatsapp.net' } },
    content: [{ tag: 'key', attrs: {}, content: [{ tag: 'user', attrs: { jid: anna.id } }] }],
  });
  const inside = (node: BinaryNode, tag: string): BinaryNode =>
    (node.content as BinaryNode[]).find((each) => each.tag === tag)!;
  const key = inside(inside(inside(answer, 'list'), 'user'), 'key');
  return [key, Buffer.from(inside(key, 'id').content as Uint8Array).readUIntBE(0, 3)];
}

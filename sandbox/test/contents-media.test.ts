import type { AnyMessageContent, proto } from 'baileys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { download, got, noise, stored, trust } from './media-kit.ts';
import { until } from './until.ts';

const ANNA = '628116000001';
const CARL = '628116000002';
const BEN = '628116000003';
const jid = (number: string) => `${number}@s.whatsapp.net`;
const MEGABYTE = 1024 * 1024;
const THUMBNAIL = '/9j/2Q==';
let kit: TestSandbox;
let anna: Client;

beforeAll(async () => {
  kit = await TestSandbox.start();
  await kit.post('/api/phones', { number: CARL, name: 'Carl' });
  anna = await kit.linked(ANNA, await trust(kit));
  await anna.live.refreshMediaConn();
});
afterAll(() => kit.close());

const seenBy = async (number: string, id: string): Promise<any> =>
  (await kit.seen(number)).find((each) => each.id === id);

const shown = (id: string | null | undefined): Promise<any> =>
  until(`message ${id} on the phone`, () => seenBy(CARL, id ?? ''));

/** Carl writes, Anna's client gets it. */
async function carlWrites(body: Record<string, unknown>, to = ANNA) {
  const answer = await kit.post<{ id: string }>(`/api/phones/${CARL}/messages`, { to, ...body });
  expect(answer).toMatchObject({ status: 200 });
  return got(anna, answer.body.id);
}

/** The file of a message as a phone gives it. */
async function file(number: string, id: string | null | undefined) {
  const response = await fetch(`${kit.url}/api/phones/${number}/messages/${id}/media`);
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    name: response.headers.get('content-disposition'),
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

const open = (number: string, id: string | null | undefined) =>
  kit.post<any>(`/api/phones/${number}/messages/${id}/open`, {});

const SENT: [string, Record<string, unknown>, (message: proto.IMessage) => unknown, object][] = [
  [
    'image',
    { caption: 'An oven', width: 3, height: 4, thumbnail: THUMBNAIL },
    (message) => message.imageMessage,
    { mimetype: 'image/jpeg', caption: 'An oven', width: 3, height: 4 },
  ],
  [
    'video',
    { caption: 'Look', seconds: 7 },
    (message) => message.videoMessage,
    { caption: 'Look', seconds: 7 },
  ],
  ['gif', { seconds: 1 }, (message) => message.videoMessage, { gifPlayback: true }],
  ['ptv', { seconds: 2 }, (message) => message.ptvMessage, { mimetype: 'video/mp4', seconds: 2 }],
  [
    'voice',
    { seconds: 4, waveform: [0, 50, 100] },
    (message) => message.audioMessage,
    { ptt: true, seconds: 4, waveform: Uint8Array.from([0, 50, 100]) },
  ],
  [
    'audio',
    { seconds: 9, mimetype: 'audio/mpeg' },
    (message) => message.audioMessage,
    { ptt: false, mimetype: 'audio/mpeg', seconds: 9 },
  ],
  [
    'document',
    { fileName: 'prices.txt', mimetype: 'text/plain', caption: 'As promised', pages: 2 },
    (message) => message.documentWithCaptionMessage?.message?.documentMessage,
    { fileName: 'prices.txt', mimetype: 'text/plain', caption: 'As promised', pageCount: 2 },
  ],
  [
    'sticker',
    { animated: true },
    (message) => message.stickerMessage,
    { isAnimated: true, mimetype: 'image/webp' },
  ],
];

test.each(SENT)(
  'a phone sends a %s, and the client downloads it byte for byte',
  async (type, about, part, fields) => {
    const bytes = noise(30_000, type.length);
    const message = await carlWrites({ type, data: bytes.toString('base64'), ...about });
    expect(part(message.message ?? {})).toMatchObject(fields);
    expect(await download(message)).toEqual(bytes);
    expect((await file(CARL, message.key.id)).bytes).toEqual(bytes);
    expect(await seenBy(CARL, message.key.id ?? '')).toMatchObject({ type, content: { size: 30_000 } });
  },
);

const SAMPLES: [string, Record<string, unknown>, (bytes: Buffer) => unknown, unknown][] = [
  ['image', {}, (bytes) => bytes.toString('hex', 0, 4), 'ffd8ffe0'],
  ['image', { mimetype: 'image/png' }, (bytes) => bytes.toString('latin1', 1, 4), 'PNG'],
  ['video', { seconds: 2 }, (bytes) => bytes.toString('latin1', 4, 12), 'ftypisom'],
  ['gif', {}, (bytes) => bytes.includes('avcC'), true],
  ['ptv', {}, (bytes) => bytes.includes('moov'), true],
  [
    'voice',
    { seconds: 3 },
    (bytes) => bytes.toString('latin1', 0, 4) + bytes.includes('OpusHead'),
    'OggStrue',
  ],
  ['audio', {}, (bytes) => bytes.toString('latin1', 0, 4), 'OggS'],
  ['document', { fileName: 'a (1).pdf' }, (bytes) => bytes.toString('latin1', 0, 8), '%PDF-1.4'],
  ['sticker', {}, (bytes) => bytes.toString('latin1', 8, 16), 'WEBPVP8L'],
];

test.each(SAMPLES)('a %s without a file is a small valid sample: %j', async (type, about, look, expected) => {
  const message = await carlWrites({ type, ...about });
  const bytes = await download(message);
  expect(look(bytes)).toBe(expected);
  const { content } = await seenBy(CARL, message.key.id ?? '');
  expect(content.size).toBe(bytes.length);
  expect(await file(CARL, message.key.id)).toMatchObject({ type: content.mimetype, bytes });
});

const RECEIVED: [string, (bytes: Buffer) => AnyMessageContent, object][] = [
  [
    'image',
    (image) => ({ image, caption: 'A roll', jpegThumbnail: THUMBNAIL, width: 5, height: 6 }),
    {
      text: 'A roll',
      content: { mimetype: 'image/jpeg', caption: 'A roll', width: 5, height: 6, thumbnail: THUMBNAIL },
    },
  ],
  ['video', (video) => ({ video, jpegThumbnail: THUMBNAIL, seconds: 3 }), { content: { seconds: 3 } }],
  [
    'gif',
    (video) => ({ video, jpegThumbnail: THUMBNAIL, gifPlayback: true }),
    { content: { mimetype: 'video/mp4' } },
  ],
  [
    'ptv',
    (video) => ({ video, jpegThumbnail: THUMBNAIL, ptv: true }),
    { content: { mimetype: 'video/mp4' } },
  ],
  [
    'voice',
    (audio) => ({ audio, ptt: true, seconds: 2, waveform: Uint8Array.from([1, 2, 3]) }),
    { text: '', content: { seconds: 2, waveform: [1, 2, 3] } },
  ],
  [
    'audio',
    (audio) => ({ audio, seconds: 8, mimetype: 'audio/mp4' }),
    { content: { seconds: 8, mimetype: 'audio/mp4' } },
  ],
  [
    'document',
    (document) => ({ document, mimetype: 'application/pdf', fileName: 'list.pdf', caption: 'The list' }),
    { text: 'The list', content: { fileName: 'list.pdf', mimetype: 'application/pdf' } },
  ],
  ['sticker', (sticker) => ({ sticker }), { text: '', content: { mimetype: 'image/webp' } }],
];

test.each(RECEIVED)(
  'a client sends a %s, and the phone shows and opens it',
  async (type, content, expected) => {
    const bytes = noise(20_000, type.length);
    const { id } = await anna.send(CARL, content(bytes));
    const message = await shown(id);
    expect(message).toMatchObject({ type, ...expected });
    expect(message.content.size).toBe(20_000);
    const given = await file(CARL, id);
    expect(given).toMatchObject({ status: 200, type: message.content.mimetype });
    expect(given.bytes).toEqual(bytes);
    expect((await file(ANNA, id)).bytes).toEqual(bytes);
  },
);

test('five megabytes go through a phone both ways byte for byte', async () => {
  const bytes = noise(5 * MEGABYTE, 5);
  const sent = await carlWrites({ type: 'document', data: bytes.toString('base64'), fileName: 'ä b.zip' });
  expect((await download(sent)).equals(bytes)).toBe(true);
  const given = await file(CARL, sent.key.id);
  expect(given.name).toBe("attachment; filename*=UTF-8''%C3%A4%20b.zip");
  const { id } = await anna.send(CARL, { document: bytes, mimetype: 'application/zip', fileName: 'all.zip' });
  await shown(id);
  expect((await file(CARL, id)).bytes.equals(bytes)).toBe(true);
});

test('what a client sends to be looked at once can be opened once, and its sender hears of it', async () => {
  const bytes = noise(1000, 1);
  const { id } = await anna.send(CARL, {
    image: bytes,
    viewOnce: true,
    jpegThumbnail: THUMBNAIL,
    caption: 'Once',
  });
  expect(await shown(id)).toMatchObject({ type: 'image', text: 'Once', content: { viewOnce: true } });
  expect((await file(CARL, id)).bytes).toEqual(bytes);
  expect((await open(CARL, id)).status).toBe(200);
  await anna.reaches(id ?? '', 5);
  expect(await file(CARL, id)).toMatchObject({ status: 410 });
  expect(await seenBy(CARL, id ?? '')).toMatchObject({ status: 'played', content: { opened: true } });
});

test.each(['viewOnceMessageV2', 'viewOnceMessageV2Extension'] as const)(
  '%s is looked at once too',
  async (wrapper) => {
    const { id: first } = await anna.send(CARL, { image: noise(500, 2), jpegThumbnail: THUMBNAIL });
    const inner = anna.sent.get(first ?? '') ?? {};
    const id = await anna.live.relayMessage(
      jid(CARL),
      { [wrapper]: { message: { imageMessage: inner.imageMessage } } },
      {},
    );
    expect(await shown(id)).toMatchObject({ type: 'image', content: { viewOnce: true } });
    await open(CARL, id);
    expect((await file(CARL, id)).status).toBe(410);
  },
);

test('goods show what they cost, who sells them and their picture', async () => {
  const picture = noise(1000, 2);
  const { id } = await anna.send(CARL, {
    product: {
      ...{
        productId: '77',
        title: 'Rye',
        description: 'Dark',
        currencyCode: 'IDR',
        priceAmount1000: 25_500_000,
      },
      productImage: picture,
    },
    businessOwnerJid: jid(ANNA),
  } as unknown as AnyMessageContent);
  expect(await shown(id)).toMatchObject({
    ...{ type: 'product', text: 'Rye\nDark' },
    content: {
      ...{ title: 'Rye', mimetype: 'image/jpeg' },
      product: { id: '77', price: 25_500, currency: 'IDR', owner: ANNA },
    },
  });
  expect(await file(CARL, id)).toMatchObject({ status: 200, type: 'image/jpeg', bytes: picture });
});

test('an album says how much is to come, and each of its files names it', async () => {
  const parent = await anna.send(CARL, { album: { expectedImageCount: 2, expectedVideoCount: 1 } });
  expect(await shown(parent.id)).toMatchObject({
    ...{ type: 'album', text: '2 pictures, 1 video', content: { album: { images: 2, videos: 1 } } },
  });
  const image = { image: noise(100, 3), jpegThumbnail: THUMBNAIL, albumParentKey: parent };
  const { id } = await anna.send(CARL, image as AnyMessageContent);
  expect(await shown(id)).toMatchObject({ type: 'image', content: { inAlbum: parent.id } });
});

test('a phone sends files to be looked at once in the wrapper of their kind', async () => {
  const picture = await carlWrites({ type: 'image', viewOnce: true, disappearing: 86_400 });
  const outer = picture.message?.ephemeralMessage?.message ?? {};
  const { imageMessage } = outer.viewOnceMessageV2?.message ?? {};
  expect(imageMessage).toMatchObject({ viewOnce: true, contextInfo: { expiration: 86_400 } });
  expect((await download(picture)).toString('hex', 0, 2)).toBe('ffd8');
  const voice = await carlWrites({ type: 'voice', viewOnce: true });
  expect(voice.message?.viewOnceMessageV2Extension?.message?.audioMessage).toMatchObject({ ptt: true });
  const refused = await kit.post(`/api/phones/${CARL}/messages`, {
    to: ANNA,
    type: 'sticker',
    viewOnce: true,
  });
  expect(refused).toMatchObject({ status: 400, body: { error: { code: 'VALIDATION_ERROR' } } });
});

test('a voice message that the person plays is told to its sender', async () => {
  const { id } = await anna.send(CARL, { audio: noise(900, 3), ptt: true, seconds: 2 });
  await shown(id);
  expect((await open(CARL, id)).status).toBe(200);
  await anna.reaches(id ?? '', 5);
  expect((await file(CARL, id)).status).toBe(200);
});

test('an edit changes the caption of a file and leaves the file', async () => {
  const sent = await carlWrites({ type: 'image', caption: 'Befor' });
  const id = sent.key.id ?? '';
  await kit.post(`/api/phones/${CARL}/messages`, { to: ANNA, type: 'edit', id, text: 'Before' });
  expect(await seenBy(CARL, id)).toMatchObject({
    text: 'Before',
    content: { caption: 'Before', edited: true },
  });
  await until(
    'the edit on the own phone of the client',
    async () => (await seenBy(ANNA, id))?.text === 'Before',
  );
  expect((await file(ANNA, id)).bytes).toEqual(await download(sent));
});

test('an answer to a picture quotes it, and a status with a picture can be answered', async () => {
  const picture = await carlWrites({ type: 'image', caption: 'Mine' });
  const answer = await carlWrites({ type: 'sticker', quoted: picture.key.id });
  expect(answer.message?.stickerMessage?.contextInfo).toMatchObject({
    ...{ stanzaId: picture.key.id, quotedMessage: { imageMessage: { caption: 'Mine' } } },
  });
  expect(await seenBy(CARL, answer.key.id ?? '')).toMatchObject({ quoted: { type: 'image', text: 'Mine' } });
  const status = await carlWrites(
    { type: 'image', caption: 'My day', audience: [ANNA, BEN] },
    'status@broadcast',
  );
  expect(status.key.remoteJid).toBe('status@broadcast');
  expect((await download(status)).toString('hex', 0, 2)).toBe('ffd8');
  const id = status.key.id ?? '';
  await until('on the phone of Ben', () => seenBy(BEN, id));
  await kit.post(`/api/phones/${BEN}/messages`, { to: CARL, type: 'text', text: 'Nice', quoted: id });
  await until('the answer', async () =>
    (await kit.seen(CARL)).some((each: any) => each.text === 'Nice' && each.quoted?.text === 'My day'),
  );
});

test.each([404, 410])(
  'a file that the network answers with %i is missing on the phone as well',
  async (status) => {
    const { key } = await carlWrites({ type: 'image' });
    await kit.post(`/api/media/${(await stored(kit)).at(-1)?.id}/expire`, { status });
    expect((await file(CARL, key.id)).status).toBe(status);
  },
);

test('what has no file, or is to be opened by others, is refused with its reason', async () => {
  const text = await carlWrites({ type: 'text', text: 'No file' });
  const own = await carlWrites({ type: 'voice' });
  const codes = [
    await kit.get<any>(`/api/phones/${CARL}/messages/NOBODY/media`),
    await kit.get<any>(`/api/phones/${CARL}/messages/${text.key.id}/media`),
    await open(CARL, 'NOBODY'),
    await open(CARL, text.key.id),
    await open(CARL, own.key.id),
    await kit.post<any>(`/api/phones/${CARL}/messages`, { to: ANNA, type: 'image', data: 'no base64!' }),
  ].map(({ status, body }) => [status, body.error.code]);
  expect(codes).toEqual([
    [404, 'MESSAGE_NOT_FOUND'],
    [404, 'NO_MEDIA'],
    [404, 'MESSAGE_NOT_FOUND'],
    [409, 'NOTHING_TO_PLAY'],
    [409, 'NOTHING_TO_PLAY'],
    [400, 'VALIDATION_ERROR'],
  ]);
});

test('a file that is not what its message says is refused', async () => {
  const { id } = await anna.send(CARL, { image: noise(500, 4), jpegThumbnail: THUMBNAIL });
  const { imageMessage } = anna.sent.get(id ?? '') ?? {};
  const forged = { imageMessage: { ...imageMessage, mediaKey: noise(32, 5) } };
  const other = await anna.live.relayMessage(jid(CARL), forged, {});
  await shown(other);
  expect((await file(CARL, other)).status).toBe(409);
});

test('a picture goes to a group and from it, encrypted once for all', async () => {
  const { body: group } = await kit.post<{ jid: string }>('/api/groups', {
    ...{ by: CARL, subject: 'Bakers', members: [ANNA, BEN] },
  });
  const sent = await carlWrites({ type: 'image', caption: 'For all', mentions: [BEN] }, group.jid);
  expect(sent.key.remoteJid).toBe(group.jid);
  expect((await download(sent)).toString('hex', 0, 2)).toBe('ffd8');
  const bytes = noise(700, 6);
  const { id } = await anna.send(group.jid, { image: bytes, jpegThumbnail: THUMBNAIL, mentions: [jid(BEN)] });
  expect(await until('on the phone of Ben', () => seenBy(BEN, id ?? ''))).toMatchObject({
    ...{ type: 'image', content: { mentions: [BEN] } },
  });
  expect((await file(BEN, id)).bytes).toEqual(bytes);
});

test('a phone sends nothing larger than the network takes', async () => {
  const small = await TestSandbox.start({ mediaFileBytesMax: 1000 });
  const data = Buffer.alloc(2000).toString('base64');
  const answer = await small.post(`/api/phones/${CARL}/messages`, { to: BEN, type: 'document', data });
  expect(answer).toMatchObject({ status: 413, body: { error: { code: 'MEDIA_TOO_LARGE' } } });
  await small.close();
});

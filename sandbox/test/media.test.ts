import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnyMessageContent } from 'baileys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { download, got, noise, stored, trust, upload } from './media-kit.ts';
import { later } from './until.ts';

const ALMA = '628150000001';
const BIMA = '628150000002';
const MEGABYTE = 1024 * 1024;
const THUMBNAIL = Buffer.from('/9j/2wBDAAEBAQ==', 'base64').toString('base64');

let kit: TestSandbox;
let alma: Client;
let bima: Client;
let auth: string;
beforeAll(async () => {
  kit = await TestSandbox.start();
  const config = await trust(kit);
  [alma, bima] = await Promise.all([kit.linked(ALMA, config), kit.linked(BIMA, config)]);
  ({ auth } = await alma.live.refreshMediaConn(true));
});
afterAll(() => kit.close());

const KINDS: [string, string, (bytes: Buffer) => AnyMessageContent][] = [
  [
    'imageMessage',
    'image',
    (image) => ({ image, jpegThumbnail: THUMBNAIL, caption: 'A picture', width: 2, height: 2 }),
  ],
  ['videoMessage', 'video', (video) => ({ video, jpegThumbnail: THUMBNAIL, seconds: 3 })],
  ['ptvMessage', 'video', (video) => ({ video, jpegThumbnail: THUMBNAIL, ptv: true, seconds: 3 })],
  ['audioMessage', 'audio', (audio) => ({ audio, ptt: true, seconds: 2, waveform: new Uint8Array(64) })],
  [
    'documentMessage',
    'document',
    (document) => ({ document, mimetype: 'application/pdf', fileName: 'list.pdf' }),
  ],
  ['stickerMessage', 'image', (sticker) => ({ sticker })],
];

test.each(KINDS)(
  'a client sends a %s and another client downloads it byte for byte',
  async (field, kind, content) => {
    const bytes = noise(
      40_000,
      KINDS.findIndex(([each]) => each === field),
    );
    const { id } = await alma.send(BIMA, content(bytes));
    const message = await got(bima, id);
    expect(Object.keys(message.message ?? {})).toContain(field);
    expect(await download(message)).toEqual(bytes);
    const last = (await stored(kit)).at(-1);
    expect(last).toMatchObject({ kind, uploader: ALMA, status: 200 });
  },
);

test.each([
  ['product-catalog-image', 'product-image'],
  ['biz-cover-photo', 'biz-cover-photo'],
  ['md-msg-hist', 'md-app-state'],
] as const)('a client finds the address for a %s', async (mediaType, kind) => {
  const bytes = noise(300, kind.length);
  const path = join(kit.folder.path, kind);
  writeFileSync(path, bytes);
  const fileEncSha256B64 = createHash('sha256').update(bytes).digest('base64');
  const { directPath } = await alma.live.waUploadToServer(path, { mediaType, fileEncSha256B64 });
  expect((await stored(kit)).at(-1)).toMatchObject({ kind, uploader: ALMA, directPath });
});

test('five megabytes arrive byte for byte', async () => {
  const bytes = noise(5 * MEGABYTE, 5);
  const content = { document: bytes, mimetype: 'application/zip', fileName: 'all.zip' };
  const { id } = await alma.send(BIMA, content);
  const message = await got(bima, id);
  expect(Number(message.message?.documentMessage?.fileLength)).toBe(bytes.length);
  expect((await download(message)).equals(bytes)).toBe(true);
});

test('a client is told of this network as its media host, with the largest size', async () => {
  const { hosts, ttl } = await alma.live.refreshMediaConn(true);
  const { host } = new URL(kit.url);
  expect(hosts).toEqual([{ hostname: host, maxContentLengthBytes: 100 * MEGABYTE }]);
  expect(ttl).toBeGreaterThan(0);
});

test('a range of a file is answered with just these bytes, and one beyond its end with 416', async () => {
  const bytes = noise(1000, 7);
  const { body } = await upload(kit, auth, bytes);
  const ask = (range: string) => fetch(`${kit.url}${body.direct_path}`, { headers: { range } });
  for (const [range, start, end] of [
    ['bytes=0-99', 0, 100],
    ['bytes=990-', 990, 1000],
    ['bytes=-10', 990, 1000],
    ['bytes=500-5000', 500, 1000],
  ] as const) {
    const answer = await ask(range);
    expect([answer.status, answer.headers.get('content-range')]).toEqual([
      206,
      `bytes ${start}-${end - 1}/1000`,
    ]);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes.subarray(start, end));
  }
  const beyond = await ask('bytes=1000-');
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */1000']);
  const several = await ask('bytes=0-1,5-6');
  expect([several.status, (await several.arrayBuffer()).byteLength]).toEqual([200, 1000]);
});

test('the client itself downloads a range', async () => {
  const bytes = noise(10_000, 8);
  const { id } = await alma.send(BIMA, { document: bytes, mimetype: 'text/plain', fileName: 'a.txt' });
  const { downloadMediaMessage } = await import('baileys');
  const message = await got(bima, id);
  const part = await downloadMediaMessage(message, 'buffer', { startByte: 1000, endByte: 3000 });
  expect(part).toEqual(bytes.subarray(1000, 3000));
});

test('an upload whose bytes are not what its address promises is refused and leaves nothing', async () => {
  const before = await stored(kit);
  const wrong = createHash('sha256').update('something else').digest('base64url');
  const answer = await upload(kit, auth, noise(100, 9), wrong);
  expect([answer.status, answer.body.error?.code]).toEqual([400, 'MEDIA_HASH_WRONG']);
  expect(await stored(kit)).toEqual(before);
});

test('an upload without a good authorisation is refused', async () => {
  for (const bad of ['', 'nonsense', `${auth.slice(0, -3)}AAA`]) {
    const answer = await upload(kit, bad);
    expect([answer.status, answer.body.error?.code]).toEqual([401, 'MEDIA_AUTH_INVALID']);
  }
  const outdated = await later(6 * 3_600_000 + 1000, () => upload(kit, auth));
  expect([outdated.status, outdated.body.error?.code]).toEqual([401, 'MEDIA_AUTH_INVALID']);
});

test('the same file twice is kept once, at one address', async () => {
  const bytes = noise(300, 10);
  const [first, second] = [await upload(kit, auth, bytes), await upload(kit, auth, bytes)];
  expect(second.body).toEqual(first.body);
});

test('addresses that are unknown, foreign, expired or deleted are answered 404, 403, 410 and 404', async () => {
  const { body } = await upload(kit, auth, noise(200, 11));
  const path = body.direct_path;
  const status = async (each: string) => (await fetch(`${kit.url}${each}`)).status;
  const id = (await stored(kit)).at(-1)?.id;
  expect(await status(path)).toBe(200);
  expect(await status(path.replace(/oh=.*/, 'oh=wrong'))).toBe(403);
  expect((await kit.post(`/api/media/${id}/expire`, {})).body).toMatchObject({ id, status: 410 });
  expect(await status(path)).toBe(410);
  await kit.post(`/api/media/${id}/expire`, { status: 404 });
  expect(await status(path)).toBe(404);
  expect((await kit.ask('DELETE', `/api/media/${id}`)).status).toBe(200);
  expect(await status(path)).toBe(404);
  expect((await kit.ask('DELETE', `/api/media/${id}`)).status).toBe(404);
  expect((await kit.post('/api/media/00/expire', {})).status).toBe(404);
  expect((await kit.post('/api/media/00/expire', { status: 500 })).status).toBe(400);
});

test('files outlive a restart and are gone after a reset', async () => {
  const bytes = noise(500, 12);
  const { body } = await upload(kit, auth, bytes);
  await kit.restart();
  const again = await fetch(`${kit.url}${body.direct_path}`);
  expect(Buffer.from(await again.arrayBuffer())).toEqual(bytes);
  await kit.post('/api/reset', {});
  expect(await stored(kit)).toEqual([]);
  expect((await fetch(`${kit.url}${body.direct_path}`)).status).toBe(404);
});

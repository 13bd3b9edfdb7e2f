import { createHash, createHmac, hkdfSync } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { join } from 'node:path';
import { proto } from 'baileys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { got, noise, stored, trust, upload } from './media-kit.ts';
import { until } from './until.ts';

const GITA = '628150000031';
const HANA = '628150000032';
const FILE_BYTES_MAX = 200_000;

let kit: TestSandbox;
let gita: Client;
let hana: Client;
let auth: string;
beforeAll(async () => {
  kit = await TestSandbox.start({ mediaFileBytesMax: FILE_BYTES_MAX });
  const config = await trust(kit);
  [gita, hana] = await Promise.all([kit.linked(GITA, config), kit.linked(HANA, config)]);
  ({ auth } = await gita.live.refreshMediaConn(true));
});
afterAll(() => kit.close());

const onDisk = (): string[] => readdirSync(join(kit.sandbox.dataDir, 'media'));

/** An upload that is written by hand; `answer` resolves with what comes back. */
function begin(bytes: Buffer, options: RequestOptions, token = auth) {
  const hash = createHash('sha256').update(bytes).digest('base64url');
  const path = `${kit.url}/mms/image/${hash}?auth=${token}`;
  const outgoing: ClientRequest = request(path, { method: 'POST', agent: false, ...options });
  const answer = new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', async (incoming: IncomingMessage) => {
      const parts = await incoming.toArray();
      resolve({ status: incoming.statusCode, body: Buffer.concat(parts).toString() });
    });
  });
  answer.catch(() => undefined);
  return { outgoing, answer };
}

test('an upload that breaks off leaves nothing behind and is no failure of the network', async () => {
  const bytes = noise(100_000, 1);
  const { outgoing } = begin(bytes, { headers: { 'content-length': bytes.length } });
  outgoing.write(bytes.subarray(0, 50_000));
  await until('the beginning is on disk', () => onDisk().length === 1);
  outgoing.destroy();
  await until('nothing is on disk', () => onDisk().length === 0);
  expect(await stored(kit)).toEqual([]);
  expect((await upload(kit, auth, bytes)).status).toBe(200);
  expect(kit.problems).toEqual([]);
});

test('whoever sends far too much hears so, and is not just cut off', async () => {
  const piece = noise(64 * 1024, 2);
  const { outgoing, answer } = begin(piece, {});
  for (let sent = 0; sent < 100 * FILE_BYTES_MAX; sent += piece.length) {
    if (outgoing.write(piece)) continue;
    await Promise.race([answer, new Promise((resolve) => outgoing.once('drain', resolve))]);
  }
  outgoing.end();
  const { status, body } = await answer;
  expect([status, JSON.parse(body).error.code]).toEqual([413, 'MEDIA_TOO_LARGE']);
  expect(kit.problems).toEqual([]);
});

test('whoever may not upload hears so, however much is sent', async () => {
  const bytes = noise(FILE_BYTES_MAX, 3);
  const { outgoing, answer } = begin(bytes, { headers: { 'content-length': bytes.length } }, 'nonsense');
  outgoing.end(bytes);
  expect((await answer).status).toBe(401);
});

test('the authorisation of a device that was unlinked is good for nothing', async () => {
  const third = await kit.linked(HANA, await trust(kit));
  const { auth: given } = await third.live.refreshMediaConn(true);
  expect((await upload(kit, given)).status).toBe(200);
  const device = third.id.split('@')[0]?.split(':')[1];
  await kit.ask('DELETE', `/api/phones/${HANA}/devices/${device}`);
  expect((await upload(kit, given)).status).toBe(401);
});

test('the same upload twice at once is kept once', async () => {
  const before = (await stored(kit)).length;
  const bytes = noise(150_000, 4);
  const answers = await Promise.all([1, 2, 3].map(() => upload(kit, auth, bytes)));
  expect(new Set(answers.map(({ body }) => body.direct_path)).size).toBe(1);
  expect((await stored(kit)).length).toBe(before + 1);
});

test('a file with a true MAC around nonsense is said to be damaged', async () => {
  const mediaKey = noise(32, 5);
  const keys = Buffer.from(hkdfSync('sha256', mediaKey, Buffer.alloc(0), 'WhatsApp Document Keys', 112));
  for (const ciphertext of [noise(32, 6), noise(17, 7), Buffer.alloc(0)]) {
    const seal = createHmac('sha256', keys.subarray(48, 80)).update(keys.subarray(0, 16)).update(ciphertext);
    const { body } = await upload(kit, auth, Buffer.concat([ciphertext, seal.digest().subarray(0, 10)]));
    const document = { url: body.url, directPath: body.direct_path, mediaKey, mimetype: 'text/plain' };
    const message = proto.Message.fromObject({ documentMessage: document });
    const id = await gita.live.relayMessage(`${HANA}@s.whatsapp.net`, message, {});
    await got(hana, id);
    await kit.seen(HANA);
    const answer = await kit.get(`/api/phones/${HANA}/messages/${id}/media`);
    expect(answer).toMatchObject({ status: 409, body: { error: { code: 'MEDIA_DAMAGED' } } });
  }
  expect(kit.problems).toEqual([]);
});

test('an upload that a reset overtakes is refused and leaves nothing', async () => {
  const bytes = noise(100_000, 8);
  const { outgoing, answer } = begin(bytes, { headers: { 'content-length': bytes.length } });
  outgoing.write(bytes.subarray(0, 50_000));
  await until('the beginning is on disk', () => onDisk().some((name) => name.startsWith('upload-')));
  await kit.post('/api/reset', {});
  outgoing.end(bytes.subarray(50_000));
  expect((await answer).status).toBe(400);
  expect(await kit.get('/api/media')).toMatchObject({ body: { media: [], totalBytes: 0 } });
  expect(onDisk()).toEqual([]);
  expect(kit.problems).toEqual([]);
});

import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { download, got, noise, stored, trust, upload } from './media-kit.ts';
import { until } from './until.ts';

const INTAN = '628150000041';
const JOKO = '628150000042';

let kit: TestSandbox;
const answered = new Map<string, Buffer>();
let expired: { message: Awaited<ReturnType<typeof got>>; bytes: Buffer; path: string };
let joko: Client;

beforeAll(async () => {
  const [made, network] = await TestSandbox.startAsProcess();
  kit = made;
  const config = await trust(kit);
  const [intan, other] = await Promise.all([kit.linked(INTAN, config), kit.linked(JOKO, config)]);
  joko = other;
  const bytes = noise(3000, 100);
  const { id } = await intan.send(JOKO, { document: bytes, mimetype: 'text/plain', fileName: 'a.txt' });
  const message = await got(joko, id);
  const [media] = await stored(kit);
  expired = { message, bytes, path: media?.directPath ?? '' };
  await kit.post(`/api/media/${media?.id}/expire`, {});
  const { auth } = await intan.live.refreshMediaConn(true);
  const uploads = uploadMany(auth);
  await until('some answers', () => answered.size > 5);
  network.kill('SIGKILL');
  await Promise.all([network.exit, uploads]);
  await until('the clients noticed', () => !intan.socket && !joko.socket);
  await kit.spawn();
});
afterAll(() => kit?.close());

/** Half an upload and many whole ones; notes which are answered. */
async function uploadMany(auth: string): Promise<unknown> {
  const half = request(`${kit.url}/mms/image/${'A'.repeat(43)}?auth=${auth}`, {
    method: 'POST',
    headers: { 'content-length': 1000 },
  });
  half.on('error', () => undefined);
  half.write(noise(500, 99));
  const uploads = Array.from({ length: 40 }, async (_, seed) => {
    const bytes = noise(20_000, seed);
    const { body } = await upload(kit, auth, bytes);
    answered.set(body.direct_path, bytes);
  });
  return Promise.allSettled(uploads);
}

const bytesAt = async (path: string): Promise<Buffer> =>
  Buffer.from(await (await fetch(`${kit.url}${path}`)).arrayBuffer());

test('files whose upload was answered survive SIGKILL, and half an upload leaves nothing', async () => {
  for (const [path, bytes] of answered) expect(await bytesAt(path)).toEqual(bytes);
  const hashes = (await stored(kit)).map(({ sha256 }) => sha256);
  expect(readdirSync(join(kit.folder.path, 'media')).sort()).toEqual(hashes.sort());
});

test('what had expired stays so after SIGKILL, and the phone uploads it again', async () => {
  const { message, bytes, path } = expired;
  expect((await fetch(`${kit.url}${path}`)).status).toBe(410);
  await joko.login();
  await joko.live.refreshMediaConn();
  expect(await download(await joko.live.updateMediaMessage(message))).toEqual(bytes);
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestSandbox, until } from './kit.ts';
import { download, got, noise, stored, trust, upload } from './media-kit.ts';

const INTAN = '628150000041';
const JOKO = '628150000042';
const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

let kit: TestSandbox;
const children: ChildProcess[] = [];
beforeEach(async () => {
  kit = await TestSandbox.start();
  await kit.sandbox.close();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await kit.close();
});

/** Runs the network as a process of its own on the folder of the kit; gives what kills it without a warning. */
async function run(port: number): Promise<() => Promise<unknown>> {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, SANDBOX_PORT: String(port), SANDBOX_DATA_DIR: kit.folder.path },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const [url = ''] = /http:\/\/[\d.]+:\d+/.exec(line.toString()) ?? [];
  const close = async () => undefined;
  kit.sandbox = { ...kit.sandbox, url, port: Number(new URL(url).port), close };
  const exit = once(child, 'exit');
  return () => {
    child.kill('SIGKILL');
    return exit;
  };
}

const bytesAt = async (path: string): Promise<Buffer> =>
  Buffer.from(await (await fetch(`${kit.url}${path}`)).arrayBuffer());

test('files whose upload was answered survive SIGKILL, and half an upload leaves nothing', async () => {
  const kill = await run(0);
  const intan = await kit.linked(INTAN, await trust(kit));
  const { auth } = await intan.live.refreshMediaConn(true);
  const half = request(`${kit.url}/mms/image/${'A'.repeat(43)}?auth=${auth}`, {
    method: 'POST',
    headers: { 'content-length': 1000 },
  });
  half.on('error', () => undefined);
  half.write(noise(500, 99));
  const answered = new Map<string, Buffer>();
  const uploads = Array.from({ length: 40 }, async (_, seed) => {
    const bytes = noise(20_000, seed);
    const { body } = await upload(kit, auth, bytes);
    answered.set(body.direct_path, bytes);
  });
  const settled = Promise.allSettled(uploads);
  await until('some answers', () => answered.size > 5);
  await Promise.all([kill(), settled]);
  await run(kit.sandbox.port);
  for (const [path, bytes] of answered) expect(await bytesAt(path)).toEqual(bytes);
  const hashes = (await stored(kit)).map(({ sha256 }) => sha256);
  expect(readdirSync(join(kit.folder.path, 'media')).sort()).toEqual(hashes.sort());
});

test('what has expired stays so after SIGKILL, and the phone uploads it again', async () => {
  const kill = await run(0);
  const config = await trust(kit);
  const [intan, joko] = await Promise.all([kit.linked(INTAN, config), kit.linked(JOKO, config)]);
  const bytes = noise(3000, 1);
  const { id } = await intan.send(JOKO, { document: bytes, mimetype: 'text/plain', fileName: 'a.txt' });
  const message = await got(joko, id);
  const [media] = await stored(kit);
  await kit.post(`/api/media/${media?.id}/expire`, {});
  await kill();
  await until('the clients noticed', () => !intan.socket && !joko.socket);
  await run(kit.sandbox.port);
  expect((await fetch(`${kit.url}${media?.directPath}`)).status).toBe(410);
  await joko.login();
  await joko.live.refreshMediaConn();
  expect(await download(await joko.live.updateMediaMessage(message))).toEqual(bytes);
});

/**
 * A process that takes a large file in, reads it again and prints how much more memory that took, in bytes: a process of its
 * own, because what other tests hold would count as well. `S3_ENDPOINT`, when it is given, names an S3 server.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDiskStorage } from './disk.ts';
import { createS3Storage } from './s3.ts';
import { nameOf } from './storage.ts';

const [size = '0', endpoint] = process.argv.slice(2);
const chunk = Buffer.alloc(65_536, 7);
async function* bytes(total: number) {
  for (let at = 0; at < total; at += chunk.length)
    yield chunk.subarray(0, Math.min(chunk.length, total - at));
}

const folder = await mkdtemp(join(tmpdir(), 'mwa-memory-'));
const credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
const s3 = { bucket: 'media', region: 'us-east-1', endpoint, credentials, prefix: '' };
const storage = endpoint ? createS3Storage(s3, folder) : createDiskStorage(folder);

async function pass(total: number): Promise<number> {
  const received = await storage.receive(bytes(total), { bytesMax: total });
  const name = nameOf('space', received.sha256);
  await received.keep(name);
  let read = 0;
  for await (const part of await storage.open(name)) read += part.length;
  await storage.remove(name);
  return read;
}

async function more(total: number): Promise<{ read: number; more: number }> {
  const before = process.memoryUsage().rss;
  let most = before;
  const look = () => {
    most = Math.max(most, process.memoryUsage().rss);
  };
  const watch = setInterval(look, 5);
  const read = await pass(total);
  clearInterval(watch);
  look();
  return { read, more: most - before };
}

// What is loaded once is no part of it, and buffers that wait for their collector differ from pass to pass.
await pass(32_000_000);
const passes = [await more(Number(size)), await more(Number(size)), await more(Number(size))];
await storage.close();
await rm(folder, { recursive: true, force: true });
process.stdout.write(JSON.stringify(passes.sort((a, b) => a.more - b.more)[0]));

import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nameOf } from './storage.ts';
import { diskStorage, s3Storage, startS3, type TestStorage } from './testing.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const inPieces = (bytes: Buffer, size = 1_000) =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
      bytes.subarray(at * size, (at + 1) * size),
    ),
  );

describe.each([
  ['disk', diskStorage],
  ['s3', s3Storage],
] as const)('%s', (_, open) => {
  let kit: TestStorage;
  beforeAll(async () => {
    kit = await open();
  });
  afterAll(() => kit?.close());

  async function keep(bytes: Buffer, space = 'org') {
    const received = await kit.storage.receive(inPieces(bytes), { bytesMax: bytes.length });
    const name = nameOf(space, received.sha256);
    await received.keep(name);
    return { name, received };
  }
  const read = async (name: string, range?: { start: number; end: number }) =>
    buffer(await kit.storage.open(name, range));
  const arriving = () => readdir(kit.arriving);

  test('what was kept is read back byte for byte, with its size and its hash', async () => {
    const bytes = randomBytes(300_123);
    const { name, received } = await keep(bytes);
    expect([received.size, received.sha256]).toEqual([bytes.length, sha256(bytes)]);
    expect((await read(name)).equals(bytes)).toBe(true);
    expect(await kit.storage.exists(name)).toBe(true);
    expect(await arriving()).toEqual([]);
  });

  test('an empty file is a file', async () => {
    const { name } = await keep(Buffer.alloc(0));
    expect(await read(name)).toHaveLength(0);
  });

  test('a range is read alone, first and last byte included', async () => {
    const bytes = randomBytes(10_000);
    const { name } = await keep(bytes);
    for (const [start, end] of [
      [0, 0],
      [1, 4_321],
      [9_999, 9_999],
    ] as const) {
      expect((await read(name, { start, end })).equals(bytes.subarray(start, end + 1))).toBe(true);
    }
  });

  test('a file can be looked at before it has a name, and leaves nothing when it is discarded', async () => {
    const bytes = randomBytes(5_000);
    const received = await kit.storage.receive(inPieces(bytes), { bytesMax: 5_000 });
    expect((await readFile(received.path)).equals(bytes)).toBe(true);
    expect(await kit.storage.exists(nameOf('org', received.sha256))).toBe(false);
    await received.discard();
    await received.discard();
    expect(await arriving()).toEqual([]);
  });

  test('one byte too many ends the source and leaves nothing', async () => {
    let given = 0;
    let isEnded = false;
    async function* endless() {
      try {
        for (;;) {
          given += 1_000;
          yield Buffer.alloc(1_000);
        }
      } finally {
        isEnded = true;
      }
    }
    const receive = kit.storage.receive(endless(), { bytesMax: 9_999 });
    await expect(receive).rejects.toMatchObject({ name: 'TooManyBytes' });
    expect([given, isEnded, await arriving()]).toEqual([10_000, true, []]);
  });

  test('a source that breaks off leaves nothing', async () => {
    async function* broken() {
      yield Buffer.alloc(1_000);
      throw new Error('the line is dead');
    }
    await expect(kit.storage.receive(broken(), { bytesMax: 9_999 })).rejects.toThrow('the line is dead');
    expect(await arriving()).toEqual([]);
  });

  test('what is removed is gone for one space only; removing it again is no error', async () => {
    const bytes = randomBytes(100);
    const { name } = await keep(bytes, 'one');
    const { name: other } = await keep(bytes, 'other');
    await kit.storage.remove(name);
    await kit.storage.remove(name);
    expect([await kit.storage.exists(name), await kit.storage.exists(other)]).toEqual([false, true]);
    await expect(kit.storage.open(name)).rejects.toMatchObject({ name: 'NotStored' });
  });

  test('twenty at once keep the same bytes under one name', async () => {
    const bytes = randomBytes(50_000);
    const kept = await Promise.all(Array.from({ length: 20 }, () => keep(bytes)));
    expect(new Set(kept.map(({ name }) => name)).size).toBe(1);
    expect((await read(kept[0]?.name ?? '')).equals(bytes)).toBe(true);
  });

  test.each(['../etc/passwd', 'org/../x', 'org', `org/${'a'.repeat(63)}`, `/${'a'.repeat(64)}`, 'org/x\0'])(
    'the name %j leads nowhere',
    async (name) => {
      await expect(kit.storage.open(name)).rejects.toThrow('is no name');
      await expect(kit.storage.exists(name)).rejects.toThrow('is no name');
      await expect(kit.storage.remove(name)).rejects.toThrow('is no name');
    },
  );

  test('what a killed process left behind is swept, and what is still arriving is not', async () => {
    const fresh = await kit.storage.receive(inPieces(Buffer.from('new')), { bytesMax: 10 });
    const old = join(kit.arriving, 'left-behind');
    await writeFile(old, 'half a file');
    await utimes(old, new Date(0), new Date(0));
    await kit.storage.sweep(new Date(Date.now() - 60_000));
    expect((await arriving()).length).toBe(1);
    await fresh.discard();
  });
});

describe('memory', () => {
  const run = promisify(execFile);
  const script = fileURLToPath(new URL('testing-memory.ts', import.meta.url));
  const bytes = 60_000_000;
  /** As `npm start` runs the server. */
  const node = ['--max-semi-space-size=4', script, String(bytes)];
  const env = { ...process.env, MALLOC_ARENA_MAX: '2' };

  test('a file of 60 MB goes to the disk and back with at most 30 MB more memory', async () => {
    const { stdout } = await run(process.execPath, node, { env });
    const { read, more } = JSON.parse(stdout);
    expect(read).toBe(bytes);
    expect(more).toBeLessThan(30_000_000);
  });

  test('and so it does to an S3 store and back', async () => {
    const server = await startS3();
    const { stdout } = await run(process.execPath, [...node, server.settings.endpoint], { env });
    await server.close();
    const { read, more } = JSON.parse(stdout);
    expect(read).toBe(bytes);
    expect(more).toBeLessThan(30_000_000);
  });
});

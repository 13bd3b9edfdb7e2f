import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, rmSync } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, createGzip } from 'node:zlib';
import { createTarDecoder, createTarPacker } from 'modern-tar';
import { errorCode } from '../platform/db/database-unusable.ts';
import { BackupProblem } from './problem.ts';

const sumsName = 'SHA256SUMS';

/** A backup file while it is written; under its own name it is always whole. */
export interface ArchiveWriter {
  folder(name: string): Promise<void>;
  /** Exactly `size` bytes must come. */
  file(name: string, size: number, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>;
  /** Puts the check sums behind, brings all to the disk and gives the file its name. */
  finish(): Promise<void>;
  abandon(): Promise<void>;
}

/** Begins a backup file, readable by its owner alone. */
export async function writeArchive(path: string): Promise<ArchiveWriter> {
  if (await stat(path).catch(() => undefined)) throw new BackupProblem(`${path} exists already.`);
  const half = `${path}.half-${process.pid}`;
  const handle = await open(half, 'wx', 0o600).catch((error: unknown) => {
    throw new BackupProblem(`${path} can't be written: ${String(error)}`);
  });
  const removeHalf = () => rmSync(half, { force: true });
  process.once('exit', removeHalf);
  const { readable, controller } = createTarPacker();
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  const written = pipeline(
    Readable.fromWeb(readable),
    gzip,
    createWriteStream(half, { fd: handle.fd, autoClose: false }),
  );
  // Told where it is awaited; a full disk ends it while an entry is under way.
  written.catch((error: unknown) => controller.error(error));
  const sums: string[] = [];

  const file: ArchiveWriter['file'] = async (name, size, content) => {
    const hash = createHash('sha256');
    const body = controller.add({ name, size, mode: 0o600 }).getWriter();
    for await (const chunk of content) {
      hash.update(chunk);
      await body.write(chunk);
    }
    await body.close();
    sums.push(`${hash.digest('hex')}  ${name}\n`);
  };
  return {
    file,
    async folder(name) {
      const entry = controller.add({ name: `${name}/`, size: 0, mode: 0o700, type: 'directory' });
      await entry.close();
    },
    async finish() {
      const text = Buffer.from(sums.join(''));
      await file(sumsName, text.length, [text]);
      controller.finalize();
      await written;
      await handle.sync();
      await handle.close();
      await rename(half, path);
      process.off('exit', removeHalf);
      const folder = await open(dirname(path));
      await folder.sync().finally(() => folder.close());
    },
    async abandon() {
      controller.error(new Error('abandoned'));
      await written.catch(() => undefined);
      await handle.close().catch(() => undefined);
      removeHalf();
      process.off('exit', removeHalf);
    },
  };
}

/** Something in a backup file: a folder, or a file whose bytes must be read before the next entry comes. */
export interface ArchiveEntry {
  name: string;
  isFolder: boolean;
  content: AsyncIterable<Uint8Array>;
}

/**
 * Hands out everything in a backup file, in its order, and compares every byte with the check sums at its end.
 * `seen` is told how many bytes of the file have been read.
 * @throws BackupProblem when the file is damaged or not whole; what was handed out then is not to be trusted.
 */
export async function readArchive(
  path: string,
  take: (entry: ArchiveEntry) => Promise<void>,
  seen: (bytes: number) => void = () => undefined,
): Promise<void> {
  const hashes = new Map<string, string>();
  let sums: string | undefined;
  try {
    const source = createReadStream(path);
    source.on('data', (chunk) => seen(chunk.length));
    const { readable, writable } = createTarDecoder({ strict: true });
    const fed = pipeline(source, createGunzip(), Writable.fromWeb(writable));
    fed.catch(() => undefined);
    for await (const { header, body } of readable) {
      const name = safeName(header.name, path);
      if (header.type === 'directory') {
        await take({ name: name.replace(/\/$/, ''), isFolder: true, content: body });
      } else if (name === sumsName) {
        sums = Buffer.concat(await Array.fromAsync(body)).toString('utf8');
      } else {
        const hash = createHash('sha256');
        await take({ name, isFolder: false, content: hashed(body, hash) });
        hashes.set(name, hash.digest('hex'));
      }
    }
    await fed;
  } catch (error) {
    if (error instanceof BackupProblem || isOfDisk(error)) throw error;
    throw damaged(path, error instanceof Error ? error.message : String(error));
  }
  if (sums === undefined) throw damaged(path, 'its end is missing');
  const expected = new Map(
    sums
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  );
  const wrong = [...expected].find(([name, hash]) => hashes.get(name) !== hash);
  if (wrong) throw damaged(path, `${wrong[0]} is not what was saved`);
  if (hashes.size !== expected.size) throw damaged(path, 'it holds more than was saved');
}

async function* hashed(body: AsyncIterable<Uint8Array>, hash: { update(chunk: Uint8Array): unknown }) {
  for await (const chunk of body) {
    hash.update(chunk);
    yield chunk;
  }
}

function damaged(path: string, why: string): BackupProblem {
  return new BackupProblem(
    `${path} is damaged or not whole, or no backup of MultiWA (${why}). Nothing was restored.`,
  );
}

/** Trouble of this machine, not of the backup: a full disk, a folder that is closed. */
function isOfDisk(error: unknown): boolean {
  return /^E[A-Z]+$/.test(errorCode(error) ?? '');
}

function safeName(name: string, path: string): string {
  if (name.startsWith('/') || name.split('/').includes('..')) throw damaged(path, `it names ${name}`);
  return name;
}

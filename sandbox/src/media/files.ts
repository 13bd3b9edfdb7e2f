import { createHash, randomBytes } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MediaRefused } from './refusal.ts';

const UNFINISHED = 'upload-';

/** A file that has been received and not yet been given its name. */
export interface Received {
  /** SHA-256 of its bytes, hexadecimal. */
  readonly hash: string;
  readonly size: number;
  /** Gives it its name, so that it can be read. At once: whoever refers to it does so in the same turn. */
  keep(): void;
  /** Forgets it. */
  drop(): void;
}

/** Encrypted files on disk, each named by the SHA-256 of its bytes. A file with a name is whole. */
export class MediaFiles {
  readonly #folder: string;

  /** Makes the folder and removes what `isKnown` does not know: unfinished uploads, and files of before a reset. */
  constructor(folder: string, isKnown: (hash: string) => boolean) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(folder)) {
      if (!isKnown(name)) rmSync(join(folder, name), { force: true });
    }
  }

  /**
   * Writes a stream to disk as it comes. Throws a MediaRefused when it is longer than `bytesMax` (413) or breaks off
   * (400). The stream is not destroyed, as destroying a request cuts off the answer to it.
   */
  async receive(body: Readable, bytesMax: number): Promise<Received> {
    const path = this.#unfinished();
    const digest = createHash('sha256');
    let size = 0;
    async function* metered(): AsyncGenerator<Buffer> {
      for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > bytesMax) throw tooLarge(bytesMax);
        digest.update(chunk);
        yield chunk;
      }
    }
    try {
      await pipeline(metered, createWriteStream(path, { mode: 0o600 }));
    } catch (error) {
      await rm(path, { force: true });
      throw body.errored ? cutOff() : error;
    }
    return this.#received(path, digest.digest('hex'), size);
  }

  /** Writes bytes that are in memory already. */
  async write(bytes: Uint8Array): Promise<Received> {
    const path = this.#unfinished();
    await writeFile(path, bytes, { mode: 0o600 });
    return this.#received(path, createHash('sha256').update(bytes).digest('hex'), bytes.length);
  }

  has(hash: string): boolean {
    return existsSync(join(this.#folder, hash));
  }

  /** Bytes `start` to `end`, both included; none when it ends before it starts. */
  stream(hash: string, start: number, end: number): Readable {
    if (end < start) return Readable.from([]);
    return createReadStream(join(this.#folder, hash), { start, end });
  }

  read(hash: string): Promise<Buffer> {
    return readFile(join(this.#folder, hash));
  }

  remove(hash: string): void {
    rmSync(join(this.#folder, hash), { force: true });
  }

  #unfinished(): string {
    return join(this.#folder, `${UNFINISHED}${randomBytes(9).toString('hex')}`);
  }

  #received(path: string, hash: string, size: number): Received {
    return {
      hash,
      size,
      keep: () => renameSync(path, join(this.#folder, hash)),
      drop: () => rmSync(path, { force: true }),
    };
  }
}

/** The refusal of a file that is larger than this host takes. */
export function tooLarge(bytesMax: number): MediaRefused {
  return new MediaRefused(413, 'MEDIA_TOO_LARGE', `A file may have at most ${bytesMax} bytes.`);
}

/** The refusal of an upload that did not come to its end while there was a network to take it. */
export function cutOff(): MediaRefused {
  return new MediaRefused(400, 'MEDIA_CUT_OFF', 'The upload broke off before its end.');
}

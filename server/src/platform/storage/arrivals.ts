import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Received, TooManyBytes } from './storage.ts';

/** Files on their way in, in a folder of their own: nobody sees one before it is whole and on the disk. */
export interface Arrivals {
  /** `keep` says how a whole file gets its name; the file is gone afterwards. */
  receive(
    source: AsyncIterable<Uint8Array>,
    limits: { bytesMax: number },
    keep: (path: string, name: string, about: Pick<Received, 'sha256' | 'size'>) => Promise<void>,
  ): Promise<Received>;
  sweep(before: Date): Promise<void>;
}

export function createArrivals(folder: string): Arrivals {
  async function write(file: FileHandle, source: AsyncIterable<Uint8Array>, bytesMax: number) {
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of source) {
      size += chunk.length;
      if (size > bytesMax) throw new TooManyBytes(bytesMax);
      hash.update(chunk);
      await writeAll(file, chunk);
    }
    await file.sync();
    return { sha256: hash.digest('hex'), size };
  }
  return {
    async receive(source, { bytesMax }, keep) {
      await mkdir(folder, { recursive: true });
      const path = join(folder, randomUUID());
      const discard = () => rm(path, { force: true });
      try {
        const file = await open(path, 'wx', 0o600);
        const about = await write(file, source, bytesMax).finally(() => file.close());
        return {
          ...about,
          path,
          discard,
          async keep(name) {
            await keep(path, name, about);
            await discard();
          },
        };
      } catch (error) {
        await discard();
        throw error;
      }
    },
    async sweep(before) {
      const names = await readdir(folder).catch(() => []);
      for (const name of names) {
        const path = join(folder, name);
        const about = await stat(path).catch(() => undefined);
        if (about && about.mtime < before) await rm(path, { force: true });
      }
    },
  };
}

/** A write may take a part only. */
async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
}

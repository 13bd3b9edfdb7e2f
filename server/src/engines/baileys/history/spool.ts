import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Bytes put aside on the disk, to be read as often as one likes. */
export interface Spooled {
  read(): AsyncIterable<Buffer>;
  remove(): Promise<void>;
}

/**
 * Writes a file of the past to the disk: it counts only when its end is reached, so nothing may be read before. It lies
 * there under a key that only this process has, and that nobody has any more after a crash.
 */
export async function spool(folder: string, source: AsyncIterable<Uint8Array>): Promise<Spooled> {
  const path = join(folder, `past-${randomUUID()}`);
  const [key, iv] = [randomBytes(32), randomBytes(16)];
  const remove = () => rm(path, { force: true });
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const cipher = createCipheriv('aes-256-ctr', key, iv);
    await pipeline(source, cipher, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    remove,
    async *read() {
      const decipher = createDecipheriv('aes-256-ctr', key, iv);
      for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) yield decipher.update(chunk);
    },
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import { createDiskStorage } from './disk.ts';
import { createS3Storage, type S3Settings } from './s3.ts';
import type { Storage } from './storage.ts';

/** A storage of its own for a test, and where files arrive. */
export interface TestStorage {
  storage: Storage;
  arriving: string;
  close(): Promise<void>;
}

export async function diskStorage(): Promise<TestStorage> {
  const folder = await mkdtemp(join(tmpdir(), 'mwa-media-'));
  return {
    storage: createDiskStorage(folder),
    arriving: join(folder, '.arriving'),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A real S3 server in this process, and what a client of it is told. */
export async function startS3(): Promise<{
  settings: S3Settings & { endpoint: string };
  close(): Promise<void>;
}> {
  const directory = await mkdtemp(join(tmpdir(), 'mwa-s3-'));
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory,
    configureBuckets: [{ name: 'media', configs: [] }],
  });
  const { port } = await server.run();
  return {
    settings: {
      bucket: 'media',
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
      prefix: 'shared/',
    },
    async close() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export async function s3Storage(): Promise<TestStorage> {
  const server = await startS3();
  const arriving = await mkdtemp(join(tmpdir(), 'mwa-arriving-'));
  const storage = createS3Storage(server.settings, arriving);
  return {
    storage,
    arriving,
    async close() {
      await storage.close();
      await server.close();
      await rm(arriving, { recursive: true, force: true });
    },
  };
}

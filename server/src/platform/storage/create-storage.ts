import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { createDiskStorage } from './disk.ts';
import { createS3Storage } from './s3.ts';
import type { Storage } from './storage.ts';

export type StorageConfig = Pick<
  Config,
  | 'dataDir'
  | 'mediaDir'
  | 's3Bucket'
  | 's3Region'
  | 's3Endpoint'
  | 's3AccessKeyId'
  | 's3SecretAccessKey'
  | 's3Prefix'
>;

type Folders = Pick<Config, 'dataDir' | 'mediaDir'>;
const folderOf = (config: Folders) => config.mediaDir ?? join(config.dataDir, 'media');

/** Where files arrive that go to a bucket. */
export const arrivingFolder = (config: Folders): string => join(folderOf(config), '.arriving');

/** The storage that the settings name: a bucket, else a folder. */
export function createStorage(config: StorageConfig): Storage {
  const folder = folderOf(config);
  const { s3Bucket: bucket, s3AccessKeyId: accessKeyId, s3SecretAccessKey: secretAccessKey } = config;
  if (bucket === undefined) return createDiskStorage(folder);
  return createS3Storage(
    {
      bucket,
      region: config.s3Region,
      endpoint: config.s3Endpoint,
      credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined,
      prefix: config.s3Prefix,
    },
    arrivingFolder(config),
  );
}

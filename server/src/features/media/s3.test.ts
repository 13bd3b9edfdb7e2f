import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import { newTenant } from '../../../test/tenant.ts';
import { startS3 } from '../../platform/storage/testing.ts';
import { png } from './testing.ts';

let s3: Awaited<ReturnType<typeof startS3>>;
let house: House;
beforeAll(async () => {
  s3 = await startS3();
  house = await openHouse({
    S3_BUCKET: s3.settings.bucket,
    S3_ENDPOINT: s3.settings.endpoint,
    S3_ACCESS_KEY_ID: 'S3RVER',
    S3_SECRET_ACCESS_KEY: 'S3RVER',
  });
});
afterAll(async () => {
  await house?.close();
  await s3?.close().catch(() => undefined);
});

test('with a bucket set, files lie there and are served from here; an absent store is said so', async () => {
  const { key } = await newTenant(house.api);
  const bytes = await png(700, 500);
  const upload = (base64: string) => key.call('POST', '/uploads/media', { base64, filename: 'shop.png' });
  const { data } = await upload(bytes.toString('base64'));
  const read = async (url: string, headers = {}) =>
    Buffer.from(await (await fetch(url, { headers })).arrayBuffer());
  expect((await read(data.url)).equals(bytes)).toBe(true);
  expect((await read(data.url, { range: 'bytes=1-3' })).toString()).toBe('PNG');
  expect((await read(data.thumbnailUrl)).toString('latin1', 8, 12)).toBe('WEBP');
  expect(await readdir(join(house.dataDir, 'media'))).toEqual(['.arriving']);
  await s3.close();
  const { status, data: refusal } = await upload('aGVsbG8=');
  expect([status, refusal.error.code, refusal.message]).toEqual([
    503,
    'UNAVAILABLE',
    'The storage of files does not answer.',
  ]);
  expect(await readdir(join(house.dataDir, 'media', '.arriving'))).toEqual([]);
});

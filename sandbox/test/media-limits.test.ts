import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox } from '../src/index.ts';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { noise, stored, trust, upload } from './media-kit.ts';

const EKA = '628150000021';
const FILE_BYTES_MAX = 20_000;
const TOTAL_BYTES_MAX = 50_000;

let kit: TestSandbox;
let eka: Client;
let auth: string;
beforeAll(async () => {
  kit = await TestSandbox.start();
  const { port, dataDir } = kit.sandbox;
  await kit.sandbox.close();
  const limits = { mediaFileBytesMax: FILE_BYTES_MAX, mediaTotalBytesMax: TOTAL_BYTES_MAX };
  kit.sandbox = await startSandbox({ port, dataDir, ...limits });
  eka = await kit.linked(EKA, await trust(kit));
  ({ auth } = await eka.live.refreshMediaConn(true));
});
afterAll(() => kit.close());

test('a file that is too large is refused with 413, whether it says its size or not', async () => {
  const bytes = noise(FILE_BYTES_MAX + 1, 1);
  expect((await upload(kit, auth, bytes)).status).toBe(413);
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256').update(bytes).digest('base64url');
  const chunked = await fetch(`${kit.url}/mms/image/${hash}?auth=${auth}`, {
    method: 'POST',
    body: new Blob([new Uint8Array(bytes)]).stream(),
    duplex: 'half',
  });
  expect([chunked.status, await chunked.json()]).toMatchObject([413, { error: { code: 'MEDIA_TOO_LARGE' } }]);
  expect(await stored(kit)).toEqual([]);
  expect((await upload(kit, auth, bytes.subarray(0, FILE_BYTES_MAX))).status).toBe(200);
});

test('a client is told the largest size, and its upload of more fails', async () => {
  const { hosts } = await eka.live.refreshMediaConn(true);
  expect(hosts[0]?.maxContentLengthBytes).toBe(FILE_BYTES_MAX);
  const document = noise(3 * FILE_BYTES_MAX, 2);
  const sent = eka.send(EKA, { document, mimetype: 'text/plain', fileName: 'a.txt' });
  await expect(sent).rejects.toThrow('Media upload failed on all hosts');
});

test('when the files together are too many bytes, the oldest go first', async () => {
  const files = [3, 4, 5, 6].map((seed) => noise(15_000, seed));
  const answers = [];
  for (const bytes of files) answers.push(await upload(kit, auth, bytes));
  const statuses = [];
  for (const { body } of answers) statuses.push((await fetch(`${kit.url}${body.direct_path}`)).status);
  expect(statuses).toEqual([404, 200, 200, 200]);
  const { body } = await kit.get<{ totalBytes: number }>('/api/media');
  expect(body.totalBytes).toBe(45_000);
});

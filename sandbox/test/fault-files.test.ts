import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { download, got, noise, stored, trust } from './media-kit.ts';

const ANNA = '628664000001';
const BEN = '628664000002';
let kit: TestSandbox;
let anna: Client;
let ben: Client;

beforeAll(async () => {
  kit = await TestSandbox.start();
  const config = await trust(kit);
  [anna, ben] = await Promise.all([kit.linked(ANNA, config), kit.linked(BEN, config)]);
});
afterEach(() => kit.ask('DELETE', '/api/faults'));
afterAll(() => kit.close());

const file = (seed: number) => ({
  document: noise(2000, seed),
  mimetype: 'application/pdf',
  fileName: 'list.pdf',
});

test('an upload that fails fails the message of the one it was meant for, until the fault ends', async () => {
  await kit.post('/api/faults', { name: 'upload-failure', number: ANNA });
  await expect(anna.send(BEN, file(1))).rejects.toThrow('Media upload failed on all hosts');
  expect(await stored(kit)).toEqual([]);
  await ben.send(ANNA, file(2));
  await kit.ask('DELETE', '/api/faults');
  await anna.send(BEN, file(1));
  expect((await stored(kit)).map(({ uploader }) => uploader)).toEqual([BEN, ANNA]);
  expect(kit.problems).toEqual([]);
});

test('a download fails with the code that was asked for, and works when the fault has struck', async () => {
  const { id } = await anna.send(BEN, file(3));
  const message = await got(ben, id);
  for (const code of [500, 503, 404]) {
    await kit.post('/api/faults', { name: 'download-failure', code, count: 1 });
    await expect(download(message)).rejects.toMatchObject({ output: { statusCode: code } });
  }
  expect(await download(message)).toEqual(noise(2000, 3));
});

test('a fault of downloads can not be narrowed to a person, for nobody says who fetches', async () => {
  const { status, body } = await kit.post('/api/faults', { name: 'download-failure', number: ANNA });
  expect(status).toBe(400);
  expect(body).toMatchObject({
    error: { code: 'VALIDATION_ERROR', message: expect.stringMatching(/narrowed by number/) },
  });
});

import { proto } from 'baileys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { download, got, noise, stored, trust } from './media-kit.ts';
import { until } from './until.ts';

const CITRA = '628150000011';
const DEWI = '628150000012';

let kit: TestSandbox;
let citra: Client;
let dewi: Client;
beforeAll(async () => {
  kit = await TestSandbox.start();
  const config = await trust(kit);
  [citra, dewi] = await Promise.all([kit.linked(CITRA, config), kit.linked(DEWI, config)]);
  // A client that has never asked for media hosts takes the host of the real network for a renewed file.
  await dewi.live.refreshMediaConn();
});
afterAll(() => kit.close());

/** Sends a document, and gives it as it arrived with the id of its file. */
async function delivered(seed: number) {
  const bytes = noise(2000, seed);
  const { id } = await citra.send(DEWI, { document: bytes, mimetype: 'text/plain', fileName: 'a.txt' });
  const message = await got(dewi, id);
  await until('the phone has it', async () => (await kit.seen(DEWI)).some((each) => each.id === id));
  return { bytes, message, media: (await stored(kit)).at(-1)?.id };
}

test.each([404, 410])(
  'a file that the network answers with %i is uploaded again by the phone',
  async (status) => {
    const { bytes, message, media } = await delivered(status);
    await kit.post(`/api/media/${media}/expire`, { status });
    await expect(download(message)).rejects.toMatchObject({ output: { statusCode: status } });
    const before = message.message?.documentMessage?.directPath;
    const updated = await dewi.live.updateMediaMessage(message);
    expect(updated.message?.documentMessage?.directPath).not.toBe(before);
    expect(await download(updated)).toEqual(bytes);
    expect((await stored(kit)).at(-1)).toMatchObject({ uploader: DEWI, status: 200 });
  },
);

test('the sender, too, has a lost file uploaded again by the own phone', async () => {
  const bytes = noise(2000, 3);
  const { id } = await citra.send(DEWI, { document: bytes, mimetype: 'text/plain', fileName: 'a.txt' });
  const message = await until('the own message', () => citra.received.find(({ key }) => key.id === id));
  await kit.post(`/api/media/${(await stored(kit)).at(-1)?.id}/expire`, {});
  expect(await download(await citra.live.updateMediaMessage(message))).toEqual(bytes);
});

test('members of a group have a lost file uploaded again, each by the own phone and all at once', async () => {
  const group = { by: CITRA, subject: 'Files', members: [DEWI] };
  const { body } = await kit.post<{ jid: string }>('/api/groups', group);
  const bytes = noise(2000, 8);
  const { id } = await citra.send(body.jid, { document: bytes, mimetype: 'text/plain', fileName: 'a.txt' });
  const copies = [await got(citra, id), await got(dewi, id)] as const;
  await kit.post(`/api/media/${(await stored(kit)).at(-1)?.id}/expire`, {});
  const updated = await Promise.all([
    citra.live.updateMediaMessage(copies[0]),
    dewi.live.updateMediaMessage(copies[1]),
  ]);
  for (const each of updated) expect(await download(each)).toEqual(bytes);
  const uploaders = (await stored(kit)).slice(-2).map(({ uploader }) => uploader);
  expect(uploaders.sort()).toEqual([CITRA, DEWI]);
});

test('a file gone from the phones too cannot be uploaded again, and the client is told so', async () => {
  const { message, media } = await delivered(4);
  await kit.ask('DELETE', `/api/media/${media}`);
  await expect(dewi.live.updateMediaMessage(message)).rejects.toThrow('NOT_FOUND');
});

test('a phone that is off uploads nothing, and the client is told so', async () => {
  const { bytes, message, media } = await delivered(5);
  await kit.post(`/api/media/${media}/expire`, {});
  await kit.ask('PUT', `/api/phones/${DEWI}`, { online: false });
  await expect(dewi.live.updateMediaMessage(message)).rejects.toThrow('Failed to re-upload media (2)');
  await kit.ask('PUT', `/api/phones/${DEWI}`, { online: true });
  expect(await download(await dewi.live.updateMediaMessage(message))).toEqual(bytes);
});

test('a request about an unknown message, or with the wrong key, is refused and harms nothing', async () => {
  const { bytes, message } = await delivered(6);
  const unknown = { ...message, key: { ...message.key, id: 'NEVERSENT' } };
  await expect(dewi.live.updateMediaMessage(unknown)).rejects.toThrow('Failed to re-upload media (2)');
  const forged = proto.WebMessageInfo.fromObject(message) as typeof message;
  forged.message = {
    documentMessage: { ...message.message?.documentMessage, mediaKey: Buffer.alloc(32, 1) },
  };
  await expect(dewi.live.updateMediaMessage(forged)).rejects.toThrow('Failed to re-upload media (3)');
  await dewi.live.sendNode({
    tag: 'receipt',
    attrs: { id: 'X', type: 'server-error', to: `${DEWI}@s.whatsapp.net` },
  });
  expect(await download(message)).toEqual(bytes);
  expect(kit.problems).toEqual([]);
});

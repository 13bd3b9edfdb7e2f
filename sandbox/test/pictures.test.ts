import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { until } from './until.ts';

const ANNA = '628570000001';
const BEN = '628570000002';
const EVE = '628570000003';
const DEWI = '628570000004';
const jid = (number: string): string => `${number}@s.whatsapp.net`;
let kit: TestSandbox;
let anna: Client;
let laptop: Client;
let ben: Client;
let dewi: Client;

interface Refusal {
  message: string;
  data: number;
}

/** What clients were told of somebody's picture, in order. */
function told(client: Client, number: string): string[] {
  const updates = client.events.filter((event) => event.name === 'contacts.update');
  return updates
    .flatMap(({ data }) => data as { id: string; imgUrl?: string }[])
    .flatMap(({ id, imgUrl }) => (id === jid(number) && imgUrl ? [imgUrl] : []));
}

async function bytesAt(url: string): Promise<Buffer> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('image/jpeg');
  return Buffer.from(await response.arrayBuffer());
}

const phonePicture = (number: string): Promise<Buffer> => bytesAt(`${kit.url}/api/phones/${number}/picture`);

async function refusal(deed: Promise<unknown>): Promise<Refusal> {
  return (await deed.then(
    () => expect.unreachable('was not refused'),
    (error) => error,
  )) as Refusal;
}

const urlFor = (
  client: Client,
  number: string,
  type: 'image' | 'preview' = 'image',
): Promise<string | undefined> => client.live.profilePictureUrl(jid(number), type);

/** Uploads bytes as they are, which Baileys itself would have made a JPEG of. */
function upload(client: Client, image: Buffer, target?: string, preview?: Buffer): Promise<unknown> {
  const picture = (type: string, content: Buffer) => ({ tag: 'picture', attrs: { type }, content });
  return client.live.query({
    tag: 'iq',
    attrs: { to: '@s.whatsapp.net', type: 'set', xmlns: 'w:profile:picture', ...(target && { target }) },
    content: [picture('image', image), ...(preview ? [picture('preview', preview)] : [])],
  });
}

beforeAll(async () => {
  kit = await TestSandbox.start();
  [anna, ben, dewi] = await Promise.all([kit.linked(ANNA), kit.linked(BEN), kit.linked(DEWI)]);
  laptop = await kit.linked(ANNA);
  await ben.say(ANNA, 'we know each other');
  await anna.heard('we know each other');
});
afterAll(() => kit.close());

test('whoever has no picture is answered with 404, and so is whoever does not exist', async () => {
  for (const number of [BEN, EVE, '628570009999']) {
    expect(await refusal(urlFor(anna, number))).toMatchObject({ message: 'item-not-found', data: 404 });
  }
});

test('a picture set on the phone is seen by clients, and a generated one is a real JPEG', async () => {
  const { status, body } = await kit.ask('PUT', `/api/phones/${EVE}/picture`);
  expect(status).toBe(200);
  const url = await urlFor(anna, EVE);
  expect(body).toMatchObject({ url });
  const image = await bytesAt(url ?? '');
  expect(image).toEqual(await phonePicture(EVE));
  const preview = await bytesAt((await urlFor(anna, EVE, 'preview')) ?? '');
  expect(preview.length).toBeLessThan(image.length);
});

test('a client sets its picture; its phone, companion and everybody with a chat hear of it', async () => {
  await anna.live.updateProfilePicture(anna.id, await phonePicture(EVE));
  await until('the other companion', () => told(laptop, ANNA).includes('changed'));
  await until('the chat partner', () => told(ben, ANNA).includes('changed'));
  const url = await urlFor(ben, ANNA);
  expect(await bytesAt(url ?? '')).toEqual(await phonePicture(ANNA));
  expect(await urlFor(laptop, ANNA)).toBe(url);
  await Promise.all([dewi.caughtUp(), anna.caughtUp()]);
  expect(told(dewi, ANNA)).toEqual([]);
});

test('what a client uploads is kept as it is, with its preview', async () => {
  const jpeg = await phonePicture(EVE);
  const preview = await bytesAt((await urlFor(anna, EVE, 'preview')) ?? '');
  await upload(ben, jpeg, undefined, preview);
  expect(await bytesAt((await urlFor(anna, BEN)) ?? '')).toEqual(jpeg);
  expect(await bytesAt((await urlFor(anna, BEN, 'preview')) ?? '')).toEqual(preview);
});

test('an address is gone once its picture has been replaced or taken away', async () => {
  const before = (await urlFor(anna, EVE)) ?? '';
  await kit.ask('PUT', `/api/phones/${EVE}/picture`, { data: (await phonePicture(ANNA)).toString('base64') });
  expect((await fetch(before)).status).toBe(404);
  const after = (await urlFor(anna, EVE)) ?? '';
  expect(after).not.toBe(before);
  expect((await kit.ask('DELETE', `/api/phones/${EVE}/picture`)).status).toBe(200);
  expect((await fetch(after)).status).toBe(404);
  expect((await kit.ask('DELETE', `/api/phones/${EVE}/picture`)).status).toBe(404);
});

test('a client takes its picture away, and others hear so', async () => {
  await anna.live.removeProfilePicture(anna.id);
  await until('removed at the chat partner', () => told(ben, ANNA).includes('removed'));
  await until('removed at the other companion', () => told(laptop, ANNA).includes('removed'));
  expect((await refusal(urlFor(ben, ANNA))).data).toBe(404);
});

test('what is no JPEG, too large, or somebody else’s is refused', async () => {
  const jpeg = await phonePicture(BEN);
  expect(await refusal(upload(anna, Buffer.from('GIF89a')))).toMatchObject({ data: 406 });
  const large = Buffer.concat([jpeg, Buffer.alloc(2 * 1024 * 1024)]);
  expect(await refusal(upload(anna, large))).toMatchObject({ data: 413 });
  expect(await refusal(upload(anna, jpeg, jid(BEN)))).toMatchObject({ data: 403, message: 'forbidden' });
  expect(await refusal(upload(anna, jpeg, '120363000000000000@g.us'))).toMatchObject({ data: 404 });
  expect(await kit.ask('PUT', `/api/phones/${EVE}/picture`, { data: 'AAAA' })).toMatchObject({
    status: 400,
    body: { error: { code: 'PICTURE_INVALID' } },
  });
});

test('a picture is shown to those who may see it, and 401 to the others', async () => {
  const show = (profile: string, except: string[] = []) =>
    kit.ask('PUT', `/api/phones/${BEN}/privacy`, { profile, except: { profile: except } });
  await show('none');
  expect(await refusal(urlFor(anna, BEN))).toMatchObject({ message: 'not-authorized', data: 401 });
  expect(await urlFor(ben, BEN)).toBeTruthy();
  await show('contacts');
  expect(await urlFor(anna, BEN)).toBeTruthy();
  expect((await refusal(urlFor(dewi, BEN))).data).toBe(401);
  await show('contact_blacklist', [ANNA]);
  expect((await refusal(urlFor(anna, BEN))).data).toBe(401);
  await show('all');
  expect(await urlFor(dewi, BEN)).toBeTruthy();
});

test('pictures outlive a restart at the same address', async () => {
  const url = (await urlFor(anna, BEN)) ?? '';
  const before = await bytesAt(url);
  await kit.restart();
  expect(await bytesAt(url)).toEqual(before);
  expect(kit.problems).toEqual([]);
});

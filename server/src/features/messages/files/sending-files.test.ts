import { spawnSync } from 'node:child_process';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../../../../test/house.ts';
import type { SandboxPhone } from '../../../../test/sandbox.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newTenant,
  type Tenant,
} from '../../../../test/tenant.ts';
import { until } from '../../../../test/until.ts';

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;
let customer: SandboxPhone;
let photo: Buffer;
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#d0a060' } });

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
  customer = await newCustomer(house.sandbox);
  photo = await picture(640, 480).jpeg().toBuffer();
});
afterAll(() => house?.close());

const send = (path: string, body: object, headers: Record<string, string> = { prefer: 'wait=20' }) =>
  tenant.key.post(`/messages/${path}`, { profileId: profile.id, to: customer.number, ...body }, headers);
const shown = async (id: string) => (await customer.messages()).find((message) => message.id === id);
const sine = (...args: string[]) =>
  spawnSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'sine=frequency=440:duration=3', ...args, '-'], {
    maxBuffer: 10_000_000,
  }).stdout;

describe('what phones show', () => {
  test('a picture in base64 goes out byte for byte, with its size and a small one of it', async () => {
    const sent = await send('image', { base64: photo.toString('base64'), caption: 'Our oven' });
    expect(sent).toMatchObject({ success: true, status: expect.stringMatching(/sent|delivered/) });
    const content = { caption: 'Our oven', mimetype: 'image/jpeg', width: 640, height: 480 };
    expect(await shown(sent.waMessageId)).toMatchObject({
      type: 'image',
      content: { ...content, thumbnail: expect.any(String) },
    });
    expect((await customer.file(sent.waMessageId)).equals(photo)).toBe(true);
    const message = await tenant.key.get(`/messages/${sent.messageId}`);
    expect(message).toMatchObject({ type: 'image', content: { ...content, media: { state: 'stored' } } });
    expect(JSON.stringify(message)).not.toContain(photo.toString('base64').slice(0, 100));
  });

  test('an upload is sent by its id, and a file of any kind keeps its name', async () => {
    const form = new FormData();
    form.append('file', new Blob(['a;b\n1;2\n'], { type: 'text/csv' }), 'prices.csv');
    const uploaded = await fetch(`${house.gateway.url}/api/v1/uploads/media`, {
      ...{ method: 'POST', body: form, headers: tenant.credentials },
    });
    const { data } = (await uploaded.json()) as { data: { id: string } };
    const sent = await send('document', { mediaId: data.id, filename: 'Prices in May.csv', caption: 'New' });
    expect(await shown(sent.waMessageId)).toMatchObject({
      type: 'document',
      content: { fileName: 'Prices in May.csv', caption: 'New', mimetype: 'text/csv' },
    });
    expect((await customer.file(sent.waMessageId)).toString()).toBe('a;b\n1;2\n');
  });

  test('other pictures become JPEG, and a sticker is made of any', async () => {
    const webp = await picture(300, 200).webp().toBuffer();
    const image = await send('image', { base64: webp.toString('base64') });
    expect(await shown(image.waMessageId)).toMatchObject({ content: { mimetype: 'image/jpeg' } });
    const sticker = await send('sticker', { base64: photo.toString('base64') });
    expect(await shown(sticker.waMessageId)).toMatchObject({
      type: 'sticker',
      content: { mimetype: 'image/webp' },
    });
    const { width, height } = await sharp(await customer.file(sticker.waMessageId)).metadata();
    expect([width, height]).toEqual([512, 512]);
  });

  test.skipIf(!hasFfmpeg)('sound becomes a voice note with its length and waveform', async () => {
    const sent = await send('audio', { base64: sine('-f', 'wav').toString('base64'), ptt: true });
    const note = await shown(sent.waMessageId);
    expect(note).toMatchObject({
      type: 'voice',
      content: { mimetype: 'audio/ogg; codecs=opus', seconds: 3 },
    });
    expect(note?.content.waveform).toHaveLength(64);
    const song = await send('audio', { base64: sine('-f', 'mp3').toString('base64') });
    expect(await shown(song.waMessageId)).toMatchObject({
      type: 'audio',
      content: { mimetype: 'audio/mpeg' },
    });
  });

  test.skipIf(!hasFfmpeg)('a video goes out with its length, also as a round one', async () => {
    const args = ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=duration=2:size=64x64:rate=5', '-f', 'mp4'];
    const video = spawnSync('ffmpeg', [...args, '-movflags', 'frag_keyframe+empty_moov', '-'], {
      maxBuffer: 10_000_000,
    }).stdout;
    const sent = await send('video', { base64: video.toString('base64'), shape: 'round' });
    expect(await shown(sent.waMessageId)).toMatchObject({ type: 'ptv', content: { mimetype: 'video/mp4' } });
  });

  test('a picture is passed on with its file', async () => {
    const other = await newCustomer(house.sandbox);
    const id = await customer.writes(profile.phone.number, {
      ...{ type: 'image', data: photo.toString('base64'), mimetype: 'image/jpeg', caption: 'Yours?' },
    });
    await until('it is here', async () => {
      const list = await tenant.key.get(`/messages/profile/${profile.id}?limit=100`);
      const found = list.find((one: { waMessageId: string }) => one.waMessageId === id);
      return found?.content.media?.state === 'stored';
    });
    const order = { profileId: profile.id, messageId: id, to: other.number };
    const sent = await tenant.key.post('/messages/forward', order, { prefer: 'wait=20' });
    expect((await other.messages())[0]).toMatchObject({ id: sent.waMessageId, content: { forwarded: true } });
    expect((await other.file(sent.waMessageId)).equals(photo)).toBe(true);
  });
});

test('a file goes to WhatsApp once, for however many messages', async () => {
  const unique = await picture(333, 222).jpeg().toBuffer();
  const before = await house.sandbox.uploadsOf(profile.phone.number);
  const sent = [];
  for (let n = 0; n < 3; n++) sent.push(await send('image', { base64: unique.toString('base64') }));
  expect((await house.sandbox.uploadsOf(profile.phone.number)) - before).toBe(1);
  for (const { waMessageId } of sent) expect((await customer.file(waMessageId)).equals(unique)).toBe(true);
});

describe('what is refused, before anything is kept', () => {
  const code = async (path: string, body: object) => {
    const answer = await tenant.key.call('POST', `/messages/${path}`, {
      ...{ profileId: profile.id, to: customer.number, ...body },
    });
    return [answer.status, answer.body.error?.code];
  };
  const base64 = (text: string) => Buffer.from(text).toString('base64');

  test.each([
    ['no file', 'image', {}, [400, 'MEDIA_MISSING']],
    [
      'two ways at once',
      'image',
      { url: 'https://example.com/a.jpg', base64: 'AAAA' },
      [400, 'VALIDATION_ERROR'],
    ],
    ['no base64', 'image', { base64: 'not base64!' }, [400, 'MEDIA_BASE64_INVALID']],
    ['text as a picture', 'image', { base64: base64('just words') }, [415, 'MEDIA_TYPE_MISMATCH']],
    [
      'a lie about the type',
      'document',
      { base64: base64('words'), mimetype: 'image/png' },
      [415, 'MEDIA_TYPE_MISMATCH'],
    ],
    [
      'an unknown upload',
      'image',
      { mediaId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11' },
      [404, 'MEDIA_NOT_FOUND'],
    ],
    ['a private address', 'image', { url: 'http://169.254.169.254/latest' }, [422, 'TARGET_NOT_ALLOWED']],
    ['no address at all', 'image', { url: 'file:///etc/passwd' }, [400, 'VALIDATION_ERROR']],
    ['a field of another kind', 'text', { text: 'x', base64: 'AAAA' }, [400, 'VALIDATION_ERROR']],
  ])('%s', async (_, path, body, expected) => {
    expect(await code(path, body)).toEqual(expected);
  });

  test('a picture of 30,000 × 30,000 pixels', async () => {
    const head = await picture(64, 64).png().toBuffer();
    head.writeUInt32BE(30_000, 16);
    head.writeUInt32BE(30_000, 20);
    expect((await code('image', { base64: head.toString('base64') }))[0]).toBe(422);
  });
});

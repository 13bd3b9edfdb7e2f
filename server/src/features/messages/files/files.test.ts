import { createHash, randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../../test/house.ts';
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
let photo: Buffer;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
  const noise = { width: 640, height: 480, channels: 3 as const, background: '#d0a060' };
  photo = await sharp({ create: noise }).jpeg().toBuffer();
});
afterAll(() => house?.close());

const stored = (waMessageId: string, state = 'stored') =>
  until(`its file is ${state}`, async () => {
    const [message] = (await tenant.key.get(`/messages/profile/${profile.id}?limit=200`)).filter(
      (one: { waMessageId: string }) => one.waMessageId === waMessageId,
    );
    return message?.content.media?.state === state && message;
  });
const told = async (messageId: string) => {
  const { events } = await tenant.key.get('/events?limit=200&event=message.media,message.received');
  return events.filter(
    (one: { event: string; data: { messageId: string } }) => one.data.messageId === messageId,
  );
};

test('a picture that arrives is kept here, shown by a link without a login, and told of', async () => {
  const phone = await newCustomer(house.sandbox);
  const id = await phone.writes(profile.phone.number, {
    ...{ type: 'image', data: photo.toString('base64'), mimetype: 'image/jpeg', caption: 'Our oven' },
  });
  const message = await stored(id);
  expect(message.content).toMatchObject({
    caption: 'Our oven',
    media: { mimetype: 'image/jpeg', bytes: photo.length, width: 640, height: 480 },
  });
  const file = await fetch(message.content.media.url);
  expect(Buffer.from(await file.arrayBuffer()).equals(photo)).toBe(true);
  expect((await fetch(message.content.media.thumbnailUrl)).headers.get('content-type')).toBe('image/webp');
  const mediaPath = `/api/v1/messages/${message.id}/media`;
  expect(await told(message.id)).toMatchObject([
    { data: { hasMedia: true, mediaPath, content: { media: { state: 'waiting' } } } },
    { data: { waMessageId: id, type: 'image', media: { state: 'stored', id: message.content.media.id } } },
  ]);
  const address = new URL(mediaPath, message.content.media.url);
  const led = await fetch(address, { headers: tenant.credentials });
  expect(Buffer.from(await led.arrayBuffer()).equals(photo)).toBe(true);
  expect((await fetch(address)).status).toBe(401);
});

test('the same file from two people is kept once', async () => {
  const [one, other] = [await newCustomer(house.sandbox), await newCustomer(house.sandbox)];
  const file = { type: 'image', data: photo.toString('base64'), mimetype: 'image/jpeg' };
  const ids = [await one.writes(profile.phone.number, file), await other.writes(profile.phone.number, file)];
  const [first, second] = await Promise.all(ids.map((id) => stored(id)));
  expect(first.content.media.id).toBe(second.content.media.id);
});

test('a file is not believed to be what its sender says, and harmless where it is served', async () => {
  const phone = await newCustomer(house.sandbox);
  const page = Buffer.from('<!doctype html><script>alert(document.domain)</script>');
  const id = await phone.writes(profile.phone.number, {
    ...{ type: 'document', data: page.toString('base64'), mimetype: 'image/png' },
    fileName: '../../etc/passwd\u202egnp.html',
  });
  const { content } = await stored(id);
  expect(content.media.mimetype).not.toMatch(/^image/);
  expect(content.media.filename).not.toMatch(/[/\u202e]/);
  const { headers } = await fetch(content.media.url);
  expect(headers.get('content-disposition')).toMatch(/^attachment/);
  expect(headers.get('content-security-policy')).toContain('sandbox');
});

test('a file that WhatsApp lost is asked for again, and one that nobody has is shown as such', async () => {
  const phone = await newCustomer(house.sandbox);
  const write = async () =>
    phone.writes(profile.phone.number, {
      ...{ type: 'document', data: randomBytes(5_000).toString('base64'), fileName: 'order.bin' },
    });
  await profile.disconnect();
  const lost = await write();
  const none = await profile.send(phone.number, 'No file');
  expect((await tenant.key.call('GET', `/messages/${none.messageId}/media`)).status).toBe(404);
  await house.sandbox.loseFilesOf(phone.number);
  await profile.connect();
  await stored(lost);

  await profile.disconnect();
  const gone = await write();
  await house.sandbox.removeFilesOf(phone.number);
  await profile.connect();
  const message = await stored(gone, 'unavailable');
  expect(message.content.media).toMatchObject({
    code: 'MEDIA_GONE',
    reason: expect.stringMatching(/longer/),
  });
  const asked = await tenant.key.call('GET', `/messages/${message.id}/media`);
  expect([asked.status, asked.body.error.code]).toEqual([410, 'MEDIA_UNAVAILABLE']);
});

test('files that came before a kill are fetched afterwards, each once, whatever was under way', async () => {
  const phone = await newCustomer(house.sandbox);
  const files = Array.from({ length: 8 }, () => randomBytes(3_000));
  await profile.disconnect();
  const ids: string[] = [];
  for (const file of files) {
    const document = { type: 'document', data: file.toString('base64'), fileName: 'many.bin' };
    ids.push(await phone.writes(profile.phone.number, document));
  }
  await profile.connect();
  // Their connection ends while some are being fetched.
  await until('one is there', async () => (await stored(ids[0] ?? '')) !== undefined);
  await profile.disconnect();
  await profile.connect();
  for (const [index, id] of ids.entries()) {
    const { content } = await stored(id);
    const body = Buffer.from(await (await fetch(content.media.url)).arrayBuffer());
    const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    expect(hash(body)).toBe(hash(files[index] ?? Buffer.alloc(0)));
  }
});

import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../../test/house.ts';
import type { PhoneMessage } from '../../../../test/sandbox.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newNumber,
  newTenant,
  type Tenant,
} from '../../../../test/tenant.ts';
import { until } from '../../../../test/until.ts';
import { createMediaStore } from '../../media/media.store.ts';
import { createForgetFiles } from '../files/forget-files.ts';
import { createStatusFileStore } from '../files/status-files.store.ts';

const everybody = 'status@broadcast';

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;
let photo: Buffer;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
  const looks = { width: 320, height: 240, channels: 3 as const, background: '#d0a060' };
  photo = await sharp({ create: looks }).jpeg().toBuffer();
});
afterAll(() => house?.close());

function forgetFiles(): Promise<void> {
  const { db } = house.database.database;
  const files = createMediaStore(db);
  const forget = createForgetFiles({
    ...{ db, clock: house.clock, days: 7, store: createStatusFileStore(db) },
    media: { release: (tx, kind, ids) => files.release(tx, kind, ids, house.clock.now()) },
  });
  return forget({}, new AbortController().signal);
}

type Phone = Awaited<ReturnType<typeof newCustomer>>;
const post = (body: object, profileId = profile.id) => tenant.key.post('/statuses', { profileId, ...body });
const get = (id: string) => tenant.key.get(`/statuses/${id}`);
const becomes = (id: string, status: string) =>
  until(`the status update is ${status}`, async () => {
    const found = await get(id);
    return found.status === status && found;
  });
const seenBy = (phone: Phone, id: string) =>
  until('it is shown', async () =>
    (await phone.messages(everybody)).find((one: PhoneMessage) => one.id === id),
  );
const told = async (event: string) => {
  const { events } = await tenant.key.get(`/events?event=${event}&limit=200`);
  return events.map(({ data }: { data: Record<string, unknown> }) => data);
};
const jid = (phone: Phone) => `${phone.number}@c.us`;

test('a text is posted in its colours to those named and nobody else, who is told of it', async () => {
  const [ana, bob, eve] = [
    await newCustomer(house.sandbox),
    await newCustomer(house.sandbox),
    await newCustomer(house.sandbox),
  ];
  const look = { background: '#1f7a5c', color: '#ffffff', font: 2 };
  const { id, waMessageId } = await post({
    ...{ type: 'text', text: 'Open until six', ...look, clientReference: 'story-1' },
    audience: [ana.number, `+${bob.number}`, ana.number],
  });
  for (const phone of [ana, bob, profile.phone]) {
    expect(await seenBy(phone as Phone, waMessageId)).toMatchObject({
      text: 'Open until six',
      content: look,
    });
  }
  expect(await eve.messages(everybody)).toEqual([]);
  expect(await becomes(id, 'sent')).toMatchObject({
    ...{
      fromMe: true,
      audienceCount: 2,
      clientReference: 'story-1',
      content: { text: 'Open until six', ...look },
    },
    ...{ senderJid: `${profile.phone.number}@c.us`, origin: { kind: 'api' } },
  });
  expect(await told('status.posted')).toMatchObject([{ status: { id, status: 'sent' } }]);
  expect(await tenant.key.get(`/messages/profile/${profile.id}`)).toEqual([]);
});

test('who has looked at it is known and told once for each', async () => {
  const [ana, bob] = [await newCustomer(house.sandbox), await newCustomer(house.sandbox)];
  const { id, waMessageId } = await post({ type: 'text', text: 'Look', audience: [ana.number, bob.number] });
  await Promise.all([seenBy(ana, waMessageId), seenBy(bob, waMessageId)]);
  await ana.read(everybody);
  const views = () => tenant.key.get(`/statuses/${id}/views`);
  await until('both have it, one has looked', async () => {
    const people: { viewedAt: string | null }[] = await views();
    return people.length === 2 && people.filter(({ viewedAt }) => viewedAt).length === 1;
  });
  expect((await views()).find((one: { personJid: string }) => one.personJid === jid(ana))).toMatchObject({
    viewedAt: expect.any(String),
  });
  await ana.read(everybody);
  expect(
    (await told('status.viewed')).filter(({ statusId }: Record<string, unknown>) => statusId === id),
  ).toMatchObject([{ by: jid(ana), waMessageId }]);
});

test('a picture is posted byte for byte, and taken back from everybody with its file', async () => {
  const ana = await newCustomer(house.sandbox);
  const { id, waMessageId } = await post({
    ...{ type: 'image', base64: photo.toString('base64'), caption: 'Fresh', audience: [ana.number] },
  });
  expect(await seenBy(ana, waMessageId)).toMatchObject({ type: 'image', text: 'Fresh' });
  expect(await ana.file(waMessageId)).toEqual(photo);
  const { content } = await becomes(id, 'sent');
  expect((await fetch(content.media.url)).status).toBe(200);
  expect((await tenant.key.call('DELETE', `/statuses/${id}`)).status).toBe(200);
  await until('it is gone there', async () => {
    const [shown] = await ana.messages(everybody);
    return shown?.type === 'revoked';
  });
  expect(
    await until('it is gone here', async () => {
      const found = await get(id);
      return found.revokedAt && found;
    }),
  ).toMatchObject({ content: {} });
  expect((await told('status.revoked')).at(0)).toMatchObject({ status: { id } });
  const again = await tenant.key.call('DELETE', `/statuses/${id}`);
  expect([again.status, again.body.error.code]).toEqual([409, 'STATUS_REVOKED']);
});

test('without a list it goes to those whom the profile has met, and waits for a connection', async () => {
  const fresh = await connectedProfile(tenant, house.sandbox);
  const refused = await tenant.key.call('POST', '/statuses', {
    profileId: fresh.id,
    type: 'text',
    text: 'Hello?',
  });
  expect([refused.status, refused.body.error.code]).toEqual([400, 'STATUS_WITHOUT_AUDIENCE']);
  const [ana, group] = [await newCustomer(house.sandbox), await newCustomer(house.sandbox)];
  await fresh.send(ana.number, 'hello', { wait: 20 });
  const chat = await house.sandbox.group(group.number, 'Bakers', [fresh.phone.number]);
  await group.sends(chat, 'I only speak here');
  await until(
    'the group is known',
    async () => (await tenant.key.get(`/messages/profile/${fresh.id}`)).length > 1,
  );
  await fresh.disconnect();
  const { id, waMessageId, status, audienceCount } = await post({ type: 'text', text: 'News' }, fresh.id);
  const cancelled = await post({ type: 'text', text: 'Never mind' }, fresh.id);
  const late = await post({ type: 'text', text: 'Too late' }, fresh.id);
  expect({ status, audienceCount }).toEqual({ status: 'queued', audienceCount: 1 });
  expect(await tenant.key.call('DELETE', `/statuses/${cancelled.id}`)).toMatchObject({
    body: { data: { status: 'cancelled', content: {} } },
  });
  await fresh.connect();
  await seenBy(ana, waMessageId);
  await becomes(id, 'sent');
  await becomes(late.id, 'sent');
  expect((await ana.messages(everybody)).map(({ text }) => text)).toEqual(['News', 'Too late']);
  expect(await group.messages(everybody)).toEqual([]);
});

test('one that reaches nobody, and one that waited a day, fail visibly', async () => {
  const nobody = await post({ type: 'text', text: 'Anyone?', audience: [newNumber()] });
  expect(await becomes(nobody.id, 'failed')).toMatchObject({ failureCode: 'REFUSED_404' });
  expect((await told('status.failed')).at(0)).toMatchObject({ status: { id: nobody.id } });
  await profile.disconnect();
  const late = await post({ type: 'text', text: 'Too late', audience: [newNumber()] });
  house.clock.advance({ days: 1, seconds: 1 });
  await profile.connect();
  expect(await becomes(late.id, 'expired')).toMatchObject({ failureCode: 'EXPIRED' });
});

test('what can’t be posted is refused with every problem, and others’ updates are unknown', async () => {
  const refusal = async (body: object) => {
    const { status, body: answer } = await tenant.key.call('POST', '/statuses', {
      profileId: profile.id,
      ...body,
    });
    return [
      status,
      answer.error.code,
      ...(answer.error.details ?? []).map(({ path }: { path: string }) => path).sort(),
    ];
  };
  const audience = [newNumber()];
  expect(await refusal({ type: 'text', audience })).toEqual([400, 'VALIDATION_ERROR', '/text']);
  expect(await refusal({ type: 'sticker', audience })).toEqual([400, 'VALIDATION_ERROR', '/type']);
  expect(await refusal({ type: 'text', text: 'x', background: 'green', audience: ['nobody'] })).toEqual([
    ...[400, 'VALIDATION_ERROR', '/background'],
  ]);
  expect(await refusal({ type: 'text', text: 'x', audience: ['nobody', '120363000000000001@g.us'] })).toEqual(
    [...[400, 'VALIDATION_ERROR', '/audience/0', '/audience/1']],
  );
  expect(await refusal({ type: 'image', font: 1, base64: 'eHk=', audience })).toEqual([
    400,
    'VALIDATION_ERROR',
    '/font',
  ]);
  expect(await refusal({ type: 'text', text: 'x', audience: Array(1025).fill(audience[0]) })).toEqual([
    ...[400, 'VALIDATION_ERROR', '/audience'],
  ]);
  const stranger = await newTenant(house.api);
  const { id } = await post({ type: 'text', text: 'mine', audience });
  for (const [method, path] of [
    ['GET', ''],
    ['DELETE', ''],
    ['GET', '/views'],
  ] as const) {
    expect((await stranger.key.call(method, `/statuses/${id}${path}`)).status).toBe(404);
  }
});

test('the file of a story that arrives is fetched, told of, and forgotten after its days', async () => {
  const ana = await newCustomer(house.sandbox);
  const waMessageId = await ana.writes(everybody, {
    ...{
      type: 'image',
      data: photo.toString('base64'),
      mimetype: 'image/jpeg',
      audience: [profile.phone.number],
    },
  });
  const story = await until('its file is here', async () => {
    const found = await tenant.key.call('GET', `/statuses/${waMessageId}`);
    return found.body.data?.content.media?.state === 'stored' && found.body.data;
  });
  const bytes = Buffer.from(await (await fetch(story.content.media.url)).arrayBuffer());
  expect(bytes.equals(photo)).toBe(true);
  const [heard] = (await told('status.media')).filter(
    ({ statusId }: Record<string, unknown>) => statusId === story.id,
  );
  expect(heard).toMatchObject({
    waMessageId,
    from: jid(ana),
    media: { state: 'stored', url: expect.any(String) },
  });
  house.clock.advance({ days: 8 });
  await forgetFiles();
  await until('its file is gone', async () => (await get(story.id)).content.media.state === 'unavailable');
  expect(await get(story.id)).toMatchObject({ content: { media: { code: 'MEDIA_EXPIRED' } } });
});

import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../../test/client.ts';
import { type House, openHouse } from '../../../test/house.ts';
import type { SandboxPhone } from '../../../test/sandbox.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newNumber,
  newTenant,
  type Tenant,
} from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;
let customer: SandboxPhone;
let photo: Buffer;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox, { messageDelayMs: 0 });
  customer = await newCustomer(house.sandbox);
  photo = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#d0a060' } })
    .jpeg()
    .toBuffer();
});
afterAll(() => house?.close());

const inSeconds = (seconds: number) => new Date(house.clock.now().getTime() + seconds * 1_000).toISOString();
const order = (more: object = {}) => ({
  ...{ profileId: profile.id, to: customer.number, type: 'text', content: { text: 'We open soon.' } },
  ...{ scheduledAt: inSeconds(3_600), ...more },
});
const schedule = (more: object = {}, client: Client = tenant.key) =>
  client.post('/messages/schedule', order(more));
const listed = (query = '') => tenant.key.get(`/messages/schedule/${profile.id}?limit=200${query}`);
const stateOf = async (id: string) => (await listed()).find((row: { id: string }) => row.id === id);
const isSent = (id: string) =>
  until('it is sent', async () => {
    const row = await stateOf(id);
    return row.status === 'sent' && row;
  });
const eventsOf = async (id: string) =>
  (await house.database.database.db.selectFrom('events').select(['name', 'body']).orderBy('seq').execute())
    .filter(({ body }) => body.scheduledMessageId === id)
    .map(({ name, body }) => ({ name, status: body.status }));

describe('at its time', () => {
  test('a text, a picture and a poll go out on time, and say why they exist', async () => {
    const orders = [
      { content: 'As a plain string.' },
      { type: 'image', content: { base64: photo.toString('base64'), caption: 'Our oven' } },
      { type: 'poll', content: { question: 'Which?', options: ['Rye', 'Wheat'] } },
      { type: 'location', content: { latitude: -6.2, longitude: 106.8, name: 'Bakery' } },
    ];
    const scheduledAt = inSeconds(8);
    const made = [];
    for (const one of orders) made.push(await schedule({ ...one, scheduledAt }));
    expect(made.map(({ status, messageId, sentAt }) => [status, messageId, sentAt])).toEqual(
      orders.map(() => ['pending', null, null]),
    );
    for (const { id, type } of made) {
      const row = await isSent(id);
      const message = await tenant.key.get(`/messages/${row.messageId}`);
      expect(message).toMatchObject({ type, origin: { kind: 'schedule', id } });
      const lateMs = Date.parse(message.createdAt) - Date.parse(scheduledAt);
      expect(lateMs).toBeGreaterThanOrEqual(0);
      // A sweep alone could be half a minute late.
      expect(lateMs).toBeLessThan(8_000);
      expect(Date.parse(row.sentAt)).toBeGreaterThanOrEqual(Date.parse(scheduledAt));
    }
    const seen = await customer.messages();
    expect(seen.map(({ type }) => type).sort()).toEqual(['image', 'location', 'poll', 'text']);
    expect(seen.find(({ type }) => type === 'text')?.text).toBe('As a plain string.');
    const picture = seen.find(({ type }) => type === 'image');
    expect((await customer.file(picture?.id ?? '')).equals(photo)).toBe(true);
  });

  test('a file that nobody has any more is kept until then, and quote and mention come along', async () => {
    const reader = await newCustomer(house.sandbox);
    const asked = await profile.send(reader.number, 'When?', { wait: 20 });
    const made = await schedule({
      to: reader.number,
      type: 'image',
      content: {
        base64: Buffer.concat([photo, Buffer.from('x')]).toString('base64'),
        quotedMessageId: asked.messageId,
        mentions: [reader.number],
        clientReference: 'order-7',
      },
      scheduledAt: inSeconds(2),
    });
    expect(made).toMatchObject({
      clientReference: 'order-7',
      content: { media: { state: 'stored', url: expect.stringContaining('http') } },
    });
    const { db } = house.database.database;
    const references = () =>
      db
        .selectFrom('media_references')
        .select('kind')
        .where('media_id', '=', made.content.media.id)
        .execute();
    const { messageId } = await isSent(made.id);
    expect(await references()).toEqual([{ kind: 'message' }]);
    expect(await tenant.key.get(`/messages/${messageId}`)).toMatchObject({
      clientReference: 'order-7',
      quotedMessageId: asked.waMessageId,
      content: { mentions: [`${reader.number}@c.us`] },
    });
  });

  test('of one chat none overtakes another', async () => {
    const reader = await newCustomer(house.sandbox);
    const scheduledAt = inSeconds(4);
    const ids = [];
    for (let n = 0; n < 8; n++) {
      ids.push((await schedule({ to: reader.number, content: `${n}`, scheduledAt })).id);
    }
    for (const id of ids) await isSent(id);
    expect((await reader.messages()).map(({ text }) => text)).toEqual([...'01234567']);
  });

  test('one that WhatsApp will not take is failed, with its reason', async () => {
    const nobody = newNumber();
    const { id } = await schedule({ to: nobody, scheduledAt: inSeconds(2) });
    const row = await until('it failed', async () => {
      const found = await stateOf(id);
      return found.status === 'failed' && found;
    });
    expect(row).toMatchObject({ errorCode: 'NOT_ON_WHATSAPP', error: expect.any(String), sentAt: null });
  });

  test('its message that is cancelled in the queue makes it cancelled', async () => {
    const away = (await tenant.key.post('/profiles', { name: 'Away', engine: 'sandbox' })).id;
    const { id } = await schedule({ profileId: away, scheduledAt: inSeconds(2) });
    const row = () => tenant.key.get(`/messages/schedule/${away}`).then(([first]: any[]) => first);
    const { messageId } = await until('it waits', async () => {
      const found = await row();
      return found.messageId && found;
    });
    expect(await row()).toMatchObject({ id, status: 'pending' });
    const late = await tenant.key.call('DELETE', `/messages/schedule/${id}`);
    expect([late.status, late.body.error.code]).toEqual([400, 'SCHEDULE_NOT_PENDING']);
    await tenant.key.post(`/messages/${messageId}/cancel`);
    await until('it is cancelled', async () => (await row()).status === 'cancelled');
  });
});

describe('while it waits', () => {
  test('it is listed, the soonest first, by status and page by page', async () => {
    const other = (await tenant.key.post('/profiles', { name: 'Lists', engine: 'sandbox' })).id;
    const made = [];
    for (const seconds of [300, 100, 200]) {
      made.push((await schedule({ profileId: other, scheduledAt: inSeconds(seconds) })).id);
    }
    const [last, first, second] = made;
    const ids = async (query: string) =>
      (await tenant.key.get(`/messages/schedule/${other}${query}`)).map(({ id }: { id: string }) => id);
    expect(await ids('')).toEqual([first, second, last]);
    await tenant.key.delete(`/messages/schedule/${second}`);
    expect(await ids('?status=pending')).toEqual([first, last]);
    expect(await ids('?status=cancelled')).toEqual([second]);
    expect(await ids('?limit=1&offset=1')).toEqual([second]);
    const { headers } = await tenant.key.call('GET', `/messages/schedule/${other}?limit=2`);
    expect(await ids(`?limit=2&cursor=${headers.get('x-next-cursor')}`)).toEqual([last]);
  });

  test('its time, its receiver and all it says can be changed, and its file goes with it', async () => {
    const reader = await newCustomer(house.sandbox);
    const image = { type: 'image', content: { base64: photo.toString('base64') } };
    const made = await schedule(image);
    const path = `/messages/schedule/${made.id}`;
    const change = async (body: object) => (await tenant.key.call('PATCH', path, body)).data;
    expect(await change({ to: reader.number })).toMatchObject({
      ...{ to: `${reader.number}@c.us`, type: 'image', scheduledAt: made.scheduledAt },
      content: { media: { id: made.content.media.id } },
    });
    expect(await change({ type: 'text', content: 'Or rather in words.' })).toMatchObject({
      ...{ type: 'text', content: { text: 'Or rather in words.' }, to: `${reader.number}@c.us` },
    });
    const { db } = house.database.database;
    const kept = await db
      .selectFrom('media_references')
      .select('media_id')
      .where('kind', '=', 'schedule')
      .where('referrer_id', '=', made.id)
      .execute();
    expect(kept).toEqual([]);
    const soon = inSeconds(2);
    expect(await change({ scheduledAt: soon })).toMatchObject({ scheduledAt: soon, status: 'pending' });
    await isSent(made.id);
    expect((await reader.messages()).map(({ text }) => text)).toEqual(['Or rather in words.']);
    const late = await tenant.key.call('PATCH', path, { scheduledAt: inSeconds(60) });
    expect([late.status, late.body.error]).toMatchObject([
      400,
      { code: 'SCHEDULE_NOT_PENDING', message: 'Only pending messages can be changed' },
    ]);
    expect((await eventsOf(made.id)).map(({ name }) => name)).toEqual(Array(4).fill('message.scheduled'));
  });

  test('it is cancelled once: nobody is sent it, and its event tells', async () => {
    const reader = await newCustomer(house.sandbox);
    const { id } = await schedule({ to: reader.number, scheduledAt: inSeconds(3) });
    expect(await tenant.key.delete(`/messages/schedule/${id}`)).toMatchObject({ id, status: 'cancelled' });
    const again = await tenant.key.call('DELETE', `/messages/schedule/${id}`);
    expect([again.status, again.body.message]).toEqual([400, 'Only pending messages can be cancelled']);
    const after = await schedule({ to: reader.number, content: 'The next one.', scheduledAt: inSeconds(4) });
    await isSent(after.id);
    expect((await reader.messages()).map(({ text }) => text)).toEqual(['The next one.']);
    expect((await eventsOf(id)).map(({ name, status }) => [name, status])).toEqual([
      ['message.scheduled', 'pending'],
      ['message.unscheduled', 'cancelled'],
    ]);
  });

  test('a repeated idempotency key schedules nothing more', async () => {
    const headers = { 'idempotency-key': 'monday' };
    const body = order();
    const first = await tenant.key.post('/messages/schedule', body, headers);
    expect(await tenant.key.post('/messages/schedule', body, headers)).toEqual(first);
    expect((await listed()).filter(({ id }: { id: string }) => id === first.id)).toHaveLength(1);
    house.clock.advance({ hours: 2 });
    expect(await tenant.key.post('/messages/schedule', body, headers)).toEqual(first);
    const other = await tenant.key.call('POST', '/messages/schedule', { ...body, to: newNumber() }, headers);
    expect([other.status, other.body.error.code]).toEqual([400, 'VALIDATION_ERROR']);
  });

  test('fields of what it says that do nothing are named, as of a message that goes at once', async () => {
    const content = { text: 'hello', txet: 'hallo', 'link-preview': false };
    const { status, body, headers } = await tenant.key.call(
      'POST',
      '/messages/schedule',
      order({ content, colour: 1 }),
    );
    expect([status, body.meta.ignored]).toEqual([201, ['colour', 'content.txet', 'content.link-preview']]);
    expect(headers.get('x-ignored-fields')).toBe('colour, content.txet, content.link-preview');
  });

  test('a time without offset counts by the clocks of the zone, in summer and winter', async () => {
    const year = house.clock.now().getUTCFullYear() + 1;
    const at = async (scheduledAt: string, timeZone?: string) =>
      (await schedule({ scheduledAt, timeZone })).scheduledAt;
    expect(await at(`${year}-01-15T09:00:00`, 'Europe/Berlin')).toBe(`${year}-01-15T08:00:00.000Z`);
    expect(await at(`${year}-07-15T09:00`, 'Europe/Berlin')).toBe(`${year}-07-15T07:00:00.000Z`);
    expect(await at(`${year}-07-15 09:00`, 'Asia/Jakarta')).toBe(`${year}-07-15T02:00:00.000Z`);
    expect(await at(`${year}-07-15T09:00:00+05:30`, 'Asia/Jakarta')).toBe(`${year}-07-15T03:30:00.000Z`);
  });
});

describe('what is refused', () => {
  test.each([
    ['a moment that has passed', { scheduledAt: '2020-01-01T00:00:00Z' }, ['/scheduledAt']],
    ['what is no date', { scheduledAt: 'tomorrow' }, ['/scheduledAt']],
    ['a day that is none', { scheduledAt: '2035-02-30T10:00:00Z' }, ['/scheduledAt']],
    ['a month that is none', { scheduledAt: '2035-00-10T10:00', timeZone: 'UTC' }, ['/scheduledAt']],
    ['a moment without offset or zone', { scheduledAt: '2035-01-01T10:00:00' }, ['/scheduledAt']],
    ['a zone that is none', { scheduledAt: '2035-01-01T10:00', timeZone: 'Asia/Jakart' }, ['/timeZone']],
    ['what is too far ahead', { scheduledAt: '9999-01-01T10:00:00Z' }, ['/scheduledAt']],
    ['an unknown type', { type: 'hologram' }, ['/type']],
    ['a type that is only received', { type: 'unsupported' }, ['/type']],
    ['a plain string that is no text', { type: 'image', content: 'oven.jpg' }, ['/content']],
    ['an empty text', { content: '' }, ['/content']],
    ['a field that is missing', { type: 'poll', content: { question: 'Which?' } }, ['/content/options']],
    ['a field of another kind', { content: { text: 'x', base64: 'AAAA' } }, ['/content/base64']],
    [
      'options that are alike',
      { type: 'poll', content: { question: 'Which?', options: ['a', 'a'] } },
      ['/content/options/1'],
    ],
    ['a mention of nobody', { content: { text: 'x', mentions: ['you'] } }, ['/content/mentions/0']],
    [
      'everything at once',
      {
        ...{ type: 'location', content: { latitude: 91, longitude: 'x' } },
        scheduledAt: '2020-01-01T00:00:00Z',
      },
      ['/content/latitude', '/content/longitude', '/scheduledAt'],
    ],
  ])('%s', async (_, more, paths) => {
    const { status, body } = await tenant.key.call('POST', '/messages/schedule', order(more));
    expect([status, body.error.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(body.error.details.map(({ path }: { path: string }) => path).sort()).toEqual(paths);
  });

  test.each([
    ['a receiver that is none', { to: '12' }, 400, 'INVALID_RECIPIENT'],
    ['an unknown profile', { profileId: 'none' }, 404, 'PROFILE_NOT_FOUND'],
    ['a quote of nothing', { content: { text: 'x', quotedMessageId: 'none' } }, 404, 'MESSAGE_NOT_FOUND'],
    ['a picture without file', { type: 'image', content: {} }, 400, 'MEDIA_MISSING'],
    [
      'a file that is no picture',
      { type: 'image', content: { base64: Buffer.from('words').toString('base64') } },
      415,
      'MEDIA_TYPE_MISMATCH',
    ],
  ])('%s', async (_, more, status, code) => {
    const before = (await listed()).length;
    const answer = await tenant.key.call('POST', '/messages/schedule', order(more));
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    expect((await listed()).length).toBe(before);
  });

  test('a past moment says so in the sentence that clients know', async () => {
    const past = { scheduledAt: '2020-01-01T00:00:00Z' };
    const answer = await tenant.key.call('POST', '/messages/schedule', order(past));
    expect(answer.body.message).toBe('scheduledAt must be in the future');
    const { id } = await schedule();
    const change = (body: object) => tenant.key.call('PATCH', `/messages/schedule/${id}`, body);
    expect((await change(past)).body.message).toBe('scheduledAt must be in the future');
    expect((await change({ type: 'poll' })).body.error.details).toEqual([
      { path: '/content', problem: 'is required with a type' },
    ]);
  });

  test('what another tenant has scheduled is not found', async () => {
    const stranger = await newTenant(house.api);
    const { id } = await schedule();
    const asked = [
      ['GET', `/messages/schedule/${profile.id}`, undefined, 'PROFILE_NOT_FOUND'],
      ['PATCH', `/messages/schedule/${id}`, { to: '628123456789' }, 'SCHEDULE_NOT_FOUND'],
      ['DELETE', `/messages/schedule/${id}`, undefined, 'SCHEDULE_NOT_FOUND'],
      ['POST', '/messages/schedule', order(), 'PROFILE_NOT_FOUND'],
    ] as const;
    for (const [method, path, body, code] of asked) {
      const answer = await stranger.key.call(method, path, body);
      expect([method, answer.status, answer.body.error.code]).toEqual([method, 404, code]);
    }
    expect((await stateOf(id)).status).toBe('pending');
  });
});

test('a deleted profile takes what it had scheduled along, files too', async () => {
  const gone = (await tenant.key.post('/profiles', { name: 'Gone', engine: 'sandbox' })).id;
  const bytes = Buffer.concat([photo, Buffer.from('gone')]).toString('base64');
  const { id, content } = await schedule({ profileId: gone, type: 'image', content: { base64: bytes } });
  await tenant.key.delete(`/profiles/${gone}`);
  const { db } = house.database.database;
  expect(await db.selectFrom('scheduled_messages').select('id').where('id', '=', id).execute()).toEqual([]);
  const media = await db
    .selectFrom('media')
    .select('expires_at')
    .where('id', '=', content.media.id)
    .execute();
  expect(media).toEqual([{ expires_at: expect.any(Date) }]);
});

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomers,
  newNumber,
  newTenant,
  type Tenant,
} from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
});
afterAll(() => house?.close());

const people = (count: number) => newCustomers(house.sandbox, count);
const order = (more: Record<string, unknown>) => ({
  ...{ profileId: profile.id, name: 'Spring bread', message: 'Hello {name|there}!' },
  ...{ settings: { delayMin: 0, delayMax: 0 }, ...more },
});
const draft = (more: Record<string, unknown>) => tenant.key.post('/broadcast', order(more));
const call = (id: string, act: string, body: object = {}) =>
  tenant.key.call('POST', `/broadcast/${id}/${act}`, body);
const get = (id: string) => tenant.key.get(`/broadcast/${id}`);
const statsOf = async (id: string) => (await tenant.key.get(`/broadcast/${id}/stats`)).stats;
const statusIs = (id: string, status: string) =>
  until(`it is ${status}`, async () => {
    const row = await get(id);
    return row.status === status && row;
  });
const upload = async (text: string): Promise<string> =>
  (
    await tenant.key.call('POST', '/uploads/media', {
      ...{ base64: Buffer.from(text).toString('base64'), filename: 'guests.csv', mimetype: 'text/csv' },
    })
  ).data.id;

describe('a part of a campaign', () => {
  test('goes first: then it pauses by itself and tells why, until somebody goes on with it', async () => {
    const phones = await people(9);
    const value = [newNumber(), ...phones.map(({ number }) => number)];
    const { db } = house.database.database;
    const [missing] = value;
    await tenant.owner.post('/opt-outs', { phone: missing, profileId: profile.id });
    const { id } = await draft({ recipients: { type: 'phones', value } });
    expect((await call(id, 'start', { first: 0 })).status).toBe(400);
    expect((await call(id, 'start', { first: 3 })).data).toMatchObject({ success: true, recipientCount: 10 });
    const paused = await statusIs(id, 'paused');
    expect(paused).toMatchObject({
      ...{ pauseCode: 'FIRST_PART', resumesAt: null, pausesAfter: 3, stats: { sent: 3, skipped: 1 } },
      statusReason: expect.stringContaining('3 sent, 0 failed'),
    });
    // Whoever is left out is none of them.
    const sent = async () => {
      const counts = await Promise.all(phones.map(async (phone) => (await phone.messages()).length));
      expect(counts.every((count) => count <= 1)).toBe(true);
      return counts.filter(Boolean).length;
    };
    await until('three have it', async () => (await sent()) === 3);
    await until('people are told', async () => {
      const notices = JSON.stringify(await tenant.owner.get('/notifications'));
      return notices.includes('3 sent, 0 failed');
    });
    expect((await call(id, 'start', { first: 2 })).data).toMatchObject({ message: 'Broadcast resumed' });
    await until('two more are sent', async () => (await statsOf(id)).sent === 5);
    expect(await statusIs(id, 'paused')).toMatchObject({ pauseCode: 'FIRST_PART', pausesAfter: 5 });
    const waiting = await sql`select from broadcast_recipients where broadcast_id = ${id} and status = 2`;
    expect((await waiting.execute(db)).rows).toEqual([]);
    await call(id, 'resume');
    expect(await statusIs(id, 'completed')).toMatchObject({ pausesAfter: null, stats: { sent: 9 } });
    expect(await sent()).toBe(9);
  });

  test('that is all of it completes it', async () => {
    const phones = await people(2);
    const { id } = await draft({
      recipients: { type: 'phones', value: phones.map(({ number }) => number) },
    });
    await call(id, 'start', { first: 2 });
    expect(await statusIs(id, 'completed')).toMatchObject({ pauseCode: null, stats: { sent: 2 } });
  });
});

describe('an audience of nobody', () => {
  test('that was gathered by a job makes a draft again that says why, and keeps its file', async () => {
    const mediaId = await upload('phone,name\nnone,Ani\nat all,Budi\n');
    const { id } = await draft({ recipients: { type: 'upload', value: [mediaId] } });
    expect((await call(id, 'start')).status).toBe(200);
    const returned = await until('it is a draft again', async () => {
      const row = await get(id);
      return row.status === 'draft' && row;
    });
    expect(returned).toMatchObject({
      ...{ startedAt: null, preparation: null, stats: { total: 0, skipped: 0 } },
      statusReason: 'No recipients found for this broadcast: all were left out (INVALID_RECIPIENT 2)',
    });
    expect((await tenant.key.get(`/broadcast/${id}/recipients`)).recipients).toEqual([]);
    const at = new Date(house.clock.now().getTime() + 600_000).toISOString();
    expect((await call(id, 'schedule', { scheduledAt: at })).data.status).toBe('scheduled');
    expect(await statusIs(id, 'draft')).toMatchObject({ scheduledAt: null });
    const { events } = await tenant.key.get(`/events?profileId=${profile.id}&limit=200`);
    const told = events.filter(({ data }: { data: { broadcastId?: string } }) => data.broadcastId === id);
    expect(told.map(({ event }: { event: string }) => event)).toEqual([
      ...['broadcast.started', 'broadcast.returned', 'broadcast.scheduled', 'broadcast.returned'],
    ]);
  });
});

describe('an audience', () => {
  test('is of those with all tags, and without those with others; a preview says who is left out', async () => {
    const [ani, budi, cita, dewi] = (await people(4)).map(({ number }) => number);
    const contacts = [
      { phone: ani, tags: ['rye', 'market'] },
      { phone: budi, tags: ['rye'] },
      { phone: cita, tags: ['rye', 'market', 'staff'] },
      { phone: dewi, tags: ['market'] },
    ];
    await tenant.owner.post('/contacts/import', { profileId: profile.id, contacts });
    const chatsOf = async (recipients: object) => {
      const { id } = await draft({ recipients });
      await call(id, 'start');
      await statusIs(id, 'completed');
      const page = await tenant.key.get(`/broadcast/${id}/recipients`);
      return page.recipients.map(({ phone }: { phone: string }) => phone).sort();
    };
    const tags = { type: 'tags', value: ['rye', 'market'] };
    expect(await chatsOf({ ...tags, match: 'all', except: ['staff'] })).toEqual([ani]);
    expect(await chatsOf({ ...tags, match: 'any', except: ['staff'] })).toEqual([ani, budi, dewi].sort());
    const { data } = await tenant.key.call(
      'POST',
      '/broadcast/preview',
      order({ recipients: { type: 'contacts', value: [ani, 'nobody', crypto.randomUUID()] } }),
    );
    expect(data).toMatchObject({
      ...{ recipients: 1, leftOut: 2 },
      leftOutFor: { INVALID_RECIPIENT: 1, CONTACT_NOT_FOUND: 1 },
    });
  });

  test('of thousands is asked about to the last; of more a sample is, with its bounds', async () => {
    const numbers = (count: number) =>
      Array.from({ length: count }, (_, n) => String(6_281_500_000_000 + n * 7));
    const preview = async (count: number) => {
      const mediaId = await upload(`phone\n${numbers(count).join('\n')}`);
      const wanted = order({ recipients: { type: 'upload', value: [mediaId] } });
      return (await tenant.key.call('POST', '/broadcast/preview', wanted)).data;
    };
    const [leaves = ''] = numbers(1);
    await tenant.owner.post('/opt-outs', { phone: leaves, profileId: profile.id });
    expect(await preview(3_000)).toMatchObject({
      ...{ recipients: 3_000, judged: 3_000, isSample: false, sendShare: null },
      verdicts: { SEND: 2_999, OPTED_OUT: 1 },
    });
    const sampled = await preview(12_000);
    expect(sampled).toMatchObject({ recipients: 12_000, judged: 2_000, isSample: true });
    expect(sampled.sendShare).toMatchObject({ rate: 100, high: 100 });
    expect(sampled.sendShare.low).toBeLessThan(100);
  });

  test('is explained one by one: who would be sent it, who not, and why', async () => {
    const [stays, leaves, other] = (await people(3)).map(({ number }) => number);
    await tenant.owner.post('/opt-outs', { phone: leaves, profileId: profile.id });
    const { id } = await draft({ recipients: { type: 'phones', value: [stays, leaves] } });
    const explain = async (to: unknown) => (await call(id, 'explain', { to })).data;
    expect(await explain(stays)).toMatchObject({
      verdict: 'send',
      code: null,
      lane: 'cold',
      recipient: null,
    });
    expect(await explain(`${leaves}@c.us`)).toMatchObject({
      verdict: 'skip',
      code: 'OPTED_OUT',
      until: null,
    });
    expect(await explain(profile.phone.number)).toMatchObject({ verdict: 'skip', code: 'OWN_NUMBER' });
    expect((await call(id, 'explain', { to: 'nobody' })).body.error.code).toBe('INVALID_RECIPIENT');
    await call(id, 'start');
    await statusIs(id, 'completed');
    expect(await explain(leaves)).toMatchObject({ recipient: { status: 'skipped', code: 'OPTED_OUT' } });
    expect(await explain(other)).toMatchObject({ verdict: 'send', recipient: null });
  });

  test('of a copy is whoever failed for a reason; failures are counted by reason and listed', async () => {
    const phones = await people(4);
    const value = phones.map(({ number }) => number);
    const { id } = await draft({ recipients: { type: 'phones', value } });
    await call(id, 'start');
    await statusIs(id, 'completed');
    // What phones tell of it would be written over what follows.
    await until('all have it', async () => (await statsOf(id)).delivered === 4);
    const { db } = house.database.database;
    await sql`update broadcast_recipients set status = 6, code = case when ord = 1 then 'REFUSED_463' else 'UPLOAD_FAILED' end
      where broadcast_id = ${id} and ord < 4`.execute(db);
    expect((await statsOf(id)).failedFor).toEqual({ REFUSED_463: 1, UPLOAD_FAILED: 2 });
    const page = await tenant.key.get(`/broadcast/${id}/recipients?status=failed&code=UPLOAD_FAILED&limit=1`);
    expect(page).toMatchObject({ total: 2, recipients: [{ code: 'UPLOAD_FAILED', status: 'failed' }] });
    const copy = await tenant.key.post(`/broadcast/${id}/duplicate`, { codes: ['UPLOAD_FAILED'] });
    expect(copy.recipients).toMatchObject({
      ...{ type: 'broadcast', value: [id], status: ['failed'], codes: ['UPLOAD_FAILED'] },
    });
    expect((await call(copy.id, 'start')).data.recipientCount).toBe(2);
    await statusIs(copy.id, 'completed');
    const again = await tenant.key.get(`/broadcast/${copy.id}/recipients`);
    const numbers = again.recipients.map(({ phone }: { phone: string }) => phone);
    expect(numbers).toEqual(value.slice(1, 3));
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../../../../test/house.ts';
import { newNumber, newTenant, type Tenant } from '../../../../test/tenant.ts';
import { until } from '../../../../test/until.ts';

let house: House;
let tenant: Tenant;
let profileId: string;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profileId = (await tenant.key.post('/profiles', { name: 'Quiet', engine: 'sandbox' })).id;
});
afterAll(() => house?.close());

const create = (body: object) => tenant.key.post('/contacts', { profileId, phone: newNumber(), ...body });
const bulk = (body: object) => tenant.key.call('POST', '/contacts/bulk', { profileId, ...body });
const ended = (id: string) =>
  until('all are changed', async () => {
    const row = await tenant.key.get(`/contacts/bulk/${id}`);
    return row.status === 'done' && row;
  });
const total = async (query: string) =>
  (await tenant.key.get(`/contacts?profileId=${profileId}&limit=1&${query}`)).total;
const eventsOf = async (name: string) => {
  const { db } = house.database.database;
  const rows = await db.selectFrom('events').select(['name', 'body']).orderBy('seq').execute();
  return rows.filter((row) => row.name === name).map(({ body }) => body as Record<string, any>);
};

describe('a change of many contacts', () => {
  test('reaches all that matched when it was asked for, by filter or ids, and tells its end', async () => {
    const { db } = house.database.database;
    const rows = Array.from({ length: 450 }, (_, n) => `62811${1_000_000 + n},Guest ${n},market`);
    await tenant.key.call('POST', '/contacts/import/csv', {
      profileId,
      csvData: `phone,name,tags\n${rows.join('\n')}\n`,
    });
    const other = await create({ name: 'Somebody else', tags: ['vip'] });
    const full = await create({ tags: ['market', ...Array.from({ length: 99 }, (_, n) => `t${n}`)] });
    const begun = await bulk({ act: 'add-tags', tags: ['spring'], filter: { tags: ['market'] } });
    expect(begun).toMatchObject({ status: 202, data: { status: 'running', total: 451, done: 0 } });
    const done = await ended(begun.data.id);
    expect(done).toMatchObject({ total: 451, done: 451, changed: 450, failed: 1 });
    expect(done.failures).toMatchObject([{ contactId: full.id }]);
    expect([await total('tags=spring'), await total('')]).toEqual([450, 452]);
    expect(await eventsOf('contact.bulk')).toMatchObject([
      { bulkId: begun.data.id, act: 'add-tags', tags: ['spring'], status: 'done', changed: 450 },
    ]);
    const off = await bulk({ act: 'remove-tags', tags: ['vip'], ids: [other.id, crypto.randomUUID(), 'x'] });
    expect(await ended(off.data.id)).toMatchObject({ total: 1, changed: 1 });
    const gone = await bulk({ act: 'delete', filter: { search: 'guest 4' } });
    const { changed } = await ended(gone.data.id);
    expect(changed).toBe(111 - 50);
    expect((await eventsOf('contact.deleted')).length).toBe(changed);
    const waiting = await db
      .selectFrom('bulk_act_items')
      .selectAll()
      .where('state', '=', 'waiting')
      .execute();
    expect(waiting).toEqual([]);
    const of = async (query: string) => tenant.key.get(`/contacts/bulk/${begun.data.id}/results?${query}`);
    expect((await of('status=failed')).results).toMatchObject([
      { id: full.id, status: 'failed', code: 'VALIDATION_ERROR' },
    ]);
    const pages = [await of('limit=200')];
    while (pages.at(-1).cursor) pages.push(await of(`limit=200&cursor=${pages.at(-1).cursor}`));
    expect(pages.map(({ results }) => results.length)).toEqual([200, 200, 51]);
  });

  test('is refused without a choice, without tags, for a profile of others, and where nobody may', async () => {
    const filter = {};
    expect(await bulk({ act: 'add-tags', tags: ['a'] })).toMatchObject({ status: 400 });
    expect(await bulk({ act: 'add-tags', tags: [' '], filter })).toMatchObject({ status: 400 });
    expect(await bulk({ act: 'delete', filter, ids: [crypto.randomUUID()] })).toMatchObject({ status: 400 });
    const stranger = await newTenant(house.api);
    const order = { profileId, act: 'delete', filter };
    expect(await stranger.key.call('POST', '/contacts/bulk', order)).toMatchObject({ status: 404 });
    const begun = await bulk({ act: 'add-tags', tags: ['a'], ids: [crypto.randomUUID()] });
    expect(await stranger.key.call('GET', `/contacts/bulk/${begun.data.id}`)).toMatchObject({ status: 404 });
  });
});

describe('merging by hand', () => {
  test('a number and a linked identity become one contact and one conversation, with all of both', async () => {
    const lid = `${newNumber()}99`;
    const byNumber = await create({ name: 'Ani', tags: ['regular'], metadata: { city: 'Bogor' } });
    const byLid = await create({
      phone: `${lid}@lid`,
      name: 'Ani R.',
      metadata: { city: 'Bandung', age: 5 },
    });
    for (const { chatId } of [byNumber, byLid]) {
      await tenant.key.post('/messages/text', { profileId, to: chatId, text: 'hello' });
    }
    const merge = (id: string, contactId: string) =>
      tenant.key.call('POST', `/contacts/${id}/merge`, { contactId });
    const { status, data } = await merge(byLid.id, byNumber.id);
    expect([status, data]).toMatchObject([200, { id: byNumber.id, phone: byNumber.phone, name: 'Ani R.' }]);
    expect(data).toMatchObject({ tags: ['regular'], metadata: { city: 'Bandung', age: 5 } });
    expect((await merge(byNumber.id, byLid.id)).status).toBe(404);
    const { conversations } = await tenant.key.get(`/conversations?profileId=${profileId}`);
    expect(conversations).toMatchObject([
      {
        contactId: byNumber.id,
        chatId: byNumber.chatId,
        lidJid: `${lid}@lid`,
        messageCount: 2,
        name: 'Ani R.',
      },
    ]);
    expect((await eventsOf('contact.merged')).at(-1)).toMatchObject({
      ...{ contactId: byNumber.id, mergedId: byLid.id },
    });
    const another = await create({});
    expect(await merge(byNumber.id, another.id)).toMatchObject({
      ...{ status: 409, body: { error: { code: 'CONTACTS_DIFFER' } } },
    });
    expect((await merge(byNumber.id, byNumber.id)).status).toBe(400);
    const far = await create({
      profileId: (await tenant.key.post('/profiles', { name: 'Far', engine: 'sandbox' })).id,
    });
    expect((await merge(byNumber.id, far.id)).status).toBe(404);
  });
});

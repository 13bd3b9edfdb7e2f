import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../../test/house.ts';
import { newTenant, type Tenant } from '../../../../test/tenant.ts';

let house: House;
let tenant: Tenant;
let profileId: string;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profileId = (await tenant.key.post('/profiles', { name: 'Shop', engine: 'sandbox' })).id;
  await tenant.key.post('/contacts/import', {
    profileId,
    contacts: [
      {
        phone: '628123450001',
        name: 'Ani',
        tags: ['regular', 'market'],
        metadata: { city: 'Bogor', age: 30 },
      },
      { phone: '628123450002', name: 'Budi', tags: ['regular'], metadata: { city: 'Depok' } },
      { phone: '628123450003', name: 'Citra', tags: ['market', 'moved'] },
      { phone: '628123450004', name: 'Dewi' },
    ],
  });
  await tenant.key.post('/messages/text', { profileId, to: '628123450002', text: 'Hello' });
});
afterAll(() => house?.close());

test('a segment counts who matches now, and lists them, also those who come to match later', async () => {
  const now = house.clock.now().getTime();
  const [hourAgo, inAnHour] = [-3_600_000, 3_600_000].map((ms) => new Date(now + ms).toISOString());
  await tenant.key.post('/opt-outs', { profileId, phone: '628123450004' });
  const { contacts: all } = await tenant.key.get(`/contacts?profileId=${profileId}`);
  const told = (all as { name: string; optedOut: boolean }[]).filter(({ optedOut }) => optedOut);
  expect(told.map(({ name }) => name)).toEqual(['Dewi']);
  const filters: [object, string[]][] = [
    [{ isOptedOut: true }, ['Dewi']],
    [{ isOptedOut: false, tags: { any: ['regular'] } }, ['Ani', 'Budi']],
    [{}, ['Ani', 'Budi', 'Citra', 'Dewi']],
    [{ tags: { all: ['regular', 'market'] } }, ['Ani']],
    [{ tags: { any: ['regular', 'market'], none: ['moved'] } }, ['Ani', 'Budi']],
    [{ fields: [{ field: 'city', is: 'equal', value: 'Bogor' }] }, ['Ani']],
    [
      {
        fields: [
          { field: 'age', is: 'equal', value: '30' },
          { field: 'city', is: 'exists' },
        ],
      },
      ['Ani'],
    ],
    [{ fields: [{ field: 'city', is: 'missing' }], isBlocked: false }, ['Citra', 'Dewi']],
    [{ hasConversation: true }, ['Budi']],
    [{ activeSince: hourAgo }, ['Budi']],
    [{ activeSince: inAnHour }, []],
    [{ inactiveSince: hourAgo, hasConversation: false }, ['Ani', 'Citra', 'Dewi']],
  ];
  for (const [filter, names] of filters) {
    const made = await tenant.key.post('/contacts/segments', { name: 'Some', profileId, filter });
    const { contacts } = await tenant.key.get(`/contacts?segmentId=${made.id}`);
    expect([filter, contacts.map(({ name }: { name: string }) => name).toSorted(), made.count]).toEqual([
      filter,
      names,
      names.length,
    ]);
  }
  const made = await tenant.key.post('/contacts/segments', {
    name: 'Fair',
    filter: { tags: { any: ['fair'] } },
  });
  expect([made.count, made.profileId]).toEqual([0, null]);
  await tenant.key.post('/contacts', { profileId, phone: '628123450004', tags: ['fair'] });
  expect((await tenant.key.get(`/contacts/segments/${made.id}`)).count).toBe(1);
  const { count } = await tenant.key.get(`/contacts/export/csv?segmentId=${made.id}`);
  expect(count).toBe(1);
  const wider = { name: 'Fair and market', filter: { tags: { any: ['fair', 'market'] } } };
  expect(await tenant.key.put(`/contacts/segments/${made.id}`, wider)).toMatchObject({ ...wider, count: 3 });
  await tenant.key.delete(`/contacts/segments/${made.id}`);
  const gone = await tenant.key.call('GET', `/contacts?segmentId=${made.id}`);
  expect([gone.status, gone.body.error.code]).toEqual([404, 'SEGMENT_NOT_FOUND']);
});

test('a contact that is deleted with everything leaves no conversation, message or number behind', async () => {
  const { contacts } = await tenant.key.get(`/contacts?profileId=${profileId}&search=Budi`);
  const { id } = contacts[0];
  const refused = await tenant.key.call('DELETE', `/contacts/${crypto.randomUUID()}?everything=true`);
  expect(refused.status).toBe(404);
  await tenant.owner.delete(`/contacts/${id}?everything=true`);
  const listed = await tenant.key.get(`/conversations?profileId=${profileId}`);
  expect(listed.total).toBe(0);
  const messages = await tenant.key.get(`/messages/profile/${profileId}`);
  expect(messages).toEqual([]);
  expect((await tenant.key.get(`/contacts?profileId=${profileId}&search=628123450002`)).total).toBe(0);
  // In no table but the log of events, which is forgotten after its days, and what the phone is still to be told.
  const { db } = house.database.database;
  const { rows: tables } = await sql<{ name: string }>`select table_name as name
    from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`.execute(db);
  const left: string[] = [];
  for (const { name } of tables) {
    const { rows } =
      await sql`select from ${sql.table(name)} t where t::text like '%628123450002%' limit 1`.execute(db);
    if (rows.length > 0) left.push(name);
  }
  expect(left.toSorted()).toEqual(['chat_states', 'events']);
});

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
  const filters: [object, string[]][] = [
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
});

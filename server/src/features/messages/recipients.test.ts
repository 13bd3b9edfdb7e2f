import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import { newTenant, type Tenant } from '../../../test/tenant.ts';

let house: House;
let tenant: Tenant;
let profileId: string;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profileId = (await tenant.key.post('/profiles', { name: 'Shop', engine: 'sandbox' })).id;
}, 60_000);
afterAll(() => house?.close());

const send = (to: string) => tenant.key.call('POST', '/messages/text', { profileId, to, text: 'Hello' });
const chats = async () =>
  (await tenant.key.get(`/conversations?profileId=${profileId}`)).conversations.map(
    ({ jid }: { jid: string }) => jid,
  );
const contacts = () =>
  house.database.database.db.selectFrom('contacts').selectAll().where('profile_id', '=', profileId).execute();

test('a number no country can have is refused and leaves no conversation and no contact', async () => {
  for (const to of ['+44 7911 12345678', '+999 123 456 789', '12345678', '+1 202 555']) {
    const refused = await send(to);
    expect([to, refused.status, refused.body.error?.code]).toEqual([to, 400, 'INVALID_RECIPIENT']);
  }
  expect([await chats(), await contacts()]).toEqual([[], []]);
});

test('each spelling of a number is one conversation under the number as dialled from abroad', async () => {
  const spellings = {
    '447911123456@c.us': [
      '+44 07911 123456',
      '4407911123456',
      '0044 (0) 7911 123456',
      '\u202a+44 7911 123456\u202c',
      '\u200e+44\u200b7911\u2060123456',
      '＋４４ ７９１１ １２３４５６',
      '+٤٤ ٧٩١١ ١٢٣٤٥٦',
      'tel:+44-7911-123456;ext=12',
      'tel:07911-123456;phone-context=+44',
      '447911123456@C.US',
    ],
    '5493415551234@c.us': ['+54 0341 15 555-1234', '+54 9 341 555 1234', '5493415551234'],
  };
  for (const to of Object.values(spellings).flat()) expect([to, (await send(to)).status]).toEqual([to, 201]);
  expect((await chats()).toSorted()).toEqual(Object.keys(spellings).toSorted());
  expect(await contacts()).toHaveLength(2);
});

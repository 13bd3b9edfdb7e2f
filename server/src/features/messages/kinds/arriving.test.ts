import { proto } from 'baileys';
import { afterAll, beforeAll, expect, test } from 'vitest';
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

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
  customer = await newCustomer(house.sandbox);
});
afterAll(() => house?.close());

async function heard(body: { type: string } & Record<string, unknown>) {
  const id = await customer.writes(profile.phone.number, body);
  await until('it came', async () => (await tenant.key.call('GET', `/messages/${id}`)).status === 200);
  const { type, content } = await tenant.key.get(`/messages/${id}`);
  return { type, ...content };
}
const raw = (message: proto.IMessage) => ({
  type: 'raw',
  bytes: Buffer.from(proto.Message.encode(message).finish()).toString('base64'),
});

test('events, invitations and places of phones arrive in the shape that is documented', async () => {
  const place = { latitude: -6.2, longitude: 106.8, name: 'Bakery' };
  const start = Date.UTC(2030, 0, 2);
  expect(await heard({ type: 'event', name: 'Opening', start, location: place, extraGuests: true })).toEqual({
    ...{ type: 'event', name: 'Opening', start: new Date(start).toISOString() },
    ...{ location: place, extraGuests: true },
  });
  const group = await house.sandbox.group(customer.number, 'Bakers', []);
  expect(await heard({ type: 'groupInvite', group, text: 'Join us' })).toEqual({
    ...{ type: 'group-invite', group, name: 'Bakers', caption: 'Join us' },
    ...{ code: expect.any(String), invitedUntil: expect.any(String) },
  });
  expect(
    await heard({ type: 'liveLocation', ...place, accuracy: 5, speed: 1.5, heading: 90, sequence: 7 }),
  ).toMatchObject({ type: 'location', live: true, accuracy: 5, speed: 1.5, heading: 90, sequence: 7 });
});

const jid = '628123456789@s.whatsapp.net';
const contents: [proto.IMessage, object][] = [
  [
    {
      buttonsMessage: {
        ...{ contentText: 'Which?', footerText: 'Today', headerType: 2, text: 'Bread' },
        buttons: [{ buttonId: 'rye', buttonText: { displayText: 'Rye' }, type: 1 }],
      },
    },
    {
      ...{ type: 'choices', title: 'Bread', text: 'Which?', footer: 'Today' },
      choices: [{ id: 'rye', text: 'Rye' }],
    },
  ],
  [
    {
      listMessage: {
        ...{ title: 'Bread', description: 'Which?', buttonText: 'Open', listType: 1 },
        sections: [{ title: 'Dark', rows: [{ rowId: 'rye', title: 'Rye', description: 'Sour' }] }],
      },
    },
    {
      ...{ type: 'choices', title: 'Bread', text: 'Which?' },
      choices: [{ id: 'rye', text: 'Rye', description: 'Sour', section: 'Dark' }],
    },
  ],
  [
    {
      interactiveMessage: {
        body: { text: 'Which?' },
        nativeFlowMessage: {
          buttons: [
            { name: 'quick_reply', buttonParamsJson: '{"id":"rye","display_text":"Rye"}' },
            { name: 'cta_url', buttonParamsJson: '{nonsense' },
          ],
        },
      },
    },
    {
      ...{ type: 'choices', text: 'Which?' },
      choices: [
        { id: 'rye', text: 'Rye' },
        { id: 'cta_url', text: 'cta_url' },
      ],
    },
  ],
  [
    { buttonsResponseMessage: { selectedButtonId: 'rye', selectedDisplayText: 'Rye', type: 1 } },
    { type: 'choice', id: 'rye', text: 'Rye' },
  ],
  [
    { listResponseMessage: { title: 'Rye', listType: 1, singleSelectReply: { selectedRowId: 'rye' } } },
    { type: 'choice', id: 'rye', text: 'Rye' },
  ],
  [
    {
      productMessage: {
        ...{ body: 'This one', businessOwnerJid: jid },
        product: { productId: 'p1', title: 'Rye bread', currencyCode: 'IDR', priceAmount1000: 25_500_000 },
      },
    },
    {
      ...{ type: 'product', title: 'Rye bread', text: 'This one', productId: 'p1' },
      ...{ price: 25_500, currency: 'IDR', seller: '628123456789@c.us' },
    },
  ],
  [
    { orderMessage: { orderId: 'o1', itemCount: 2, totalAmount1000: 51_000_000, totalCurrencyCode: 'IDR' } },
    { type: 'order', orderId: 'o1', items: 2, total: 51_000, currency: 'IDR' },
  ],
  [
    { albumMessage: { expectedImageCount: 3, expectedVideoCount: 1 } },
    { type: 'album', images: 3, videos: 1 },
  ],
  [{ requestPhoneNumberMessage: {} }, { type: 'number-request' }],
];
test('what programs of businesses send arrives in the shape that is documented', async () => {
  for (const [message, shown] of contents) expect(await heard(raw(message))).toEqual(shown);
});

test('a kind without a shape is named, and kept whole without being shown', async () => {
  const message = { stickerPackMessage: { stickerPackId: 's1', name: 'Buns', publisher: 'Bakery' } };
  expect(await heard(raw(message))).toEqual({ type: 'unknown', kind: 'stickerPackMessage' });
  const row = await house.database.database.db
    .selectFrom('messages')
    .select('content')
    .where('type', '=', 'unknown')
    .executeTakeFirstOrThrow();
  const kept = proto.Message.decode(Buffer.from(String(row.content.raw), 'base64'));
  expect(kept.stickerPackMessage).toMatchObject(message.stickerPackMessage);
});

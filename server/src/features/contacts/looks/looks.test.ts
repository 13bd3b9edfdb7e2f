import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../../test/house.ts';
import type { SandboxPhone } from '../../../../test/sandbox.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newNumber,
  newTenant,
  type Tenant,
} from '../../../../test/tenant.ts';
import { until } from '../../../../test/until.ts';

let house: House;
let tenant: Tenant;
let shop: ConnectedProfile;
let friend: SandboxPhone;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  const phone = house.sandbox.phone(newNumber());
  await phone.named('Bakery');
  friend = await newCustomer(house.sandbox, 'Rina');
  await phone.remembers([{ chat: friend.number, text: 'long ago', timestamp: Date.UTC(2026, 0) }]);
  shop = await connectedProfile(tenant, house.sandbox, { messageDelayMs: 0 }, phone);
});
afterAll(() => house?.close());

const contactOf = (number: string) =>
  until('somebody is a contact', async () => {
    const { contacts } = await tenant.key.get(`/contacts?profileId=${shop.id}&search=${number}`);
    return contacts[0];
  });
async function eventsOf(contactId: string) {
  const { db } = house.database.database;
  const rows = await db.selectFrom('events').select(['name', 'body']).orderBy('seq').execute();
  return rows.filter(({ body }) => body.contactId === contactId);
}

test('picture and about are as the person shows them, and it is said what they hide', async () => {
  const ani = await newCustomer(house.sandbox, 'Ani');
  await ani.sends(shop.phone.number, 'Hello');
  const { id, avatarState, aboutState, lookedAt } = await contactOf(ani.number);
  expect([avatarState, aboutState, lookedAt]).toEqual(['unknown', 'unknown', null]);
  await ani.looks({ picture: true, about: 'Baking' });
  const refresh = () => tenant.key.call('POST', `/contacts/${id}/refresh`);
  const seen = (await refresh()).data;
  expect(seen).toMatchObject({ avatarState: 'shown', about: 'Baking', aboutState: 'shown' });
  const file = await fetch(seen.avatarUrl);
  expect([file.status, file.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
  expect((await fetch(seen.avatarThumbnailUrl)).status).toBe(200);
  const { conversations } = await tenant.key.get(`/conversations?profileId=${shop.id}&search=${ani.number}`);
  const { avatarUrl, avatarThumbnailUrl } = seen;
  expect(conversations).toMatchObject([{ contactId: id, avatarUrl, avatarThumbnailUrl }]);
  expect(await tenant.key.get(`/conversations/${conversations[0].id}`)).toMatchObject({ avatarUrl });
  const told = (await eventsOf(id)).at(-1);
  expect(told?.body).toMatchObject({
    changed: ['avatarState', 'avatarUrl', 'aboutState', 'about'],
    contact: { avatarUrl: null, about: 'Baking' },
  });
  await ani.hides('profile', 'status');
  house.clock.advance(11);
  const hidden = (await refresh()).data;
  const gone = { avatarState: 'hidden', avatarUrl: null, aboutState: 'hidden', about: null };
  expect(hidden).toMatchObject(gone);
  const count = (await eventsOf(id)).length;
  house.clock.advance(11);
  await refresh();
  expect((await eventsOf(id)).length).toBe(count);
  const quiet = (await tenant.key.post('/profiles', { name: 'Quiet', engine: 'sandbox' })).id;
  const other = await tenant.key.post('/contacts', { profileId: quiet, phone: newNumber() });
  const refused = await tenant.key.call('POST', `/contacts/${other.id}/refresh`);
  expect([refused.status, refused.body.error.code]).toEqual([409, 'PROFILE_NOT_CONNECTED']);
});

test('a profile has the picture of its account, as the phone sets it, each under its own path', async () => {
  const url = async (): Promise<string | null> =>
    (await tenant.key.get(`/profiles/${shop.id}`)).profilePicUrl;
  const other = (before: string | null) =>
    until('the picture is another', async () => {
      const now = await url();
      return now?.split('/file/')[0] !== before?.split('/file/')[0] && { url: now };
    });
  expect(await url()).toBeNull();
  await shop.phone.looks({ picture: true });
  const first = (await other(null)).url;
  const served = await fetch(first ?? '');
  expect([served.status, served.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
  const listed = (await tenant.key.get('/profiles')).map(
    (one: { profilePicUrl: string }) => one.profilePicUrl,
  );
  expect(listed).toContain(first);
  await shop.phone.looks({ picture: true });
  const second = (await other(first)).url;
  expect(Buffer.from(await (await fetch(second ?? '')).arrayBuffer())).not.toEqual(
    Buffer.from(await served.arrayBuffer()),
  );
  const { db } = house.database.database;
  const kept = () =>
    db.selectFrom('media_references').select('media_id').where('referrer_id', '=', shop.id).execute();
  expect(await kept()).toHaveLength(1);
  await shop.phone.looks({ picture: false });
  expect((await other(second)).url).toBeNull();
  expect(await kept()).toEqual([]);
  const told = await db
    .selectFrom('events')
    .select('body')
    .where('name', '=', 'profile.picture')
    .orderBy('seq')
    .execute();
  expect(told.map(({ body }) => body)).toEqual(
    [true, true, false].map((isShown) => ({ profileId: shop.id, isShown })),
  );
});

test('a group has its picture in the list of conversations, once it was asked for', async () => {
  const group = await house.sandbox.group(shop.phone.number, 'Bakers', [friend.number]);
  await shop.send(group, 'Hello');
  const base64 = (
    await sharp({ create: { width: 300, height: 300, channels: 3, background: '#f00' } })
      .png()
      .toBuffer()
  ).toString('base64');
  const { url, thumbnailUrl } = await until('the picture is set', async () => {
    const body = { profileId: shop.id, base64 };
    const { status, data } = await tenant.key.call('PUT', `/groups/${group}/picture`, body);
    return status === 200 && data;
  });
  const { conversations } = await tenant.key.get(`/conversations?profileId=${shop.id}&type=group`);
  expect(conversations).toMatchObject([{ chatId: group, avatarUrl: url, avatarThumbnailUrl: thumbnailUrl }]);
});

test('what WhatsApp says has changed is brought by itself, once it was looked at', async () => {
  const budi = await newCustomer(house.sandbox, 'Budi');
  await budi.sends(shop.phone.number, 'Hello');
  const { id } = await contactOf(budi.number);
  await budi.looks({ about: 'Away' });
  // Getting a contact has WhatsApp asked, but waits for nothing.
  expect((await tenant.key.get(`/contacts/${id}`)).aboutState).toBe('unknown');
  const about = (text: string | null) =>
    until(`about is ${text}`, async () => (await tenant.key.get(`/contacts/${id}`)).about === text);
  await about('Away');
  await budi.looks({ about: 'Here again', picture: true });
  await about('Here again');
  await until('the picture is here', async () => (await tenant.key.get(`/contacts/${id}`)).avatarUrl);
  const media = await house.database.database.db
    .selectFrom('media_references')
    .select('media_id')
    .where('kind', '=', 'contact-picture')
    .where('referrer_id', '=', id)
    .execute();
  expect(media).toHaveLength(1);
  await tenant.key.delete(`/contacts/${id}`);
  const left = await house.database.database.db
    .selectFrom('media_references')
    .select('media_id')
    .where('referrer_id', '=', id)
    .execute();
  expect(left).toEqual([]);
});

test('whoever writes, is written to or renames themselves is told; a past is told in one event', async () => {
  const cici = await newCustomer(house.sandbox, 'Cici');
  await cici.sends(shop.phone.number, 'Hello');
  const { id } = await contactOf(cici.number);
  await cici.named('Cici 🥐');
  await cici.sends(shop.phone.number, 'It is me');
  await until('the new name is told', async () => (await eventsOf(id)).length === 2);
  const events = await eventsOf(id);
  expect(events.map(({ name }) => name)).toEqual(['contact.created', 'contact.updated']);
  expect(events[1]?.body).toMatchObject({
    changed: ['whatsappName'],
    contact: { whatsappName: 'Cici 🥐', name: null },
  });
  const nobody = newNumber();
  const { messageId } = await shop.send(nobody, 'Hello?');
  await until('it failed', async () => (await tenant.key.get(`/messages/${messageId}`)).status === 'failed');
  const { db } = house.database.database;
  const names = await db.selectFrom('events').select(['name', 'body']).orderBy('seq').execute();
  const ofNobody = names.filter(({ body }) => (body.contact as { phone?: string })?.phone === nobody);
  expect(ofNobody.map(({ name }) => name)).toEqual(['contact.created', 'contact.deleted']);
  const rina = await contactOf(friend.number);
  expect(await eventsOf(rina.id)).toEqual([]);
  const synced = names.filter(({ name }) => name === 'contact.synced').map(({ body }) => body);
  expect(synced).toEqual([{ profileId: shop.id, source: 'history', created: 1, updated: 0 }]);
});

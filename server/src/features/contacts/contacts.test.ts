import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
let shop: ConnectedProfile;
let customer: SandboxPhone;
/** Without a connection, for what needs none. */
let profileId: string;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  shop = await connectedProfile(tenant, house.sandbox, { messageDelayMs: 0 });
  customer = await newCustomer(house.sandbox, 'Ani ✨');
  profileId = (await tenant.key.post('/profiles', { name: 'Quiet', engine: 'sandbox' })).id;
});
afterAll(() => house?.close());

const create = (body: object) => tenant.key.post('/contacts', { profileId, phone: newNumber(), ...body });
const eventsOf = async (contactId: string) =>
  (
    await house.database.database.db.selectFrom('events').select(['name', 'body']).orderBy('seq').execute()
  ).filter(({ body }) => body.contactId === contactId);
const anotherProfile = async (): Promise<string> =>
  (await tenant.key.post('/profiles', { name: 'One more', engine: 'sandbox' })).id;

describe('adding and changing', () => {
  test('added twice, under whatever spelling, somebody is one contact with all that was said', async () => {
    const number = newNumber();
    const local = `0${number.slice(2, 5)}-${number.slice(5, 9)}-${number.slice(9)}`;
    const first = await create({
      phone: local,
      name: 'Ani',
      tags: ['regular', ' '],
      metadata: { city: 'Bogor' },
    });
    expect(first).toMatchObject({ phone: number, chatId: `${number}@c.us`, name: 'Ani', tags: ['regular'] });
    const again = await create({
      ...{ phone: `+${number}`, name: '', tags: ['regular', 'market'], metadata: { age: 5 } },
    });
    expect(again).toMatchObject({ id: first.id, name: 'Ani', tags: ['regular', 'market'] });
    expect(again.metadata).toEqual({ city: 'Bogor', age: 5 });
    const seen = await eventsOf(first.id);
    expect(seen.map(({ name }) => name)).toEqual(['contact.created', 'contact.updated']);
    expect(seen[1]?.body).toMatchObject({ changed: ['tags', 'metadata'], contact: { phone: number } });
    const same = await create({ phone: number });
    expect([same.id, (await eventsOf(first.id)).length]).toEqual([first.id, 2]);
  });

  test.each([
    ['Brazil', '55119', '5511', '98765432'],
    ['Mexico', '52155', '5255', '98765432'],
    ['Argentina', '54911', '5411', '98765432'],
    ['Benin', '22901', '229', '98765432'],
  ])(
    'in %s both forms of a number are one contact, and WhatsApp’s is the one that stays',
    async (_, a, b, end) => {
      const id = await anotherProfile();
      const one = await create({ profileId: id, phone: `+${a}${end}`, name: 'Maria' });
      const other = await create({ profileId: id, phone: `+${b}${end}`, tags: ['abroad'] });
      expect(other).toMatchObject({ id: one.id, name: 'Maria', tags: ['abroad'] });
      expect((await tenant.key.get(`/contacts?profileId=${id}`)).total).toBe(1);
    },
  );

  test('what is no number is refused, on update too, and so is a number that another has', async () => {
    const [one, other] = [await create({}), await create({})];
    for (const phone of ['abc', '12', '+999 123 456 789', '120363025246125486@g.us']) {
      for (const [method, path] of [
        ['POST', '/contacts'],
        ['PUT', `/contacts/${one.id}`],
      ] as const) {
        const { status, body } = await tenant.key.call(method, path, { profileId, phone });
        expect([method, phone, status, body.error.details?.[0]?.path]).toEqual([
          method,
          phone,
          400,
          '/phone',
        ]);
      }
    }
    const taken = await tenant.key.call('PUT', `/contacts/${one.id}`, { phone: other.phone });
    expect([taken.status, taken.body.error.code]).toEqual([409, 'CONTACT_PHONE_TAKEN']);
  });

  test('an update keeps what is absent, clears null, replaces lists, by PUT and PATCH alike', async () => {
    const { id, phone } = await create({ name: 'Budi', tags: ['a', 'b'], metadata: { x: 1 } });
    const number = newNumber();
    const local = `0${number.slice(2)}`;
    const put = await tenant.key.put(`/contacts/${id}`, { name: null, tags: ['c'], phone: local });
    expect(put).toMatchObject({ name: null, tags: ['c'], metadata: { x: 1 }, phone: number });
    const patched = await tenant.key.call('PATCH', `/contacts/${id}`, {
      metadata: { y: 2 },
      name: '',
      phone: '',
    });
    expect(patched.data).toMatchObject({ name: null, tags: ['c'], metadata: { y: 2 }, phone: number });
    expect(phone).not.toBe(number);
  });

  test('tags are added and taken off by body and query, with commas, repeated, one or many', async () => {
    const { id } = await create({ tags: ['a'] });
    const path = `/contacts/${id}/tags`;
    expect((await tenant.key.call('POST', path, { tags: ['b', 'a', 'c'] })).data.tags).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect((await tenant.key.call('POST', `${path}?tags=d,e&tags=f`)).data.tags).toHaveLength(6);
    expect((await tenant.key.call('POST', path, { tags: 'g, h' })).data.tags).toHaveLength(8);
    expect((await tenant.key.call('DELETE', `${path}?tags=a,b&tags=h`)).data.tags).toEqual([
      'c',
      'd',
      'e',
      'f',
      'g',
    ]);
    expect((await tenant.key.call('DELETE', path, { tags: ['c', 'd', 'nobody'] })).data.tags).toEqual([
      'e',
      'f',
      'g',
    ]);
    expect((await tenant.key.call('DELETE', path)).status).toBe(400);
    const tooLong = await tenant.key.call('POST', path, { tags: ['x'.repeat(101)] });
    expect([tooLong.status, tooLong.body.error.details[0].path]).toEqual([400, '/tags']);
  });

  test('a saved name goes before the one at WhatsApp, in the chat too, and leaves with the contact', async () => {
    await customer.sends(shop.phone.number, 'Hello');
    const chat = await until('the chat', async () =>
      (await tenant.key.get(`/conversations?profileId=${shop.id}`)).conversations.find(
        ({ contactPhone }: { contactPhone: string }) => contactPhone === customer.number,
      ),
    );
    expect(chat.name).toBe('Ani ✨');
    const contact = await tenant.key.get(`/contacts/${chat.contactId}`);
    expect(contact).toMatchObject({ name: null, whatsappName: 'Ani ✨', lastMessageAt: chat.lastMessageAt });
    await create({ profileId: shop.id, phone: customer.number, name: 'Ani of the market' });
    const named = await tenant.key.get(`/conversations/${chat.id}`);
    expect([named.name, named.contactId]).toEqual(['Ani of the market', contact.id]);
    // Another profile saved nobody under that name.
    const elsewhere = await create({ phone: customer.number });
    expect([elsewhere.name, elsewhere.id === contact.id]).toEqual([null, false]);
    await tenant.owner.delete(`/contacts/${contact.id}`);
    const after = await tenant.key.get(`/conversations/${chat.id}`);
    expect([after.name, after.contactId]).toEqual(['Ani ✨', null]);
    expect((await tenant.key.call('GET', `/contacts/${contact.id}`)).status).toBe(404);
    expect((await eventsOf(contact.id)).at(-1)?.name).toBe('contact.deleted');
  });
});

describe('lists', () => {
  let id: string;
  beforeAll(async () => {
    id = await anotherProfile();
    const { db } = house.database.database;
    const now = house.clock.now();
    // All of one moment, so that only their ids order them.
    const rows = Array.from({ length: 205 }, (_, n) => ({
      ...{ id: crypto.randomUUID(), organization_id: tenant.organizationId, profile_id: id },
      ...{
        phone: String(6281300000000 + n),
        name: n % 2 ? `Ольга ${n}` : `100% ${n}`,
        whatsapp_name: `wa_${n}`,
      },
      ...{ tags: n % 5 ? [] : ['five', n % 10 ? 'odd' : 'ten'], created_at: now, updated_at: now },
    }));
    await db.insertInto('contacts').values(rows).execute();
  });
  const list = (query = '') => tenant.key.get(`/contacts?profileId=${id}${query}`);

  test('pages by cursor or offset show everybody once, in one order, with the whole number', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: any = await list(`&limit=100${cursor ? `&cursor=${cursor}` : ''}`);
      expect([page.total, page.limit]).toEqual([205, 100]);
      seen.push(...page.contacts.map((one: { id: string }) => one.id));
      cursor = page.cursor;
    }
    expect(new Set(seen).size).toBe(205);
    const byOffset = await list('&limit=100&offset=100');
    expect(byOffset.contacts.map((one: { id: string }) => one.id)).toEqual(seen.slice(100, 200));
    expect(byOffset.offset).toBe(100);
    const bare = await tenant.key.call('GET', `/contacts/profile/${id}?limit=3`);
    expect(bare.data.map((one: { id: string }) => one.id)).toEqual(seen.slice(0, 3));
    expect(bare.headers.get('x-next-cursor')).toBeTruthy();
    expect((await list('&limit=5000')).contacts).toHaveLength(200);
  });

  test('they are found by a part of a name in any script, or of a number however it is written', async () => {
    const totals = async (search: string) => (await list(`&search=${encodeURIComponent(search)}`)).total;
    expect(await totals('ольга 20')).toBe(2);
    expect(await totals('100% ')).toBe(103);
    expect(await totals('%')).toBe(103);
    expect(await totals('wa_7')).toBe(11);
    expect(await totals('wa_7_')).toBe(0);
    expect(await totals('+62 813-0000-0007')).toBe(1);
    expect(await totals('0813 0000 0007')).toBe(1);
    expect(await totals('nobody')).toBe(0);
  });

  test('they are found by any of several tags, and tags are listed with how many have each', async () => {
    expect((await list('&tags=ten,odd')).total).toBe(41);
    expect((await list('&tags=ten&tags=none')).total).toBe(21);
    expect((await list('&tags=odd&search=Ольга')).total).toBe(20);
    expect(await tenant.key.get(`/contacts/tags?profileId=${id}`)).toEqual([
      { tag: 'five', count: 41 },
      { tag: 'ten', count: 21 },
      { tag: 'odd', count: 20 },
    ]);
  });

  test('the export is by name, as JSON or as a file, of all or of those that match', async () => {
    const json = await tenant.key.get(`/contacts/export/csv?profileId=${id}&tags=ten`);
    expect(json.filename).toMatch(new RegExp(`^contacts_${id}_\\d+\\.csv$`));
    const lines = json.csv.trimEnd().split('\n');
    expect([json.count, lines[0], lines[1]]).toEqual([
      21,
      'phone,name,whatsapp_name,tags,created_at',
      `6281300000000,100% 0,wa_0,five;ten,${house.clock.now().toISOString().slice(0, 4)}${lines[1].slice(-20)}`,
    ]);
    const file = await tenant.key.call('GET', `/contacts/export/csv?profileId=${id}&download=true`);
    expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="contacts_/);
    expect(file.body.trimEnd().split('\n')).toHaveLength(206);
    const { db } = house.database.database;
    const audit = db.selectFrom('audit_logs').selectAll().where('action', '=', 'contact.export');
    expect((await audit.execute()).length).toBeGreaterThanOrEqual(2);
  });
});

describe('at WhatsApp', () => {
  test('numbers are looked up at WhatsApp, once a day each, and it says how each was read', async () => {
    const [nobody, registered] = [newNumber(), `5511${newNumber().slice(-8)}`];
    await house.sandbox.phone(registered).named('Maria');
    const path = `/contacts/profile/${shop.id}/validate`;
    const local = `0${customer.number.slice(2)}`;
    const phones = [local, nobody, `+55 11 9${registered.slice(4)}`, 'abc', customer.number];
    const { body, data } = await tenant.key.call('POST', path, { phones });
    expect([body.success, data.total, data.valid, data.onWhatsApp, data.unknown]).toEqual([true, 5, 4, 3, 0]);
    expect(data.results).toMatchObject([
      {
        originalPhone: local,
        phone: customer.number,
        isNormalized: true,
        onWhatsApp: true,
        isIndonesian: true,
      },
      { phone: nobody, validFormat: true, onWhatsApp: false, whatsappPhone: null, countryCode: '62' },
      { onWhatsApp: true, whatsappPhone: registered, countryCode: '55', profileStatus: 'connected' },
      { validFormat: false, onWhatsApp: false, reason: expect.stringContaining('no phone number') },
      { isNormalized: false, onWhatsApp: true, reason: null },
    ]);
    const asked = async () =>
      (await house.sandbox.ledger({ number: shop.phone.number })).filter(({ tag }) => tag === 'iq').length;
    const before = await asked();
    const one = await tenant.key.get(`${path}/${customer.number}`);
    expect(one).toMatchObject({ phone: customer.number, onWhatsApp: true, checkedAt: expect.any(String) });
    expect(await asked()).toBe(before);
  });

  test('what can’t be asked is unknown, with the reason, and never a guess', async () => {
    const path = `/contacts/profile/${profileId}/validate/${newNumber()}`;
    const { onWhatsApp, reason } = await tenant.key.get(path);
    expect([onWhatsApp, reason]).toEqual([null, 'The profile is not connected.']);
  });

  test('a node that has not the connection looks up numbers and blocks people as well', async () => {
    const node = await house.anotherNode();
    const there = node.api.as(tenant.credentials);
    const person = await newCustomer(house.sandbox);
    const check = await there.get(`/contacts/profile/${shop.id}/validate/${person.number}`);
    expect(check).toMatchObject({ onWhatsApp: true, reason: null });
    const contact = await create({ profileId: shop.id, phone: person.number });
    expect(await there.put(`/contacts/${contact.id}/block`, { blocked: true })).toMatchObject({
      isBlocked: true,
    });
    expect(await shop.phone.blocked()).toContain(person.number);
    await node.close();
  });

  test('whoever is blocked here is blocked on the phone, and the other way round, also while away', async () => {
    const [one, other] = [await newCustomer(house.sandbox), await newCustomer(house.sandbox)];
    const here = await create({ profileId: shop.id, phone: one.number });
    await other.sends(shop.phone.number, 'Hello');
    const there = await until(
      'the contact',
      async () => (await tenant.key.get(`/contacts?profileId=${shop.id}&search=${other.number}`)).contacts[0],
    );
    const isBlocked = async (contact: { id: string }) =>
      (await tenant.key.get(`/contacts/${contact.id}`)).isBlocked;
    expect(await tenant.key.put(`/contacts/${here.id}/block`, {})).toMatchObject({ isBlocked: true });
    expect(await shop.phone.blocked()).toContain(one.number);
    await shop.phone.blocks(other.number);
    await until('it is heard', () => isBlocked(there));
    expect((await eventsOf(there.id)).map(({ name }) => name)).toContain('contact.blocked');
    await shop.disconnect();
    await shop.phone.blocks(other.number, false);
    const refused = await tenant.key.call('PUT', `/contacts/${here.id}/block`, { blocked: false });
    expect([refused.status, refused.body.error.code]).toEqual([409, 'PROFILE_NOT_CONNECTED']);
    await shop.connect();
    await until('it is heard', async () => !(await isBlocked(there)));
    expect(await isBlocked(here)).toBe(true);
    expect(await tenant.key.put(`/contacts/${here.id}/block`, { blocked: false })).toMatchObject({
      isBlocked: false,
    });
    expect(await shop.phone.blocked()).not.toContain(one.number);
    const nobody = await create({ profileId: shop.id });
    const unknown = await tenant.key.call('PUT', `/contacts/${nobody.id}/block`, {});
    expect([unknown.status, unknown.body.error.code]).toEqual([422, 'REFUSED_BY_WHATSAPP']);
  });
});

describe('the address book of the phone', () => {
  const found = async (search: string) =>
    (await tenant.key.get(`/contacts?profileId=${shop.id}&search=${search}`)).contacts[0];
  const sync = () => tenant.key.call('POST', `/contacts/sync/whatsapp?profileId=${shop.id}`);

  test('becomes contacts when asked for; a name that was saved here stays', async () => {
    const [known, stranger] = [await newCustomer(house.sandbox), await newCustomer(house.sandbox)];
    const here = await create({
      profileId: shop.id,
      phone: known.number,
      name: 'Saved here',
      tags: ['mine'],
    });
    for (const { number } of [known, stranger]) {
      await shop.phone.sets({ change: 'contact', contact: number, name: `On the phone ${number}` });
    }
    const book = house.database.database.db
      .selectFrom('address_books')
      .selectAll()
      .where('profile_id', '=', shop.id);
    await until('it is told', async () => (await book.execute()).length >= 2);
    const { status, data } = await sync();
    expect([status, data.success, data.created, data.errors]).toEqual([201, true, 1, []]);
    expect(data.synced).toBe(data.created + data.updated);
    expect(await found(stranger.number)).toMatchObject({
      ...{ name: `On the phone ${stranger.number}`, tags: ['whatsapp-sync'], whatsappName: null },
      metadata: { source: 'whatsapp-sync', syncedAt: expect.any(String) },
    });
    expect(await found(known.number)).toMatchObject({
      ...{ id: here.id, name: 'Saved here', tags: ['mine'], metadata: { lastSyncedAt: expect.any(String) } },
    });
    await shop.phone.sets({ change: 'contact', contact: stranger.number, name: null });
    await until('it is told', async () =>
      (await book.execute()).every(({ phone }) => phone !== stranger.number),
    );
    expect((await sync()).data.created).toBe(0);
    const offline = await tenant.key.call('POST', '/contacts/sync/whatsapp', { profileId });
    expect([offline.status, offline.body.error.code]).toEqual([409, 'PROFILE_NOT_CONNECTED']);
    expect((await tenant.key.call('POST', '/contacts/sync/whatsapp')).status).toBe(400);
  });

  test('takes people who are saved here, and lets them go', async () => {
    const person = await newCustomer(house.sandbox);
    const path = `/contacts/profile/${shop.id}`;
    const body = { phone: `0${person.number.slice(2)}`, firstName: 'Budi', lastName: 'Santoso' };
    expect((await tenant.key.call('POST', `${path}/save-to-whatsapp`, body)).status).toBe(201);
    const inBook = async () =>
      (await shop.phone.state()).contacts.find((one: { contact: string }) => one.contact === person.number);
    expect(await inBook()).toMatchObject({ name: 'Budi Santoso' });
    expect(await found(person.number)).toMatchObject({ name: 'Budi Santoso' });
    expect((await tenant.owner.call('DELETE', `${path}/whatsapp/${person.number}`)).status).toBe(200);
    expect(await inBook()).toBeUndefined();
    expect(await found(person.number)).toMatchObject({ name: 'Budi Santoso' });
    const nameless = await tenant.key.call('POST', `${path}/save-to-whatsapp`, { phone: person.number });
    expect([nameless.status, nameless.body.error.details[0].path]).toEqual([400, '/firstName']);
  });
});

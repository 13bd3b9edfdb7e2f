import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newNumber,
  newTenant,
  type Tenant,
} from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';

let house: House;
let tenant: Tenant;
let profileId: string;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profileId = (await tenant.key.post('/profiles', { name: 'Shop', engine: 'sandbox' })).id;
});
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

describe('people who are registered otherwise than they are dialled', () => {
  let profile: ConnectedProfile;
  beforeAll(async () => {
    profile = await connectedProfile(tenant, house.sandbox);
  });

  const message = (id: string) => tenant.key.get(`/messages/${id}`);
  const conversations = async (): Promise<{ id: string; jid: string; contactId: string | null }[]> =>
    (await tenant.key.get(`/conversations?profileId=${profile.id}`)).conversations;
  /** Eight digits nobody else in this run has. */
  const eight = () => String(newNumber()).slice(-8);

  async function registered(number: string) {
    const person = house.sandbox.phone(number);
    await person.named('Maria');
    return person;
  }

  test.each([
    ['Brazil', (n: string) => [`5511${n}`, `+55 11 9${n}`]],
    ['Mexico', (n: string) => [`52155${n}`, `+52 55 ${n}`]],
    ['Argentina', (n: string) => [`5411${n}`, `+54 9 11 ${n}`]],
  ])('in %s a message reaches them, and their answer stands in the same conversation', async (_, numbers) => {
    const [number = '', dialled = ''] = numbers(eight());
    const person = await registered(number);
    const sent = await profile.send(dialled, 'Oi', { wait: 10 });
    expect(['sent', 'delivered']).toContain(sent.status);
    await until('it is there', async () => (await person.messages()).length === 1);
    expect(await person.messages()).toMatchObject([{ id: sent.waMessageId, text: 'Oi' }]);
    await person.sends(profile.phone.number, 'Bom dia');
    const path = `/conversations/${sent.conversationId}`;
    await until('the answer', async () => (await tenant.key.get(path)).unreadCount === 1);
    const again = await profile.send(dialled, 'Tudo bem?', { wait: 10 });
    const plainly = await profile.send(number, 'Sim', { wait: 10 });
    const withKey = await profile.send(dialled, 'Sim', { key: `by-key-${number}` });
    expect(new Set([again, plainly, withKey].map((one) => one.conversationId))).toEqual(
      new Set([sent.conversationId]),
    );
    const listed = (await conversations()).filter(({ jid }) => jid.endsWith(`${number.slice(-8)}@c.us`));
    expect(listed).toEqual([expect.objectContaining({ id: sent.conversationId, jid: `${number}@c.us` })]);
  });

  test('who wrote first and is then dialled otherwise stays one conversation and one contact', async () => {
    const number = `5521${eight()}`;
    const person = await registered(number);
    await person.sends(profile.phone.number, 'Bom dia');
    const jid = `${number}@c.us`;
    const before = await until('stored', async () => (await conversations()).find((one) => one.jid === jid));
    await house.database.database.db
      .updateTable('conversations')
      .set({ expiration: 86_400, expiration_since: house.clock.now() })
      .where('id', '=', before.id)
      .execute();
    const sent = await profile.send(`55219${number.slice(4)}`, 'Oi', { wait: 10 });
    expect(await message(sent.messageId)).toMatchObject({ conversationId: before.id, expiration: 86_400 });
    expect((await conversations()).filter((one) => one.jid.startsWith('5521'))).toEqual([
      expect.objectContaining({ id: before.id, contactId: before.contactId }),
    ]);
  });

  test('what waited under both forms of a number goes out in order, under its own ids', async () => {
    const number = `5531${eight()}`;
    const person = await registered(number);
    await tenant.key.post(`/profiles/${profile.id}/disconnect`);
    await until('it is disconnected', async () => (await profile.status()) === 'disconnected');
    const ids: string[] = [];
    for (let n = 0; n < 6; n++)
      ids.push((await profile.send(`55319${number.slice(4)}`, `waiting ${n}`)).waMessageId);
    const plainly = await profile.send(number, 'the other form');
    await tenant.key.post(`/profiles/${profile.id}/connect`);
    await until('all went out', async () => (await person.messages()).length === 7);
    const seen = (await person.messages()).map(({ id }) => id);
    expect(seen.filter((id) => id !== plainly.waMessageId)).toEqual(ids);
    const conversation = (await message(plainly.messageId)).conversationId;
    for (const id of ids) expect((await message(id)).conversationId).toBe(conversation);
  });

  test('a connection that breaks once the address is known sends the same id there, once', async () => {
    const number = `5541${eight()}`;
    const person = await registered(number);
    const hold = await house.sandbox.fault({ name: 'hold-acks', number: profile.phone.number });
    const sent = await profile.send(`55419${number.slice(4)}`, 'Oi');
    await until(
      'the network has it',
      async () => (await house.sandbox.ledger({ messageId: sent.waMessageId, kind: 'message' })).length > 0,
    );
    await hold.clear();
    await house.sandbox.fault({ name: 'terminate', number: profile.phone.number });
    await until(
      'it is sent',
      async () => /sent|delivered/.test((await message(sent.messageId)).status),
      20_000,
    );
    expect((await person.messages()).map(({ id }) => id)).toEqual([sent.waMessageId]);
  });

  test('a number is asked about once, and again when the answer is a week old', async () => {
    const number = `5551${eight()}`;
    const person = await registered(number);
    const dialled = `55519${number.slice(4)}`;
    await profile.send(dialled, 'one', { wait: 10 });
    await person.sends(profile.phone.number, 'two');
    await until('stored', async () => (await conversations()).some((one) => one.jid === `${number}@c.us`));
    const checkedAt = async () => {
      const db = house.database.database.db;
      const rows = db
        .selectFrom('conversations')
        .select('address_checked_at')
        .where('chat', '=', `${number}@c.us`);
      return (await rows.executeTakeFirstOrThrow()).address_checked_at;
    };
    const first = await checkedAt();
    await profile.send(dialled, 'three', { wait: 10 });
    await profile.send(number, 'four', { wait: 10 });
    expect(await checkedAt()).toEqual(first);
    house.clock.advance({ days: 8 });
    await profile.send(dialled, 'five', { wait: 10 });
    expect((await checkedAt())?.getTime()).toBeGreaterThan((first?.getTime() ?? 0) + 7 * 86_400_000);
  });

  test('who is registered under the other form since WhatsApp was asked is reached there', async () => {
    const number = `5561${eight()}`;
    const person = await registered(number);
    await tenant.key.post(`/profiles/${profile.id}/disconnect`);
    await until('it is disconnected', async () => (await profile.status()) === 'disconnected');
    const sent = await profile.send(`55619${number.slice(4)}`, 'Oi');
    await house.database.database.db
      .updateTable('conversations')
      .set({ address_checked_at: house.clock.now() })
      .where('id', '=', sent.conversationId)
      .execute();
    await tenant.key.post(`/profiles/${profile.id}/connect`);
    await until('it arrived', async () => (await person.messages()).length === 1);
    expect((await tenant.key.get(`/conversations/${sent.conversationId}`)).jid).toBe(`${number}@c.us`);
  });

  test('a message to nobody fails by name and stays readable; its conversation and contact leave', async () => {
    const number = newNumber();
    const sent = await profile.send(number, 'Hello?', { wait: 10 });
    expect(sent).toMatchObject({ success: false, status: 'failed', errorCode: 'NOT_ON_WHATSAPP' });
    const people = () =>
      house.database.database.db.selectFrom('contacts').selectAll().where('phone', '=', number).execute();
    const jid = `${number}@c.us`;
    expect((await conversations()).some((one) => one.jid === jid)).toBe(false);
    expect(await people()).toEqual([]);
    expect(await message(sent.messageId)).toMatchObject({ status: 'failed', failureCode: 'NOT_ON_WHATSAPP' });
    const listed = await tenant.key.get(`/messages/profile/${profile.id}`);
    expect(listed.map(({ id }: { id: string }) => id)).toContain(sent.messageId);
    await registered(number);
    const again = await profile.send(number, 'Hello!', { wait: 10 });
    expect(['sent', 'delivered']).toContain(again.status);
    expect((await conversations()).filter((one) => one.jid === jid)).toHaveLength(1);
    expect(await people()).toHaveLength(1);
  });
});

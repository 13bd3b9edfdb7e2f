import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newNumber,
  newTenant,
  type Tenant,
} from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';

const day = 86_400;
const week = 604_800;

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
});
afterAll(() => house?.close());

const me = () => profile.phone.number;
const customer = (name?: string) => newCustomer(house.sandbox, name);
const conversation = (id: string) => tenant.key.get(`/conversations/${id}`);
const stored = (waMessageId: string) =>
  until('the message is stored', async () => {
    const { status, body } = await tenant.key.call('GET', `/messages/${waMessageId}`);
    return status === 200 && body.data;
  });
type Phone = Awaited<ReturnType<typeof customer>>;
const seenBy = async (phone: Phone, id: string) =>
  until('it is on the phone', async () => (await phone.messages()).find((message) => message.id === id));
const lastsOn = async (phone: Phone, id: string) => (await seenBy(phone, id)).content.expiration;

describe('disappearing messages', () => {
  test('what goes into a chat whose messages disappear carries its timer, until that is taken off', async () => {
    const phone = await customer();
    const first = await profile.send(phone.number, 'for ever', { wait: 10 });
    expect(await lastsOn(phone, first.waMessageId)).toBeUndefined();
    await phone.writes(me(), { type: 'disappearing', seconds: day });
    const { conversationId } = first;
    await until('the timer is known', async () => (await conversation(conversationId)).expiration === day);
    const second = await profile.send(phone.number, 'for a day', { wait: 10 });
    expect(await lastsOn(phone, second.waMessageId)).toBe(day);
    expect(await stored(second.waMessageId)).toMatchObject({
      expiration: day,
      expiresAt: expect.any(String),
    });
    await phone.writes(me(), { type: 'disappearing', seconds: 0 });
    await until('it is off', async () => (await conversation(conversationId)).expiration === null);
    const third = await profile.send(phone.number, 'for ever again', { wait: 10 });
    expect(await lastsOn(phone, third.waMessageId)).toBeUndefined();
    const { messages, unreadCount } = await conversation(conversationId);
    expect([messages.length, unreadCount]).toEqual([3, 0]);
  });

  test('a message that disappears shows when, and the gateway keeps it', async () => {
    const phone = await customer();
    const message = await stored(
      await phone.writes(me(), { type: 'text', text: 'a week', disappearing: week }),
    );
    expect(message).toMatchObject({ expiration: week, content: { text: 'a week' } });
    expect(Date.parse(message.expiresAt) - Date.parse(message.timestamp)).toBe(week * 1000);
    expect((await conversation(message.conversationId)).expiration).toBe(week);
    house.clock.advance({ days: 8 });
    expect(await stored(message.waMessageId)).toMatchObject({ content: { text: 'a week' } });
    const answer = await profile.send(phone.number, 'a week as well', { wait: 10 });
    expect(await lastsOn(phone, answer.waMessageId)).toBe(week);
  });

  test('a timer set before anything was written counts from the first message on', async () => {
    const phone = await customer();
    const { total } = await tenant.key.get(`/conversations?profileId=${profile.id}`);
    await profile.phone.writes(phone.number, { type: 'disappearing', seconds: day });
    // The next message of the same phone comes behind it.
    const after = await customer();
    await stored(await profile.phone.sends(after.number, 'behind it'));
    expect((await tenant.key.get(`/conversations?profileId=${profile.id}`)).total).toBe(total + 1);
    const sent = await profile.send(phone.number, 'hello', { wait: 10 });
    expect(await lastsOn(phone, sent.waMessageId)).toBe(day);
  });

  test('timers set before the phone was linked are known from its history', async () => {
    const number = newNumber();
    const phone = await customer();
    const linked = house.sandbox.phone(number);
    await linked.named('Bakery');
    await linked.sends(phone.number, 'long ago');
    await phone.writes(number, { type: 'disappearing', seconds: week });
    const later = await connectedProfile(tenant, house.sandbox, {}, linked);
    const { db } = house.database.database;
    const told = db.selectFrom('chat_expirations').select('chat').where('profile_id', '=', later.id);
    // Where its conversation is made, the timer moves there.
    const kept = db
      .selectFrom('conversations')
      .select('id')
      .where('profile_id', '=', later.id)
      .where('expiration', '=', week);
    await until('the history is told', async () => [...(await told.execute()), ...(await kept.execute())][0]);
    const sent = await later.send(phone.number, 'hello', { wait: 10 });
    expect(await lastsOn(phone, sent.waMessageId)).toBe(week);
  });

  test('what a receiver asks for again carries the timer it was sent with', async () => {
    const phone = await customer();
    await profile.send(phone.number, 'so that a session stands', { wait: 10 });
    await phone.writes(me(), { type: 'disappearing', seconds: day });
    await phone.sends(me(), 'and an answer');
    await until('the timer is known', async () => {
      const { conversations } = await tenant.key.get(`/conversations?profileId=${profile.id}&limit=1`);
      return conversations[0].expiration === day && conversations[0].unreadCount === 1;
    });
    const fault = await house.sandbox.fault({ name: 'forget-sessions', number: phone.number });
    const sent = await profile.send(phone.number, 'say that again', { wait: 10 });
    expect(await lastsOn(phone, sent.waMessageId)).toBe(day);
    await fault.clear();
    const travelled = await house.sandbox.ledger({ messageId: sent.waMessageId });
    expect(travelled.map(({ kind }) => kind)).toContain('resend');
  });
});

describe('names', () => {
  const toldOf = async (conversationId: string) => {
    const { events } = await tenant.key.get('/events?event=message.received&limit=200');
    type Told = { data: { conversationId: string; chatName: string } };
    return (events as Told[]).filter(({ data }) => data.conversationId === conversationId).at(-1);
  };
  const listed = async (conversationId: string) => {
    const { conversations } = await tenant.key.get(`/conversations?profileId=${profile.id}&limit=200`);
    return conversations.find((one: { id: string }) => one.id === conversationId);
  };

  test('a group is called by its subject, whoever changes it, and its members’ names stay theirs', async () => {
    const phone = await customer('Bob');
    const group = await house.sandbox.group(phone.number, 'Bakers', [me()]);
    const first = await stored(await phone.sends(group, 'Good morning'));
    const { conversationId } = first;
    await until('it has a name', async () => (await conversation(conversationId)).name === 'Bakers');
    await house.sandbox.changeGroup(group, { by: phone.number, subject: 'Bakers at night' });
    await until(
      'it has another',
      async () => (await conversation(conversationId)).name === 'Bakers at night',
    );
    const second = await stored(await phone.sends(group, 'Good night'));
    expect(second).toMatchObject({ senderName: 'Bob', conversation: { name: 'Bakers at night' } });
    expect(await listed(conversationId)).toMatchObject({
      name: 'Bakers at night',
      contactName: 'Bakers at night',
    });
  });

  test('a group renamed while the profile was away has its new name when it is back', async () => {
    const phone = await customer();
    const group = await house.sandbox.group(phone.number, 'Bakers', [me()]);
    const { conversationId } = await profile.send(group, 'hello', { wait: 10 });
    await until('it has a name', async () => (await conversation(conversationId)).name === 'Bakers');
    await tenant.key.post(`/profiles/${profile.id}/disconnect`);
    await until('it is disconnected', async () => (await profile.status()) === 'disconnected');
    await house.sandbox.changeGroup(group, { by: phone.number, subject: 'Confectioners' });
    await tenant.key.post(`/profiles/${profile.id}/connect`);
    await until('it has another', async () => (await conversation(conversationId)).name === 'Confectioners');
  });

  test('a chat begun by us is called as whoever answers calls themselves; a saved name wins', async () => {
    const phone = await customer('Dana');
    const { conversationId } = await profile.send(phone.number, 'hello', { wait: 10 });
    expect((await conversation(conversationId)).name).toBeNull();
    await stored(await phone.sends(me(), 'hi'));
    expect(await listed(conversationId)).toMatchObject({ name: 'Dana', contactName: 'Dana' });
    await phone.named('Dana, rye only');
    await stored(await phone.sends(me(), 'do you have rye?'));
    expect((await conversation(conversationId)).name).toBe('Dana, rye only');

    const { contactId } = await conversation(conversationId);
    const { db } = house.database.database;
    await db.updateTable('contacts').set({ name: 'Dana Doe' }).where('id', '=', contactId).execute();
    await phone.named('Dana, any bread');
    const last = await stored(await phone.sends(me(), 'or wheat?'));
    expect(last).toMatchObject({ senderName: 'Dana, any bread', conversation: { name: 'Dana Doe' } });
    expect(await listed(conversationId)).toMatchObject({ name: 'Dana Doe', contactName: 'Dana Doe' });
    const told = await until('it is told', () => toldOf(conversationId));
    expect(told.data.chatName).toBe('Dana Doe');
  });
});

describe('groups', () => {
  test('the first message into a group carries its timer, and so do those after it was changed', async () => {
    const phone = await customer();
    const group = await house.sandbox.group(phone.number, 'Bakers', [me()]);
    await house.sandbox.changeGroup(group, { by: phone.number, ephemeral: day });
    const first = await profile.send(group, 'for a day', { wait: 10 });
    expect(await lastsOn(phone, first.waMessageId)).toBe(day);
    await house.sandbox.changeGroup(group, { by: phone.number, ephemeral: 0 });
    const { conversationId } = first;
    await until('it is off', async () => (await conversation(conversationId)).expiration === null);
    const second = await profile.send(group, 'for ever', { wait: 10 });
    expect(await lastsOn(phone, second.waMessageId)).toBeUndefined();
  });
});

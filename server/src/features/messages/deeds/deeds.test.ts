import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
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
});
beforeEach(async () => {
  customer = await newCustomer(house.sandbox);
});
afterAll(() => house?.close());

const own = () => profile.phone.number;
const wait = { prefer: 'wait=10' };
const call = (method: string, path: string, body: object, headers: Record<string, string> = wait) =>
  tenant.key.call(method, path, body, headers);
async function done(method: string, path: string, body: object) {
  const { status, data } = await call(method, path, {
    ...(method === 'POST' && { profileId: profile.id }),
    ...body,
  });
  // On a busy machine the other phone may have it before the answer is written.
  const reached = expect.stringMatching(/^(sent|delivered)$/);
  expect([status < 300, data]).toMatchObject([true, { success: true, status: reached }]);
  return data;
}
const refusal = async (method: string, path: string, body: object) => {
  const { status, body: said } = await call(method, path, { profileId: profile.id, ...body });
  return [status, said.error?.code];
};
const stored = (id: string) => tenant.key.get(`/messages/${id}`);
async function fromCustomer(text = 'And?', to = own()) {
  const id = await customer.sends(to, text);
  await until('it came', async () => (await tenant.key.call('GET', `/messages/${id}`)).status === 200);
  return stored(id);
}
const shown = async (id: string, phone = customer) => (await phone.messages()).find((one) => one.id === id);
async function told(event: string, messageId: string) {
  const { events } = await tenant.key.get(`/events?event=${event}&limit=200`);
  return events.map((one: any) => one.data).filter((data: any) => data.messageId === messageId);
}
/** A group that the customer made, with the profile in it. */
async function groupOf(by: SandboxPhone, ...others: string[]) {
  return house.sandbox.group(by.number, 'Bakers', others);
}

describe('reactions', () => {
  test('a reaction shows on the phone and with the message, by either id, and can be taken back', async () => {
    const asked = await fromCustomer();
    const answer = await done('POST', '/messages/reaction', {
      ...{ messageId: asked.id, emoji: '🥐', clientReference: 'order-7' },
    });
    expect(answer).toMatchObject({
      ...{ messageId: asked.id, waMessageId: asked.waMessageId, conversationId: asked.conversationId },
      ...{ chatId: `${customer.number}@c.us`, clientReference: 'order-7' },
    });
    expect((await shown(asked.waMessageId))?.content.reactions).toMatchObject([{ from: own(), text: '🥐' }]);
    expect((await stored(asked.id)).reactions).toMatchObject([
      { emoji: '🥐', fromMe: true, senderJid: `${own()}@c.us` },
    ]);
    await done('POST', '/messages/reaction', { messageId: asked.waMessageId, emoji: '' });
    expect((await shown(asked.waMessageId))?.content.reactions).toBeUndefined();
    expect((await stored(asked.id)).reactions).toEqual([]);
    expect(await told('message.reaction', asked.id)).toMatchObject([
      { emoji: '🥐', fromMe: true, removed: false },
      { emoji: '', fromMe: true, removed: true },
    ]);
  });

  test('a reaction while the profile is away waits, and is sent once when it is back', async () => {
    const asked = await fromCustomer();
    await tenant.key.post(`/profiles/${profile.id}/disconnect`);
    await until('it is disconnected', async () => (await profile.status()) === 'disconnected');
    const headers = { 'idempotency-key': asked.id };
    const body = { profileId: profile.id, messageId: asked.id, emoji: '👍' };
    const first = await call('POST', '/messages/reaction', body, headers);
    const again = await call('POST', '/messages/reaction', body, headers);
    expect([first.status, first.data]).toMatchObject([201, { status: 'queued', success: true }]);
    expect(again.data).toEqual(first.data);
    expect((await stored(asked.id)).reactions).toEqual([]);
    await tenant.key.post(`/profiles/${profile.id}/connect`);
    await until('it shows', async () => (await stored(asked.id)).reactions.length === 1);
    expect((await shown(asked.waMessageId))?.content.reactions).toMatchObject([{ text: '👍' }]);
    const sent = await house.sandbox.ledger({ number: own(), kind: 'message' });
    expect(sent.filter(({ type, to }) => type === 'reaction' && to.includes(customer.number))).toHaveLength(
      1,
    );
  });

  test('a reaction that its receiver could not read is sent to them again', async () => {
    await profile.send(customer.number, 'so that a session stands', { wait: 10 });
    const asked = await fromCustomer();
    const fault = await house.sandbox.fault({ name: 'forget-sessions', number: customer.number });
    await done('POST', '/messages/reaction', { messageId: asked.id, emoji: '🥐' });
    await until('it shows', async () => (await shown(asked.waMessageId))?.content.reactions);
    await fault.clear();
    const travelled = await house.sandbox.ledger({ number: own(), kind: 'resend' });
    expect(travelled.length).toBeGreaterThan(0);
  });

  test('what WhatsApp refuses is told, and the message stays as it was', async () => {
    const asked = await fromCustomer();
    const fault = await house.sandbox.fault({ name: 'refuse-message', number: own(), code: 406 });
    const refused = await call('POST', '/messages/reaction', {
      ...{ profileId: profile.id, messageId: asked.id, emoji: '👍' },
    });
    await fault.clear();
    expect(refused.data).toMatchObject({ success: false, status: 'failed', errorCode: 'REFUSED_406' });
    expect((await stored(asked.id)).reactions).toEqual([]);
    await until('it is told', async () => (await told('message.change_failed', asked.id)).length === 1);
    expect(await told('message.change_failed', asked.id)).toMatchObject([
      { change: 'reaction', code: 'REFUSED_406', waMessageId: asked.waMessageId },
    ]);
  });

  test('asked to send less, a reaction waits as long as WhatsApp says, and is sent then', async () => {
    const asked = await fromCustomer();
    const busy = { name: 'rate-limit', number: own(), stanza: 'message', backoffSeconds: 2, count: 1 };
    const fault = await house.sandbox.fault(busy);
    const headers = { prefer: 'wait=1' };
    const body = { profileId: profile.id, messageId: asked.id, emoji: '👍' };
    const first = await call('POST', '/messages/reaction', body, headers);
    expect(first.data).toMatchObject({ success: true, status: 'queued' });
    await until('it shows', async () => (await stored(asked.id)).reactions.length === 1);
    await fault.clear();
    expect(await told('message.change_failed', asked.id)).toEqual([]);
  });

  test('through any node a reaction reaches the one that has the profile, and typing does', async () => {
    const asked = await fromCustomer();
    const other = (await house.anotherNode()).api.as(tenant.credentials);
    const body = { profileId: profile.id, messageId: asked.id };
    for (const [client, emoji] of [
      [other, '👍'],
      [tenant.key, '🥐'],
    ] as const) {
      const { data } = await client.call('POST', '/messages/reaction', { ...body, emoji }, wait);
      expect(data).toMatchObject({ success: true, status: 'sent' });
      expect((await stored(asked.id)).reactions).toMatchObject([{ emoji }]);
      const typing = { profileId: profile.id, to: customer.number, duration: 300 };
      await client.post('/messages/typing', typing);
      await until('it shows', async () => (await customer.typing())[0]?.from === own());
      await until('it is over', async () => (await customer.typing()).length === 0);
    }
  });

  test('only one emoji is a reaction, and only on a message that is there', async () => {
    const asked = await fromCustomer();
    for (const emoji of ['👩‍🚀', '🇮🇩', '❤', '❤️', '1️⃣']) {
      expect(
        (await call('POST', '/messages/reaction', { profileId: profile.id, messageId: asked.id, emoji }, {}))
          .status,
      ).toBe(201);
    }
    for (const emoji of ['👍👍', 'ok', ' ', 'a', '1'])
      expect(await refusal('POST', '/messages/reaction', { messageId: asked.id, emoji })).toEqual([
        400,
        'VALIDATION_ERROR',
      ]);
    const other = { messageId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11', emoji: '👍' };
    expect(await refusal('POST', '/messages/reaction', other)).toEqual([404, 'MESSAGE_NOT_FOUND']);
    const stranger = await newTenant(house.api);
    const theirs = await stranger.key.call('POST', '/messages/reaction', {
      ...{ profileId: profile.id, messageId: asked.id, emoji: '👍' },
    });
    expect([theirs.status, theirs.body.error.code]).toEqual([404, 'PROFILE_NOT_FOUND']);
  });
});

describe('taking back', () => {
  test('a message of ours is taken back from everybody, by either id and however old it is', async () => {
    const old = await profile.send(customer.number, 'the oldest', { wait: 10 });
    for (let n = 0; n < 60; n++) await profile.send(customer.number, `later ${n}`);
    await until('all came', async () => (await customer.messages()).length === 61);
    await done('POST', '/messages/delete-for-everyone', {
      ...{ chatId: `${customer.number}@s.whatsapp.net`, messageId: old.waMessageId },
    });
    expect(await shown(old.waMessageId)).toMatchObject({ type: 'revoked', text: '' });
    expect(await stored(old.messageId)).toMatchObject({ content: {}, revokedBy: `${own()}@c.us` });
    expect(await told('message.revoked', old.messageId)).toHaveLength(1);
    const again = { chatId: customer.number, messageId: old.messageId };
    expect(await refusal('POST', '/messages/delete-for-everyone', again)).toEqual([409, 'MESSAGE_REVOKED']);
  });

  test('a message that is absent, of another chat or of somebody else is refused', async () => {
    const asked = await fromCustomer();
    const mine = await profile.send(customer.number, 'mine', { wait: 10 });
    const take = (body: object) => refusal('POST', '/messages/delete-for-everyone', body);
    expect(await take({ chatId: customer.number, messageId: '3EB0NOTHERE' })).toEqual([
      404,
      'MESSAGE_NOT_FOUND',
    ]);
    expect(await take({ chatId: own(), messageId: mine.messageId })).toEqual([404, 'MESSAGE_NOT_FOUND']);
    expect(await take({ chatId: 'nonsense', messageId: mine.messageId })).toEqual([400, 'INVALID_RECIPIENT']);
    expect(await take({ chatId: customer.number, messageId: asked.id })).toEqual([403, 'NOT_YOUR_MESSAGE']);
  });

  test('in a group an admin takes back what others wrote, and nobody else does', async () => {
    const ours = await groupOf(profile.phone, customer.number);
    const rude = await fromCustomer('rude', ours);
    await done('POST', '/messages/delete-for-everyone', { chatId: ours, messageId: rude.id });
    expect(await shown(rude.waMessageId)).toMatchObject({ type: 'revoked' });
    const theirs = await groupOf(customer, own());
    const fine = await fromCustomer('fine', theirs);
    expect(
      await refusal('POST', '/messages/delete-for-everyone', { chatId: theirs, messageId: fine.id }),
    ).toEqual([403, 'NOT_YOUR_MESSAGE']);
    await done('POST', '/messages/reaction', { messageId: fine.id, emoji: '👍' });
    expect((await shown(fine.waMessageId))?.content.reactions).toMatchObject([{ from: own() }]);
  });

  test('a message that still waits is cancelled instead, and nobody is sent it', async () => {
    await tenant.key.post(`/profiles/${profile.id}/disconnect`);
    await until('it is disconnected', async () => (await profile.status()) === 'disconnected');
    const sent = await profile.send(customer.number, 'never');
    const { data } = await call('POST', '/messages/delete-for-everyone', {
      ...{ profileId: profile.id, messageId: sent.messageId },
    });
    expect(data).toMatchObject({ success: true, status: 'cancelled', messageId: sent.messageId });
    const after = await profile.send(customer.number, 'after');
    await tenant.key.post(`/profiles/${profile.id}/connect`);
    await until('the next went', async () => shown(after.waMessageId));
    expect((await customer.messages()).map(({ text }) => text)).toEqual(['after']);
  });
});

describe('edits', () => {
  test('a text says something else, here and on phones, and keeps what it said first', async () => {
    const sent = await profile.send(customer.number, 'Ready at five', { wait: 10 });
    const text = `Ready at six @${customer.number}`;
    await done('PATCH', `/messages/${sent.waMessageId}`, { text, mentions: [customer.number] });
    expect(await shown(sent.waMessageId)).toMatchObject({
      ...{ text, content: { edited: true, mentions: [customer.number] } },
    });
    expect(await stored(sent.messageId)).toMatchObject({
      content: { text, mentions: [`${customer.number}@c.us`] },
      originalContent: { text: 'Ready at five' },
      editedAt: expect.any(String),
    });
    expect(await told('message.edited', sent.messageId)).toMatchObject([{ body: text, fromMe: true }]);
  });

  test('what others wrote, what has no words and what is older than 15 minutes is not edited', async () => {
    const asked = await fromCustomer();
    const sent = await profile.send(customer.number, 'old', { wait: 10 });
    const place = await done('POST', '/messages/location', {
      to: customer.number,
      latitude: 1,
      longitude: 2,
    });
    const edit = (id: string) => refusal('PATCH', `/messages/${id}`, { text: 'other' });
    expect(await edit(asked.id)).toEqual([403, 'NOT_YOUR_MESSAGE']);
    expect(await edit(place.messageId)).toEqual([409, 'MESSAGE_NOT_EDITABLE']);
    expect(await edit('3EB0NOTHERE')).toEqual([404, 'MESSAGE_NOT_FOUND']);
    const { db } = house.database.database;
    const timestamp = new Date(Date.now() - 15 * 60_000 - 1000);
    await db.updateTable('messages').set({ timestamp }).where('id', '=', sent.messageId).execute();
    expect(await edit(sent.messageId)).toEqual([409, 'EDIT_TOO_LATE']);
  });

  test('an edit of a message that still waits is sent after it', async () => {
    await tenant.key.post(`/profiles/${profile.id}/disconnect`);
    await until('it is disconnected', async () => (await profile.status()) === 'disconnected');
    const sent = await profile.send(customer.number, 'first');
    const edit = await call('PATCH', `/messages/${sent.messageId}`, { text: 'second' }, {});
    expect(edit.data).toMatchObject({ status: 'queued' });
    await tenant.key.post(`/profiles/${profile.id}/connect`);
    await until('it is edited', async () => (await shown(sent.waMessageId))?.text === 'second');
    await until('here too', async () => (await stored(sent.messageId)).content.text === 'second');
  });
});

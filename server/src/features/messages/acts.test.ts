import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import type { SandboxPhone } from '../../../test/sandbox.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newTenant,
  type Tenant,
} from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';

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
const post = (path: string, body: object, headers: Record<string, string> = wait) =>
  tenant.key.call('POST', `/messages/${path}`, { profileId: profile.id, ...body }, headers);
async function sent(path: string, body: object) {
  const { status, data } = await post(path, body);
  expect([status, data]).toMatchObject([201, { success: true }]);
  return data;
}
async function refusal(path: string, body: object) {
  const { status, body: said } = await post(path, body);
  return [status, said.error?.code];
}
const stored = (id: string) => tenant.key.get(`/messages/${id}`);
async function fromCustomer(text = 'And?', to = own()) {
  const id = await customer.sends(to, text);
  await until('it came', async () => (await tenant.key.call('GET', `/messages/${id}`)).status === 200);
  return stored(id);
}
const shown = async (id: string, phone = customer) => (await phone.messages()).find((one) => one.id === id);
async function told(event: string, about: (data: any) => boolean) {
  const { events } = await tenant.key.get(`/events?event=${event}&limit=200`);
  return events.map((one: any) => one.data).filter(about);
}
const conversationOf = (id: string) => tenant.key.get(`/conversations/${id}`);
async function away() {
  await tenant.key.post(`/profiles/${profile.id}/disconnect`);
  await until('it is disconnected', async () => (await profile.status()) === 'disconnected');
}
async function back() {
  await tenant.key.post(`/profiles/${profile.id}/connect`);
  await until('it is connected', async () => (await profile.status()) === 'connected');
}

describe('answers', () => {
  test('an answer goes to the chat of its question, quoting it by either id', async () => {
    const asked = await fromCustomer('Do you have rye?');
    for (const quotedMessageId of [asked.id, asked.waMessageId]) {
      const answer = await sent('reply', { quotedMessageId, text: 'Yes' });
      expect(answer.conversationId).toBe(asked.conversationId);
      expect(await shown(answer.waMessageId)).toMatchObject({
        quoted: { id: asked.waMessageId, text: 'Do you have rye?', from: customer.number },
      });
    }
    const group = await house.sandbox.group(customer.number, 'Bakers', [own()]);
    const inGroup = await fromCustomer('Who bakes?', group);
    const answer = await sent('reply', {
      ...{ quotedMessageId: inGroup.id, text: `@${customer.number} me`, mentions: [customer.number] },
    });
    expect(await shown(answer.waMessageId)).toMatchObject({
      ...{ chat: group, text: `@${customer.number} me`, content: { mentions: [customer.number] } },
      quoted: { id: inGroup.waMessageId, from: customer.number },
    });
  });

  test('an answer to a message that is not there says which', async () => {
    const { status, body } = await post('reply', { quotedMessageId: '3EB0NOTHERE', text: 'Yes' });
    expect([status, body.error]).toMatchObject([
      404,
      { code: 'MESSAGE_NOT_FOUND', message: 'Quoted message not found' },
    ]);
  });
});

describe('passing on', () => {
  test('a message is passed on as forwarded, without what belongs to its chat', async () => {
    const other = await newCustomer(house.sandbox);
    const asked = await fromCustomer('Rye, please');
    const answer = await sent('text', { to: customer.number, text: 'Baked', quotedMessageId: asked.id });
    const copy = await sent('forward', { messageId: answer.messageId, to: other.number });
    const seen = await shown(copy.waMessageId, other);
    expect(seen).toMatchObject({ text: 'Baked', content: { forwarded: true } });
    expect(seen).not.toHaveProperty('quoted');
    expect((await stored(copy.messageId)).content).toEqual({
      ...{ text: 'Baked', forwarded: true, forwardingScore: 1 },
    });
    const again = await sent('forward', { messageId: copy.waMessageId, to: customer.number });
    expect((await stored(again.messageId)).content.forwardingScore).toBe(2);
    const place = await customer.writes(own(), { type: 'location', latitude: 1, longitude: 2, name: 'Mill' });
    await until('it came', async () => (await tenant.key.call('GET', `/messages/${place}`)).status === 200);
    const passed = await sent('forward', { messageId: place, to: other.number });
    expect(await shown(passed.waMessageId, other)).toMatchObject({
      content: { forwarded: true, location: { latitude: 1, longitude: 2, name: 'Mill' } },
    });
  });

  test('what was taken back or can’t be sent from here is not passed on', async () => {
    const gone = await fromCustomer('oops');
    await customer.writes(own(), { type: 'revoke', id: gone.waMessageId });
    await until('it is gone', async () => (await stored(gone.id)).revokedAt);
    const to = customer.number;
    expect(await refusal('forward', { messageId: gone.id, to })).toEqual([409, 'MESSAGE_REVOKED']);
    expect(await refusal('forward', { messageId: '3EB0NO', to })).toEqual([404, 'MESSAGE_NOT_FOUND']);
  });
});

describe('what a caller calls a message', () => {
  test('comes back in the answer, on the message and in its events, for every kind', async () => {
    const clientReference = 'order-1042';
    const bodies = [
      ['text', { to: customer.number, text: 'Ready' }],
      ['location', { to: customer.number, latitude: 1, longitude: 2 }],
      ['poll', { to: customer.number, question: 'Which?', options: ['a', 'b'] }],
    ] as const;
    for (const [path, body] of bodies) {
      const queued = await post(path, { ...body, clientReference }, {});
      expect(queued.data).toMatchObject({ clientReference });
      const answer = await sent(path, { ...body, clientReference });
      expect(answer).toMatchObject({ clientReference });
      expect(await stored(answer.messageId)).toMatchObject({ clientReference, retryOf: null });
      for (const event of ['message.queued', 'message.sent']) {
        await until('it is told', async () => {
          const events = await told(event, (data) => data.messageId === answer.messageId);
          return events[0]?.clientReference === clientReference;
        });
      }
    }
    expect(await refusal('text', { to: customer.number, text: 'x', clientReference: '' })).toEqual([
      ...[400, 'VALIDATION_ERROR'],
    ]);
  });
});

describe('what waits', () => {
  test('a waiting message says why, at which place and until when, and can be cancelled', async () => {
    await away();
    const [one, two, three] = [
      await profile.send(customer.number, 'one'),
      await profile.send(customer.number, 'two'),
      await profile.send(customer.number, 'three'),
    ];
    expect((await stored(two.messageId)).waitingFor).toEqual({
      ...{ reason: 'not-connected', until: null, position: 2, validUntil: expect.any(String) },
    });
    const cancelled = await post(`${two.waMessageId}/cancel`, {});
    expect([cancelled.status, cancelled.data]).toMatchObject([200, { success: true, status: 'cancelled' }]);
    expect(await stored(two.messageId)).toMatchObject({ status: 'cancelled', waitingFor: null });
    expect((await stored(three.messageId)).waitingFor.position).toBe(2);
    await back();
    await until('the others went', async () => shown(three.waMessageId));
    expect((await customer.messages()).map(({ text }) => text)).toEqual(['one', 'three']);
    expect(await refusal(`${one.messageId}/cancel`, {})).toEqual([409, 'MESSAGE_NOT_WAITING']);
    expect(await refusal('3EB0NOTHERE/cancel', {})).toEqual([404, 'MESSAGE_NOT_FOUND']);
    expect(await told('message.cancelled', (data) => data.messageId === two.messageId)).toHaveLength(1);
  });

  test('a paused profile sends nothing until it is resumed; its queue says what goes when, and why', async () => {
    const read = await fromCustomer('Rye?');
    const pause = (sendingPaused: boolean) => tenant.key.put(`/profiles/${profile.id}`, { sendingPaused });
    expect(await pause(true)).toMatchObject({ sendingPaused: true, status: 'connected' });
    await post('reaction', { messageId: read.id, emoji: '🥐' }, {});
    const ids: string[] = [];
    for (const text of ['one', 'two', 'three']) {
      const message = await profile.send(customer.number, text, { wait: text === 'three' ? 1 : 0 });
      expect(message.status).toBe('queued');
      ids.push(message.messageId);
    }
    const queue = (query: string) => tenant.key.get(`/messages/profile/${profile.id}/queue?limit=2${query}`);
    const first = await queue('');
    const why = { reason: 'paused', until: null, validUntil: expect.any(String) };
    expect([first.total, first.messages.map((one: any) => [one.id, one.waitingFor])]).toEqual([
      3,
      [
        [ids[0], { ...why, position: 1 }],
        [ids[1], { ...why, position: 2 }],
      ],
    ]);
    const rest = await queue(`&cursor=${first.cursor}`);
    expect([rest.total, rest.cursor, rest.messages.map((one: any) => one.id)]).toEqual([3, null, [ids[2]]]);
    expect(rest.messages[0].waitingFor).toEqual((await stored(ids[2] ?? '')).waitingFor);
    for (const text of ['nonsense', '2026-02-31 00:00:00|0|1', '-infinity|0|x', 'infinity|99999|1']) {
      const cursor = Buffer.from(text).toString('base64url');
      const { status } = await tenant.key.call(
        'GET',
        `/messages/profile/${profile.id}/queue?cursor=${cursor}`,
      );
      expect([text, status]).toEqual([text, 400]);
    }
    expect((await customer.messages()).map(({ text }) => text)).toEqual(['Rye?']);
    await pause(false);
    await until('all of it went', async () => (await customer.messages()).length === 5);
    const texts = (await customer.messages()).map(({ text }) => text);
    expect(texts.filter((text) => text !== '🥐')).toEqual(['Rye?', 'one', 'two', 'three']);
    expect(await queue('')).toEqual({ messages: [], total: 0, cursor: null });
    const steps = await told('connection.update', (data) => data.sendingPaused !== undefined);
    expect(steps.map((data: any) => data.sendingPaused)).toEqual([true, false]);
  });

  test('a message behind a pace, a limit or a pause says so, with the moment', async () => {
    const paced = await tenant.key.post('/profiles', {
      ...{ name: 'Paced', engine: 'sandbox', messageDelayMs: 60_000 },
    });
    const send = async (text: string) =>
      tenant.key.post('/messages/text', { profileId: paced.id, to: customer.number, text });
    const [, second] = [await send('one'), await send('two')];
    const { db } = house.database.database;
    const set = (values: object) =>
      db.updateTable('profiles').set(values).where('id', '=', paced.id).execute();
    await set({ status: 'connected' });
    const why = async () => (await stored(second.messageId)).waitingFor;
    const pace = await why();
    expect(pace).toMatchObject({ reason: 'pace', position: 2 });
    expect(Math.abs(Date.parse(pace.until) - Date.now() - 60_000)).toBeLessThan(20_000);
    await set({ daily_message_limit: 1 });
    const limit = await why();
    expect(limit).toMatchObject({ reason: 'daily-limit', until: expect.stringMatching(/T00:00:00.000Z$/) });
    await tenant.owner.put('/organizations/current', { settings: { timeZone: 'Asia/Jakarta' } });
    expect((await why()).until).toMatch(/T17:00:00.000Z$/);
    const until = new Date(Date.now() + 90_000);
    await set({ sending_paused_until: until });
    expect(await why()).toMatchObject({ reason: 'slow-down', until: until.toISOString() });
  });

  test('a message that failed is sent again as a new one that names the old', async () => {
    await profile.send(customer.number, 'before', { wait: 10 });
    const asked = await fromCustomer('Rye?');
    const fault = await house.sandbox.fault({ name: 'refuse-message', number: own(), code: 406 });
    const options = ['Rye', 'Wheat'];
    const failed = await post('poll', {
      ...{
        to: customer.number,
        question: 'Which?',
        options,
        quotedMessageId: asked.id,
        clientReference: 'r1',
      },
    });
    await fault.clear();
    expect(failed.data).toMatchObject({ success: false, status: 'failed' });
    const again = await sent(`${failed.data.messageId}/retry`, {});
    expect(again.messageId).not.toBe(failed.data.messageId);
    expect(await stored(again.messageId)).toMatchObject({
      ...{ retryOf: failed.data.messageId, clientReference: 'r1', quotedMessageId: asked.waMessageId },
      content: { question: 'Which?', options, choicesMax: 1 },
    });
    expect(await shown(again.waMessageId)).toMatchObject({ type: 'poll', quoted: { id: asked.waMessageId } });
    expect((await stored(failed.data.messageId)).status).toBe('failed');
    expect(await refusal(`${again.messageId}/retry`, {})).toEqual([409, 'MESSAGE_NOT_FAILED']);
    expect(await refusal(`${asked.id}/retry`, {})).toEqual([409, 'MESSAGE_NOT_FAILED']);
  });
});

describe('groups', () => {
  test('a message to a group we are not in, or where only admins write, fails and says so', async () => {
    const other = await newCustomer(house.sandbox);
    const theirs = await house.sandbox.group(customer.number, 'Theirs', [other.number]);
    expect((await post('text', { to: theirs, text: 'hello' })).data).toMatchObject({
      ...{ success: false, status: 'failed', errorCode: 'NOT_GROUP_MEMBER' },
    });
    const news = await house.sandbox.group(customer.number, 'News', [own()]);
    await sent('text', { to: news, text: 'hello' });
    await house.sandbox.changeGroup(news, { by: customer.number, announcement: true });
    await until('we know', async () => {
      const { data } = await post('text', { to: news, text: 'and now?' });
      return data.errorCode === 'GROUP_ADMINS_ONLY';
    });
    await house.sandbox.changeGroup(news, { by: customer.number, announcement: false });
    await until('it is open again', async () => (await post('text', { to: news, text: 'x' })).data.success);
  });
});

describe('deleting', () => {
  test('a message is deleted from the records here only, and the conversation counts without it', async () => {
    const first = await fromCustomer('first');
    const second = await fromCustomer('second');
    await sent('reaction', { messageId: second.id, emoji: '👍' });
    expect(await tenant.key.delete(`/messages/${second.waMessageId}`)).toEqual({ success: true });
    expect((await tenant.key.call('GET', `/messages/${second.id}`)).status).toBe(404);
    const conversation = await conversationOf(first.conversationId);
    expect(conversation).toMatchObject({ unreadCount: 1, messages: [{ id: first.id }] });
    expect(conversation.lastMessageAt).toBe(first.timestamp);
    expect(await told('message.deleted', (data) => data.messageId === second.id)).toMatchObject([
      { waMessageId: second.waMessageId, conversationId: first.conversationId },
    ]);
    expect(await shown(second.waMessageId)).toMatchObject({ text: 'second' });
    const gone = await tenant.key.call('DELETE', `/messages/${second.id}`);
    expect([gone.status, gone.body.error.code]).toEqual([404, 'MESSAGE_NOT_FOUND']);
    const stranger = await newTenant(house.api);
    expect((await stranger.key.call('DELETE', `/messages/${first.id}`)).status).toBe(404);
    expect(await stored(first.id)).toMatchObject({ content: { text: 'first' } });
  });
});

describe('reading', () => {
  const unread = async (id: string) => (await conversationOf(id)).unreadCount;
  const statusOf = async (id: string) => (await customer.messages()).find((one) => one.id === id)?.status;

  test('messages are marked as read one by one, by either id, and their senders are told', async () => {
    const [one, two, three] = [await fromCustomer('1'), await fromCustomer('2'), await fromCustomer('3')];
    const messageIds = [one.id, three.waMessageId];
    const answer = await sent('mark-read', { chatId: `${customer.number}@s.whatsapp.net`, messageIds });
    expect(answer).toEqual({
      ...{ success: true, chatId: `${customer.number}@c.us`, conversationId: one.conversationId },
      ...{ messageIds, unreadCount: 1 },
    });
    expect(await unread(one.conversationId)).toBe(1);
    await until('their phone knows', async () => (await statusOf(three.waMessageId)) === 'read');
    expect([await statusOf(one.waMessageId), await statusOf(two.waMessageId)]).toEqual(['read', 'delivered']);
    const all = await sent('mark-read', { chatId: customer.number });
    expect(all).toMatchObject({ unreadCount: 0 });
    await until('all of them', async () => (await statusOf(two.waMessageId)) === 'read');
    const events = await told('message.marked_read', (data) => data.conversationId === one.conversationId);
    expect(events.map((data: any) => [data.unreadCount, data.messages.length])).toEqual([
      [1, 2],
      [0, 1],
    ]);
  });

  test('what is no message of the chat is named, and nothing is marked', async () => {
    const one = await fromCustomer('1');
    const body = { chatId: customer.number, messageIds: [one.id, '3EB0NOTHERE'] };
    const answer = await post('mark-read', body);
    expect([answer.status, answer.body.error]).toMatchObject([
      404,
      { code: 'MESSAGE_NOT_FOUND', details: [{ path: '/messageIds/1' }] },
    ]);
    expect(await unread(one.conversationId)).toBe(1);
    expect(await refusal('mark-read', { chatId: '628999999999' })).toEqual([404, 'CONVERSATION_NOT_FOUND']);
    expect(await refusal('mark-read', { chatId: 'nonsense' })).toEqual([400, 'INVALID_RECIPIENT']);
  });
});

describe('typing', () => {
  test('typing and recording show on the other phone, and end by themselves after their time', async () => {
    const to = `+${customer.number}`;
    const answer = await sent('typing', { to, duration: 400 });
    expect(answer).toEqual({ success: true, state: 'composing', to: `${customer.number}@c.us` });
    await until('it shows', async () => (await customer.typing())[0]?.from === own());
    await until('it is over', async () => (await customer.typing()).length === 0);
    await sent('typing', { to, state: 'recording' });
    await until('it shows', async () => (await customer.typing())[0]?.media === 'audio');
    await sent('typing', { to, state: 'available' });
    await until('it is over', async () => (await customer.typing()).length === 0);
  });

  test('without a connection nothing can be shown, and strange wishes are refused', async () => {
    expect(await refusal('typing', { to: 'nonsense' })).toEqual([400, 'INVALID_RECIPIENT']);
    expect(await refusal('typing', { to: customer.number, state: 'dancing' })).toEqual([
      400,
      'VALIDATION_ERROR',
    ]);
    expect(await refusal('typing', { to: customer.number, duration: -1 })).toEqual([400, 'VALIDATION_ERROR']);
    await away();
    // The connection itself ends a moment after its profile is said to be disconnected.
    const said = () => refusal('typing', { to: customer.number });
    await until('nothing can be shown', async () => (await said())[0] === 409);
    expect(await said()).toEqual([409, 'PROFILE_NOT_CONNECTED']);
    await back();
  });
});

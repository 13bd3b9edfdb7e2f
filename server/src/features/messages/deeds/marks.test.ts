import { randomBytes } from 'node:crypto';
import { aesEncryptGCM, hmacSign, proto } from 'baileys';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
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
const jid = ({ number }: SandboxPhone) => `${number}@c.us`;
const wait = { prefer: 'wait=10' };
const call = (method: string, path: string, body?: object) => tenant.key.call(method, path, body, wait);
const sends = async (path: string, body: object, to = customer.number) =>
  (await call('POST', `/messages/${path}`, { profileId: profile.id, to, ...body })).data;
const stored = (id: string) => tenant.key.get(`/messages/${id}`);
const becomes = (id: string, what: string, is: (message: any) => unknown) =>
  until(what, async () => {
    const { status, body } = await tenant.key.call('GET', `/messages/${id}`);
    return status === 200 && is(body.data) && body.data;
  });
const came = (id: string) => becomes(id, 'it came', () => true);
const shown = async (id: string) => (await customer.messages()).find((one) => one.id === id);
async function told(event: string, messageId: string): Promise<any[]> {
  const { events } = await tenant.key.get(`/events?event=${event}&limit=200`);
  return events.map((one: any) => one.data).filter((data: any) => data.messageId === messageId);
}

test('a message is pinned for everybody, for as long as was asked, and the pin taken off', async () => {
  const { messageId, waMessageId } = await profile.send(customer.number, 'Open 8 to 18', { wait: 10 });
  expect((await call('PUT', `/messages/${waMessageId}/pin`, { duration: '30d' })).data).toMatchObject({
    ...{ success: true, status: 'sent', messageId },
  });
  const { pinned } = await stored(messageId);
  expect(pinned).toMatchObject({ by: `${own()}@c.us`, fromMe: true });
  expect(Date.parse(pinned.until) - Date.parse(pinned.at)).toBe(30 * 86_400_000);
  expect((await shown(waMessageId))?.content.pinned).toEqual({ by: own(), until: Date.parse(pinned.until) });
  expect((await call('DELETE', `/messages/${messageId}/pin`)).data).toMatchObject({ status: 'sent' });
  expect((await stored(messageId)).pinned).toBeNull();
  expect((await shown(waMessageId))?.content.pinned).toBeUndefined();
  expect((await told('message.pinned', messageId)).map((data) => data.pinned?.until ?? null)).toEqual([
    ...[pinned.until, null],
  ]);
});

test('a pin by the other side shows until it is taken off, is told, and is nothing unread', async () => {
  const { messageId, waMessageId, conversationId } = await profile.send(customer.number, 'Hello', {
    wait: 10,
  });
  await customer.writes(own(), { type: 'pin', id: waMessageId, seconds: 86_400 });
  const { pinned } = await becomes(messageId, 'it is pinned', (message) => message.pinned);
  expect(pinned).toMatchObject({ by: jid(customer), fromMe: false });
  await customer.writes(own(), { type: 'pin', id: waMessageId, pinned: false });
  await becomes(messageId, 'it is not', (message) => !message.pinned);
  expect(await told('message.pinned', messageId)).toMatchObject([
    { pinned: { by: jid(customer) } },
    { pinned: null },
  ]);
  expect(await tenant.key.get(`/conversations/${conversationId}`)).toMatchObject({ unreadCount: 0 });
});

test('where only admins pin the profile is told so, and nothing goes out', async () => {
  const group = await house.sandbox.group(customer.number, 'Bakers', [own()]);
  const { messageId } = await profile.send(group, 'Hello', { wait: 10 });
  await house.sandbox.changeGroup(group, { by: customer.number, locked: true });
  const refused = await until('the group is locked', async () => {
    const answer = await call('PUT', `/messages/${messageId}/pin`, {});
    return answer.status !== 200 && answer.body.error;
  });
  expect(refused.code).toBe('NOT_GROUP_ADMIN');
});

test('what disappears is kept for everybody and let go; what stays can’t be kept', async () => {
  await customer.writes(own(), { type: 'disappearing', seconds: 86_400 });
  const theirs = await customer.sends(own(), 'The code is 42');
  const { id } = await came(theirs);
  expect((await call('PUT', `/messages/${id}/keep`)).data).toMatchObject({ status: 'sent' });
  expect(await stored(id)).toMatchObject({ kept: { by: `${own()}@c.us`, fromMe: true } });
  expect((await shown(theirs))?.content.kept).toMatchObject({ by: own() });
  await customer.writes(own(), { type: 'keep', id: theirs, kept: false });
  await becomes(id, 'it is let go', (message) => message.kept === null);
  expect(await told('message.kept', id)).toMatchObject([{ kept: { fromMe: true } }, { kept: null }]);
  const stays = await newCustomer(house.sandbox);
  const { messageId } = await profile.send(stays.number, 'For ever', { wait: 10 });
  const refused = await call('PUT', `/messages/${messageId}/keep`);
  expect([refused.status, refused.body.error.code]).toEqual([409, 'MESSAGE_NOT_DISAPPEARING']);
});

test('of an event sent from here each answer is counted once, the latest, and told', async () => {
  const { messageId, waMessageId } = await sends('event', {
    ...{ name: 'Opening', description: 'With cake', start: '2035-03-01T09:00:00+07:00', extraGuests: true },
    ...{
      end: '2035-03-01T11:00:00+07:00',
      location: { latitude: -6.1754, longitude: 106.8272, name: 'Bakery' },
    },
  });
  expect(await shown(waMessageId)).toMatchObject({ type: 'event', text: expect.stringContaining('Opening') });
  await customer.writes(own(), { type: 'eventResponse', id: waMessageId, response: 'maybe' });
  await becomes(messageId, 'they may come', ({ responses }) => responses.length === 1);
  await customer.writes(own(), { type: 'eventResponse', id: waMessageId, response: 'going', guests: 2 });
  const { responses, content } = await becomes(
    messageId,
    'they come',
    (one) => one.responses[0].guests === 2,
  );
  expect(responses).toMatchObject([
    { senderJid: jid(customer), fromMe: false, response: 'going', guests: 2 },
  ]);
  expect(content).toMatchObject({ name: 'Opening', start: '2035-03-01T02:00:00.000Z' });
  expect(content).not.toHaveProperty('secret');
  expect(await told('message.event_response', messageId)).toMatchObject([
    { response: 'maybe', from: jid(customer) },
    { response: 'going', guests: 2, responses: [{ response: 'going' }] },
  ]);
  const wrong = await call('POST', '/messages/event', {
    ...{
      profileId: profile.id,
      to: customer.number,
      name: 'x',
      start: 'tomorrow',
      end: '2035-03-01T11:00:00Z',
    },
  });
  expect(wrong.body.error.details.map(({ path }: { path: string }) => path)).toEqual(['/start', '/end']);
});

test('an answer of the owner to an event of others stands with it', async () => {
  const event = { type: 'event', name: 'Fair', start: Date.UTC(2035, 1, 1) };
  const id = await customer.writes(own(), event);
  await came(id);
  await profile.phone.writes(customer.number, { type: 'eventResponse', id, response: 'notGoing' });
  const { responses } = await becomes(id, 'the answer', (message) => message.responses.length === 1);
  expect(responses).toMatchObject([{ fromMe: true, response: 'not-going' }]);
});

const secret = randomBytes(32);
/** Bytes that newer apps send. */
const raw = (message: proto.IMessage) => ({
  ...{ type: 'raw', bytes: Buffer.from(proto.Message.encode(message).finish()).toString('base64') },
});
function sealed(purpose: string, id: string, author: SandboxPhone, plain: Uint8Array, key = secret) {
  const name = `${author.number}@s.whatsapp.net`;
  const by = `${customer.number}@s.whatsapp.net`;
  const info = Buffer.concat([Buffer.from(`${id}${name}${by}${purpose}`), Buffer.from([1])]);
  const encIv = randomBytes(12);
  const encPayload = aesEncryptGCM(
    plain,
    hmacSign(info, hmacSign(key, new Uint8Array(32))),
    encIv,
    Buffer.alloc(0),
  );
  return { encIv, encPayload };
}
const withSecret = (conversation: string) =>
  raw({ conversation, messageContextInfo: { messageSecret: secret } });

test('an edit sealed with the secret of its message is read; nonsense does nothing', async () => {
  const id = await customer.writes(own(), withSecret('Two loaves'));
  await came(id);
  const { MESSAGE_EDIT } = proto.Message.SecretEncryptedMessage.SecretEncType;
  const edit = (plain: Uint8Array, key?: Buffer<ArrayBuffer>) =>
    customer.writes(
      own(),
      raw({
        secretEncryptedMessage: {
          ...{ targetMessageKey: { id, remoteJid: own() }, secretEncType: MESSAGE_EDIT },
          ...sealed('Message Edit', id, customer, plain, key),
        },
      }),
    );
  await edit(Buffer.from('\u00ff nonsense'));
  await edit(proto.Message.encode({ conversation: 'stolen' }).finish(), randomBytes(32));
  const said = proto.Message.encode({ conversation: 'Three\u0000 loaves' }).finish();
  await edit(said);
  const message = await becomes(id, 'it is edited', ({ editedAt }) => editedAt);
  expect(message).toMatchObject({
    content: { text: 'Three\ufffd loaves' },
    originalContent: { text: 'Two loaves' },
  });
  expect(JSON.stringify([message, await told('message.received', message.id)])).not.toContain(
    secret.toString('base64'),
  );
});

test('a reaction sealed with the secret of its message counts like any other', async () => {
  const id = await customer.writes(own(), withSecret('Fresh rye'));
  await came(id);
  const plain = proto.Message.ReactionMessage.encode({ text: '🥐' }).finish();
  const targetMessageKey = { id, remoteJid: own() };
  await customer.writes(
    own(),
    raw({
      encReactionMessage: { targetMessageKey, ...sealed('Enc Reaction', id, customer, plain) },
    }),
  );
  const { reactions } = await becomes(id, 'a reaction', (message) => message.reactions.length === 1);
  expect(reactions).toMatchObject([{ emoji: '🥐', senderJid: jid(customer) }]);
});

test('a live location shows where somebody is, once from here, and moves as others say', async () => {
  const place = { latitude: -6.1754, longitude: 106.8272 };
  const { waMessageId } = await sends('location', {
    ...{ ...place, live: true, accuracy: 5, speed: 2, heading: 90, caption: 'On my way' },
  });
  expect(await shown(waMessageId)).toMatchObject({
    type: 'liveLocation',
    content: { location: { ...place, accuracy: 5, speed: 2, heading: 90 } },
  });
  const refused = await call('POST', '/messages/location', {
    ...{ profileId: profile.id, to: customer.number, ...place, accuracy: 5 },
  });
  expect(refused.body.error.details).toEqual([{ path: '/accuracy', problem: 'belongs to a live location' }]);
  const id = await customer.writes(own(), { type: 'liveLocation', ...place, sequence: 1 });
  await came(id);
  for (const [step, latitude] of [
    [2, -6.2],
    [3, -6.3],
  ] as const) {
    const moved = { degreesLatitude: latitude, degreesLongitude: 106.9, sequenceNumber: step };
    await customer.writes(
      own(),
      raw({
        protocolMessage: {
          ...{ key: { id, remoteJid: own() }, type: proto.Message.ProtocolMessage.Type.MESSAGE_EDIT },
          ...{ timestampMs: Date.now() + step, editedMessage: { liveLocationMessage: moved } },
        },
      }),
    );
  }
  const { content, originalContent } = await becomes(
    id,
    'it has moved',
    (message) => message.content.sequence === 3,
  );
  expect(content).toMatchObject({ latitude: -6.3, longitude: 106.9, live: true });
  expect(originalContent).toMatchObject(place);
});

test('an invitation into a group goes out with its code, and can’t be passed on', async () => {
  const invite = {
    group: '120363000000000001@g.us',
    name: 'Bakers',
    code: 'Hq7vSampleCode',
    caption: 'Join us',
  };
  const { messageId, waMessageId } = await sends('group-invite', {
    ...invite,
    invitedUntil: '2035-03-01T09:00:00Z',
  });
  expect(await shown(waMessageId)).toMatchObject({
    type: 'groupInvite',
    content: { invite: { code: invite.code } },
  });
  const { status, body } = await call('POST', '/messages/forward', {
    ...{ profileId: profile.id, messageId, to: customer.number },
  });
  expect([status, body.error.code]).toEqual([409, 'MESSAGE_NOT_FORWARDABLE']);
});

import { createHmac } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from './house.ts';
import { openSink, type Sink } from './kit/sink.ts';
import type { SandboxPhone } from './sandbox.ts';
import { type ConnectedProfile, connectedProfile, newNumber, newTenant, type Tenant } from './tenant.ts';
import { until } from './until.ts';

type Told = { id: string; event: string; sequence: number; profileId: string; data: Record<string, any> };
interface Listener {
  socket: Socket;
  heard: { name: string; payload: any }[];
}

const question = 'Your bread is ready 🍞 خبزك جاهز';
const answer = 'On my way!\n‮מגיע‬ 👩‍👩‍👧';

let house: House;
let tenant: Tenant;
let stranger: Tenant;
let sink: Sink;
let strangersSink: Sink;
let hook: { id: string; secret: string; signingSecret: string };
let byKey: Listener;
let byToken: Listener;
let foreign: Listener;
let profile: ConnectedProfile;
let customer: SandboxPhone;
let sent: { messageId: string; waMessageId: string; conversationId: string; status: string };
let answeredId: string;
let told: Told[];

beforeAll(async () => {
  house = await openHouse();
  [tenant, stranger] = await Promise.all([newTenant(house.api), newTenant(house.api)]);
  [sink, strangersSink] = await Promise.all([openSink(), openSink()]);
  hook = await tenant.key.post('/webhooks', { url: sink.url, events: ['*'] });
  await stranger.key.post('/webhooks', { url: strangersSink.url, events: ['*'] });
  const login = await house.api.post('/auth/login', { email: tenant.email, password: tenant.password });
  byKey = await listen({ apiKey: tenant.credentials['x-api-key'] });
  byToken = await listen({ token: login.accessToken });
  foreign = await listen({ apiKey: stranger.credentials['x-api-key'] });
  for (const { socket } of [byKey, byToken, foreign])
    expect(await join(socket, {})).toMatchObject({ success: true });

  profile = await connectedProfile(tenant, house.sandbox);
  customer = house.sandbox.phone(newNumber());
  await customer.named('Dana');
  const written = `+${customer.number.slice(0, 2)} ${customer.number.slice(2, 5)}-${customer.number.slice(5)}`;
  sent = await profile.send(written, question, { wait: 10 });
  await until('it is delivered', () => happened('message.delivered'));
  await customer.read(profile.phone.number);
  await until('it is read', () => happened('message.read'));
  answeredId = await customer.sends(profile.phone.number, answer);
  await until('the answer is told', () => happened('message.received'));
  told = await allEvents();
  const last = told.at(-1)?.sequence;
  await until('the webhook has heard all', () => sink.caught.some(({ body }) => body.sequence === last));
  for (const { heard } of [byKey, byToken]) {
    await until('the socket has heard all', () => heard.some(({ payload }) => payload.sequence === last));
  }
});

afterAll(async () => {
  for (const listener of [byKey, byToken, foreign]) listener?.socket.disconnect();
  await house?.close();
  await Promise.all([sink?.close(), strangersSink?.close()]);
});

function dial(auth: Record<string, unknown>): Socket {
  return io(`${house.api.url}/ws`, { auth, forceNew: true, reconnection: false });
}
async function listen(auth: Record<string, unknown>): Promise<Listener> {
  const socket = dial(auth);
  const heard: Listener['heard'] = [];
  socket.onAny((name: string, payload: unknown) => heard.push({ name, payload }));
  await new Promise((resolve, reject) =>
    socket.once('connect', () => resolve(null)).once('connect_error', reject),
  );
  return { socket, heard };
}
const join = (socket: Socket, place: object) => socket.timeout(3_000).emitWithAck('join', place);
const allEvents = async (): Promise<Told[]> => (await tenant.key.get('/events?after=0&limit=200')).events;
const happened = async (name: string) => (await allEvents()).some(({ event }) => event === name);
const dataOf = (name: string) => told.find(({ event }) => event === name)?.data ?? {};
/** What passes without being kept, as the activity of a webhook, has no number. */
const formsOf = ({ heard }: Listener, name: string) =>
  heard.filter((one) => one.name === name && one.payload.sequence !== 0).map(({ payload }) => payload);

test('the person sees the message once, and the sender sees the answer, letter for letter', async () => {
  expect(await customer.messages()).toMatchObject([
    { id: sent.waMessageId, text: question, fromMe: false },
    { id: answeredId, text: answer, fromMe: true },
  ]);
  const { messages } = await tenant.key.get(`/messages/conversation/${sent.conversationId}`);
  expect(messages).toMatchObject([
    {
      id: sent.messageId,
      waMessageId: sent.waMessageId,
      direction: 'outgoing',
      status: 'read',
      content: { text: question },
    },
    { waMessageId: answeredId, direction: 'incoming', status: 'received', content: { text: answer } },
  ]);
});

test('the story is told in its order, each step once, under growing numbers', () => {
  const names = told
    .map(({ event }) => event)
    // What is learnt of the person comes beside the story.
    .filter((name) => !['connection.update', 'profile.history', 'contact.updated'].includes(name));
  expect(names).toEqual([
    'connection.qr',
    'connection.ready',
    'contact.created',
    'message.queued',
    'message.sent',
    'message.delivered',
    'message.read',
    'message.received',
  ]);
  expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
  const sequences = told.map(({ sequence }) => sequence);
  expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
});

test('webhook, socket by key or token and GET /events tell the same, with the same ids', () => {
  const inOrder = (events: Told[]) => [...events].sort((a, b) => a.sequence - b.sequence);
  expect(inOrder(sink.caught.map(({ body }) => body))).toEqual(told);
  expect(formsOf(byKey, 'event')).toEqual(told);
  expect(formsOf(byToken, 'event')).toEqual(told);
});

test('every delivery verifies by Standard Webhooks and by X-MultiWA-Signature, and names itself', () => {
  expect(sink.caught.length).toBeGreaterThan(0);
  for (const { headers, text, body } of sink.caught) {
    const named = headers as Record<string, string>;
    expect(new Webhook(hook.signingSecret).verify(text, named)).toEqual(body);
    expect(() => new Webhook(hook.signingSecret).verify(`${text} `, named)).toThrow();
    const expected = `sha256=${createHmac('sha256', hook.secret).update(text).digest('hex')}`;
    expect(named['x-multiwa-signature']).toBe(expected);
    expect(named).toMatchObject({
      'content-type': expect.stringContaining('application/json'),
      'x-multiwa-event': body.event,
      'x-multiwa-delivery': expect.any(String),
      'webhook-id': body.id,
    });
  }
});

test('an event about a message carries its database id and its WhatsApp id, from queued to read', () => {
  for (const step of ['queued', 'sent', 'delivered', 'read']) {
    expect(dataOf(`message.${step}`)).toMatchObject({
      profileId: profile.id,
      messageId: sent.messageId,
      waMessageId: sent.waMessageId,
      conversationId: sent.conversationId,
      to: `${customer.number}@c.us`,
      type: 'text',
      status: step,
    });
  }
});

test('receivers written for older servers find every field they read', () => {
  expect(dataOf('message.received')).toMatchObject({
    profileId: profile.id,
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    from: `${customer.number}@c.us`,
    body: answer,
    type: 'text',
    hasMedia: false,
    timestamp: expect.stringMatching(/Z$/),
    conversationId: sent.conversationId,
    waMessageId: answeredId,
    pushName: 'Dana',
  });
  expect(dataOf('connection.qr')).toMatchObject({
    profileId: profile.id,
    qr: expect.stringMatching(/^data:image\/png;base64,/),
  });
  expect(dataOf('connection.ready')).toMatchObject({
    profileId: profile.id,
    phone: profile.phone.number,
    pushName: 'Bakery',
  });
  for (const { body } of sink.caught) expect(body).toHaveProperty('timestamp', expect.stringMatching(/Z$/));
});

test('an older socket client hears qr:update, connection:status, message and message:ack', () => {
  expect(formsOf(byKey, 'qr:update')[0]).toMatchObject({
    profileId: profile.id,
    qrCode: expect.stringMatching(/^data:image\/png;base64,/),
  });
  expect(formsOf(byKey, 'connection:status').at(-1)).toMatchObject({
    profileId: profile.id,
    status: 'connected',
    phone: profile.phone.number,
    phoneNumber: profile.phone.number,
  });
  const acks = formsOf(byKey, 'message:ack');
  expect(acks.map(({ status }) => status)).toEqual(['queued', 'sent', 'delivered', 'read']);
  for (const ack of acks) {
    expect(ack).toMatchObject({ profileId: profile.id, messageId: sent.waMessageId, id: sent.messageId });
  }
  expect(formsOf(byKey, 'message')).toMatchObject([
    {
      type: 'message:received',
      message: { messageId: answeredId, content: { text: answer }, direction: 'incoming' },
      conversation: { id: sent.conversationId, jid: `${customer.number}@c.us` },
    },
  ]);
});

test('another tenant hears nothing by webhook, socket or GET /events, and may not join', async () => {
  expect(strangersSink.caught).toEqual([]);
  expect(foreign.heard).toEqual([]);
  expect(await join(foreign.socket, { profileId: profile.id })).toEqual({
    success: false,
    error: 'Forbidden',
  });
  expect((await stranger.key.get('/events?after=0&limit=5')).events).toEqual([]);
  const other = await stranger.key.call('GET', `/events?profileId=${profile.id}`);
  expect([other.status, other.body.error.code]).toEqual([404, 'PROFILE_NOT_FOUND']);
});

test('a socket with a key or a token nobody gave out is refused with our code', async () => {
  for (const [auth, code] of [
    [{ apiKey: `mwa_${'0'.repeat(64)}` }, 'INVALID_API_KEY'],
    [{ token: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.' }, 'INVALID_TOKEN'],
    [{}, 'UNAUTHENTICATED'],
  ] as const) {
    const socket = dial(auth);
    const error = await new Promise<Error & { data?: { code: string } }>((resolve) =>
      socket.once('connect_error', resolve),
    );
    expect(error.data?.code).toBe(code);
    socket.disconnect();
  }
});

test('the raw format is the data of the envelope, by header or key; errors look the same', async () => {
  const made = await tenant.owner.post('/api-keys', { name: 'old client', responseFormat: 'raw' });
  const old = house.api.as({ 'x-api-key': made.key });
  const paths = [
    `/messages/${sent.messageId}`,
    `/messages/profile/${profile.id}`,
    `/messages/conversation/${sent.conversationId}`,
    `/conversations/${sent.conversationId}`,
    `/profiles/${profile.id}`,
    '/profiles',
    '/webhooks',
    '/events?after=0&limit=5',
  ];
  for (const path of paths) {
    const [enveloped, byHeader, byRawKey] = await Promise.all([
      tenant.key.call('GET', path),
      tenant.key.call('GET', path, undefined, { 'x-response-format': 'raw' }),
      old.call('GET', path),
    ]);
    expect(enveloped.body).toEqual({
      success: true,
      data: enveloped.body.data,
      meta: { timestamp: expect.any(String) },
    });
    expect(byHeader.body, path).toEqual(enveloped.body.data);
    expect(byRawKey.body, path).toEqual(enveloped.body.data);
  }
  const [plain, raw] = await Promise.all([
    tenant.key.call('GET', '/messages/x'),
    old.call('GET', '/messages/x'),
  ]);
  expect(raw.body).toEqual({ ...plain.body, requestId: expect.any(String) });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { until } from './until.ts';

const ANNA = '628630000001';
const BEN = '628630000002';
const EVE = '628630000003';
const jid = (number: string): string => `${number}@s.whatsapp.net`;
let kit: TestSandbox;
let anna: Client;
let laptop: Client;
let ben: Client;

interface Call {
  id: string;
  status: string;
  answeredBy?: number;
  offered: boolean;
}
interface CallEvent {
  id: string;
  status: string;
  from: string;
  callerPn?: string;
  isVideo?: boolean;
  isGroup?: boolean;
  groupJid?: string;
  offline: boolean;
}

const call = async (from: string, body: unknown): Promise<Call> => {
  const answer = await kit.post<Call>(`/api/phones/${from}/calls`, body);
  expect(answer.status).toBe(200);
  return answer.body;
};
const act = (number: string, id: string, action: string) =>
  kit.post<Call>(`/api/phones/${number}/calls/${id}`, { action });
const logOf = async (number: string): Promise<Call[]> =>
  (await kit.get<{ calls: Call[] }>(`/api/phones/${number}/calls`)).body.calls;

function heardOf(client: Client, id: string): CallEvent[] {
  const calls = client.events.filter(({ name }) => name === 'call');
  return calls.flatMap(({ data }) => data as CallEvent[]).filter((each) => each.id === id);
}
const hears = (client: Client, id: string, status: string): Promise<CallEvent> =>
  until(`${status} of ${id}`, () => heardOf(client, id).find((each) => each.status === status));

/** What a client itself says about a call; Baileys has no function for most of it. */
function say(client: Client, to: string, tag: string, id: string, attrs = {}, content: unknown[] = []) {
  return client.live.query({
    tag: 'call',
    attrs: { to: jid(to), from: client.id },
    content: [
      { tag, attrs: { 'call-id': id, 'call-creator': client.id, ...attrs }, content: content as never },
    ],
  });
}

beforeAll(async () => {
  kit = await TestSandbox.start();
  [anna, ben] = await Promise.all([kit.linked(ANNA), kit.linked(BEN)]);
  laptop = await kit.linked(ANNA);
  await kit.post('/api/phones', { number: EVE });
});
afterAll(() => kit.close());

test('a call of a phone rings at every companion, and hanging up ends it there', async () => {
  const { id } = await call(EVE, { to: ANNA });
  for (const client of [anna, laptop]) {
    expect(await hears(client, id, 'offer')).toMatchObject({
      ...{ from: jid(EVE), callerPn: jid(EVE), isVideo: false, isGroup: false, offline: false },
    });
  }
  expect((await act(EVE, id, 'terminate')).body).toMatchObject({ status: 'cancelled' });
  await Promise.all([hears(anna, id, 'terminate'), hears(laptop, id, 'terminate')]);
});

test('a video call and a group call are told as such', async () => {
  const video = await call(EVE, { to: ANNA, video: true });
  expect(await hears(anna, video.id, 'offer')).toMatchObject({ isVideo: true });
  const group = await call(EVE, { to: ANNA, group: '120363000000000001@g.us' });
  expect(await hears(anna, group.id, 'offer')).toMatchObject({
    ...{ isGroup: true, groupJid: '120363000000000001@g.us' },
  });
  for (const { id } of [video, group]) await act(EVE, id, 'timeout');
  await hears(anna, group.id, 'timeout');
});

test('a call that nobody answers times out by itself and is missed', async () => {
  const { id } = await call(EVE, { to: ANNA, ringSeconds: 0.1 });
  await Promise.all([hears(anna, id, 'timeout'), hears(laptop, id, 'timeout')]);
  expect((await logOf(ANNA)).find((each) => each.id === id)).toMatchObject({ status: 'missed' });
  await until('a missed call in the chat', () =>
    anna.received.some((message) => message.key.id === id && message.messageStubType === 40),
  );
});

test('a companion rejects: the caller knows, and the other companion stops ringing', async () => {
  const { id } = await call(EVE, { to: ANNA });
  const offer = await hears(anna, id, 'offer');
  await hears(laptop, id, 'offer');
  await anna.live.rejectCall(id, offer.from);
  await hears(laptop, id, 'terminate');
  expect((await logOf(EVE)).at(-1)).toMatchObject({ id, status: 'rejected', answeredBy: 1 });
  await anna.caughtUp();
  expect(heardOf(anna, id).map(({ status }) => status)).toEqual(['offer']);
  await anna.live.rejectCall(id, offer.from);
  expect((await logOf(EVE)).at(-1)).toMatchObject({ status: 'rejected', answeredBy: 1 });
});

test('the phone accepts: companions stop ringing, and the caller hangs up later', async () => {
  const { id } = await call(EVE, { to: ANNA });
  expect((await act(ANNA, id, 'accept')).body).toMatchObject({ status: 'accepted', answeredBy: 0 });
  await Promise.all([hears(anna, id, 'terminate'), hears(laptop, id, 'terminate')]);
  expect((await act(EVE, id, 'terminate')).body).toMatchObject({ status: 'ended' });
});

test('a client’s call rings at the phone; the client hears ringing, accept and terminate', async () => {
  const id = 'CLIENTCALL01';
  await say(ben, EVE, 'offer', id, {}, [{ tag: 'audio', attrs: { enc: 'opus', rate: '16000' } }]);
  await hears(ben, id, 'ringing');
  expect((await logOf(EVE)).at(-1)).toMatchObject({ id, caller: BEN, callerDevice: 1, status: 'ringing' });
  await act(EVE, id, 'accept');
  await hears(ben, id, 'accept');
  await act(EVE, id, 'terminate');
  await hears(ben, id, 'terminate');
  const rejected = 'CLIENTCALL02';
  await say(ben, EVE, 'offer', rejected);
  await act(EVE, rejected, 'reject');
  await hears(ben, rejected, 'reject');
});

test('a call between clients carries what they say to each other, and only one side is connected', async () => {
  const id = 'CLIENTCALL03';
  await say(ben, ANNA, 'offer', id, {}, [{ tag: 'video', attrs: {} }]);
  expect(await hears(anna, id, 'offer')).toMatchObject({ isVideo: true, from: jid(BEN) });
  await say(anna, BEN, 'preaccept', id);
  await hears(ben, id, 'preaccept');
  await say(anna, BEN, 'accept', id);
  await hears(ben, id, 'accept');
  await hears(laptop, id, 'terminate');
  await say(ben, ANNA, 'transport', id);
  await hears(anna, id, 'transport');
  await say(ben, ANNA, 'terminate', id);
  await hears(anna, id, 'terminate');
  expect((await logOf(BEN)).at(-1)).toMatchObject({ id, status: 'ended', answeredBy: 1 });
  expect(heardOf(laptop, id).map(({ status }) => status)).toEqual(['offer', 'terminate']);
});

test('a device that was away hears of the call when it comes back, marked as offline', async () => {
  await laptop.end();
  await until('away', async () => {
    const { body } = await kit.get<{ devices: { device: number; state: string }[] }>(`/api/phones/${ANNA}`);
    return body.devices.find(({ device }) => device === 2)?.state === 'offline';
  });
  const { id } = await call(EVE, { to: ANNA, ringSeconds: 0.05 });
  await hears(anna, id, 'timeout');
  await laptop.login();
  expect(await hears(laptop, id, 'offer')).toMatchObject({ offline: true });
  expect(await hears(laptop, id, 'timeout')).toMatchObject({ offline: true });
  await laptop.caughtUp();
});

test('who takes calls of known people only is not rung by a stranger', async () => {
  await kit.ask('PUT', `/api/phones/${ANNA}/privacy`, { calladd: 'known' });
  const { id, offered } = await call(EVE, { to: ANNA });
  expect(offered).toBe(false);
  expect(await kit.ledger(`messageId=${id}&kind=blocked`)).toMatchObject([{ number: ANNA, tag: 'call' }]);
  expect((await act(ANNA, id, 'accept')).status).toBe(404);
  await act(EVE, id, 'terminate');
  await kit.post(`/api/phones/${ANNA}/messages`, { to: EVE, type: 'text', text: 'call me' });
  const known = await call(EVE, { to: ANNA });
  await hears(anna, known.id, 'offer');
  await act(EVE, known.id, 'terminate');
  await anna.caughtUp();
  expect(heardOf(anna, id)).toEqual([]);
});

test('a call link is made and listed', async () => {
  const token = await anna.live.createCallLink('video');
  expect(token).toMatch(/^[\w-]{22}$/);
  expect((await kit.get(`/api/phones/${ANNA}/calls`)).body.links).toMatchObject([{ token, media: 'video' }]);
});

test('a call that rings while the network restarts still times out', async () => {
  const { id } = await call(EVE, { to: ANNA, ringSeconds: 1 });
  await kit.restart();
  await until('missed', async () => (await logOf(ANNA)).find((each) => each.id === id)?.status === 'missed');
  await anna.login();
  expect(await hears(anna, id, 'timeout')).toMatchObject({ offline: true });
});

test('nobody has more than twenty calls ringing at once', async () => {
  const ids: string[] = [];
  for (let count = 0; count < 20; count += 1) ids.push((await call(BEN, { to: EVE })).id);
  expect(await kit.post(`/api/phones/${BEN}/calls`, { to: EVE })).toMatchObject({
    ...{ status: 409, body: { error: { code: 'CALL_LIMIT' } } },
  });
  await ben.login();
  expect((await say(ben, EVE, 'offer', 'ONETOOMANY')).attrs.error).toBe('429');
  await act(BEN, ids[0] ?? '', 'terminate');
  expect((await say(ben, EVE, 'offer', 'THENAGAIN')).attrs.error).toBeUndefined();
});

test('what makes no sense is refused with a reason, over HTTP and on the wire', async () => {
  const { id } = await call(EVE, { to: ANNA });
  const refusals: [string, string, unknown, number, string][] = [
    [EVE, '', { to: EVE }, 400, 'VALIDATION_ERROR'],
    [EVE, '', { to: ANNA, group: 'x' }, 400, 'VALIDATION_ERROR'],
    [EVE, '', { to: ANNA, ringSeconds: -1 }, 400, 'VALIDATION_ERROR'],
    [EVE, `/${id}`, { action: 'sing' }, 400, 'VALIDATION_ERROR'],
    [EVE, `/${id}`, { action: 'accept' }, 409, 'CALL_STATE'],
    [ANNA, `/${id}`, { action: 'timeout' }, 409, 'CALL_STATE'],
    [BEN, `/${id}`, { action: 'reject' }, 404, 'CALL_NOT_FOUND'],
    [EVE, '/none', { action: 'terminate' }, 404, 'CALL_NOT_FOUND'],
  ];
  for (const [number, path, body, status, code] of refusals) {
    const answer = await kit.post(`/api/phones/${number}/calls${path}`, body);
    expect(answer, JSON.stringify(body)).toMatchObject({ status, body: { error: { code } } });
  }
  await act(EVE, id, 'terminate');
  expect((await act(EVE, id, 'terminate')).status).toBe(409);
  const ack = async (tag: string, callId: string, to = EVE): Promise<unknown> =>
    (await say(anna, to, tag, callId)).attrs.error;
  expect(await ack('reject', 'NOSUCHCALL')).toBe('404');
  expect(await ack('transport', 'NOSUCHCALL')).toBe('404');
  expect(await ack('offer', 'not an id')).toBe('400');
  expect(await ack('offer', 'FRESH', '628630009999')).toBe('404');
  expect(await ack('offer', id)).toBe('409');
  expect(kit.problems).toEqual([]);
});

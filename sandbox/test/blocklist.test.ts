import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { until } from './until.ts';

const ANNA = '628610000001';
const BEN = '628610000002';
const jid = (number: string): string => `${number}@s.whatsapp.net`;
let kit: TestSandbox;
let anna: Client;
let laptop: Client;
let ben: Client;
let lidOfBen: string;

const blocked = async (): Promise<unknown> => (await kit.get(`/api/phones/${ANNA}/blocked`)).body;
const updates = (client: Client): unknown[] =>
  client.events.filter((event) => event.name === 'blocklist.update').map((event) => event.data);

beforeAll(async () => {
  kit = await TestSandbox.start();
  [anna, ben] = await Promise.all([kit.linked(ANNA), kit.linked(BEN)]);
  laptop = await kit.linked(ANNA);
  await ben.say(ANNA, 'before');
  await Promise.all([anna.heard('before'), laptop.heard('before')]);
  await anna.say(BEN, 'still friends');
  await ben.heard('still friends');
  lidOfBen = ben.creds.me?.lid?.replace(/:\d+/, '') ?? '';
});
afterAll(() => kit.close());

test('a client blocks by number: the list names the LID, and the other companion hears of it', async () => {
  expect(await anna.live.fetchBlocklist()).toEqual([]);
  await anna.live.updateBlockStatus(jid(BEN), 'block');
  expect(await anna.live.fetchBlocklist()).toEqual([lidOfBen]);
  expect(await blocked()).toEqual([BEN]);
  await until('the other companion', () => updates(laptop).length === 1);
  expect(updates(laptop)).toEqual([{ blocklist: [lidOfBen], type: 'add' }]);
});

test('messages of a blocked person are acknowledged, and reach neither companions nor phone', async () => {
  const fromClient = await ben.say(ANNA, 'can you hear me?');
  const { body } = await kit.post<{ id: string }>(`/api/phones/${BEN}/messages`, {
    ...{ to: ANNA, type: 'text', text: 'and from the phone?' },
  });
  await until('acknowledged', () => ben.acks.some(({ id, error }) => id === fromClient && !error));
  for (const id of [fromClient, body.id]) {
    const lines = await kit.ledger(`messageId=${id}`);
    expect(lines.filter((line) => line.kind === 'blocked')).toMatchObject([
      { number: BEN, flags: 'blocked' },
    ]);
    expect(lines.filter((line) => line.kind === 'delivered' && line.number === ANNA)).toEqual([]);
  }
  await ben.heard('and from the phone?');
  await Promise.all([anna.caughtUp(), laptop.caughtUp(), ben.caughtUp()]);
  expect((await kit.seen(ANNA)).map(({ text }) => text)).toEqual(['before', 'still friends']);
  expect(anna.texts()).toEqual(['before']);
  expect(ben.statuses.filter(({ id }) => id === fromClient).every(({ status }) => status < 3)).toBe(true);
});

test('a blocked person sees no presence, typing reaches nobody, and the picture is not shown', async () => {
  await kit.ask('PUT', `/api/phones/${ANNA}/picture`);
  await expect(ben.live.profilePictureUrl(jid(ANNA))).rejects.toMatchObject({ data: 401 });
  expect(await anna.live.profilePictureUrl(jid(ANNA))).toBeTruthy();
  await ben.live.presenceSubscribe(jid(ANNA));
  const presence = await until('presence', () => ben.events.find(({ name }) => name === 'presence.update'));
  expect(presence.data).toMatchObject({ presences: { [jid(ANNA)]: { lastKnownPresence: 'unavailable' } } });
  await ben.live.sendPresenceUpdate('composing', jid(ANNA));
  await until('the network has it', async () =>
    (await kit.ledger(`number=${BEN}`)).some((line) => line.direction === 'in' && line.tag === 'chatstate'),
  );
  expect((await kit.get(`/api/phones/${ANNA}`)).body.typing).toEqual([]);
  expect(anna.events.some(({ name }) => name === 'presence.update')).toBe(false);
});

test('a call of a blocked person rings at the caller only', async () => {
  const { body } = await kit.post(`/api/phones/${BEN}/calls`, { to: ANNA, ringSeconds: 0.1 });
  expect(body).toMatchObject({ offered: false, status: 'ringing' });
  await until('missed', async () => {
    const { calls } = (await kit.get<{ calls: { status: string }[] }>(`/api/phones/${BEN}/calls`)).body;
    return calls[0]?.status === 'missed';
  });
  expect((await kit.get(`/api/phones/${ANNA}/calls`)).body).toMatchObject({ calls: [] });
  await anna.caughtUp();
  expect(anna.events.some(({ name }) => name === 'call')).toBe(false);
});

test('a block outlives a restart; lifted by the phone, companions hear so and messages arrive', async () => {
  await kit.restart();
  await Promise.all([anna.login(), laptop.login(), ben.login()]);
  expect(await blocked()).toEqual([BEN]);
  expect((await kit.ask('DELETE', `/api/phones/${ANNA}/blocked/${BEN}`)).status).toBe(200);
  await until('unblocked at both', () => [anna, laptop].every((each) => updates(each).length > 0));
  expect(updates(anna)).toEqual([{ blocklist: [lidOfBen], type: 'remove' }]);
  await ben.say(ANNA, 'friends again');
  await Promise.all([anna.heard('friends again'), laptop.heard('friends again')]);
  expect(await anna.live.fetchBlocklist()).toEqual([]);
});

test('a phone blocks too, by LID or number a client lifts it, and nonsense is refused', async () => {
  expect((await kit.ask('PUT', `/api/phones/${ANNA}/blocked/${BEN}`)).body).toEqual([BEN]);
  await anna.live.updateBlockStatus(lidOfBen, 'unblock');
  expect(await blocked()).toEqual([]);
  expect((await kit.ask('DELETE', `/api/phones/${ANNA}/blocked/${BEN}`)).status).toBe(404);
  expect((await kit.ask('PUT', `/api/phones/${ANNA}/blocked/${ANNA}`)).status).toBe(400);
  expect((await kit.ask('PUT', `/api/phones/${ANNA}/blocked/nobody`)).status).toBe(400);
  const set = (attrs: Record<string, string>) =>
    anna.live.query({
      tag: 'iq',
      attrs: { to: '@s.whatsapp.net', type: 'set', xmlns: 'blocklist' },
      content: [{ tag: 'item', attrs }],
    });
  await expect(set({ jid: '99@lid', action: 'block' })).rejects.toMatchObject({ data: 404 });
  await expect(set({ jid: lidOfBen, action: 'hug' })).rejects.toMatchObject({ data: 400 });
  expect(kit.problems).toEqual([]);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { RawClient } from './raw-client.ts';
import { later, until } from './until.ts';

const ANNA = '628560000001';
const BEN = '628560000002';
const EVE = '628560000003';
const jid = (number: string): string => `${number}@s.whatsapp.net`;
const WATCHED_MAX = 20;
let kit: TestSandbox;
let anna: Client;
let ben: Client;

interface Shown {
  lastKnownPresence: string;
  lastSeen?: number;
}

/** What a client was last told of somebody. */
function shown(client: Client, number: string): Shown | undefined {
  const all = client.events.filter((event) => event.name === 'presence.update');
  const about = all.map(({ data }) => data as { id: string; presences: Record<string, Shown> });
  return about.findLast(({ id }) => id === jid(number))?.presences[jid(number)];
}

const reaches = (client: Client, number: string, presence: string): Promise<Shown> =>
  until(`${presence} of ${number}`, () => {
    const now = shown(client, number);
    return now?.lastKnownPresence === presence ? now : undefined;
  });

const presence = (number: string, body: unknown) => kit.post(`/api/phones/${number}/presence`, body);

function forget(client: Client): void {
  client.events.length = 0;
}

beforeAll(async () => {
  kit = await TestSandbox.start({ watchedMax: WATCHED_MAX });
  [anna, ben] = await Promise.all([kit.linked(ANNA), kit.linked(BEN)]);
});
afterAll(() => kit.close());

test('a subscriber hears at once how somebody is, and then every change on the phone', async () => {
  await kit.post('/api/phones', { number: EVE });
  await ben.live.presenceSubscribe(jid(EVE));
  expect((await reaches(ben, EVE, 'unavailable')).lastSeen).toBeUndefined();
  expect((await presence(EVE, { state: 'available' })).body).toMatchObject({ presence: 'available' });
  await reaches(ben, EVE, 'available');
  const before = Math.floor(Date.now() / 1000);
  await presence(EVE, { state: 'unavailable' });
  const gone = await reaches(ben, EVE, 'unavailable');
  expect(gone.lastSeen).toBeGreaterThanOrEqual(before);
  const { body } = await kit.get(`/api/phones/${EVE}`);
  expect(body).toMatchObject({ presence: 'unavailable', lastSeen: gone.lastSeen });
});

test('somebody is online as long as the phone or any companion is in use', async () => {
  await ben.live.presenceSubscribe(jid(ANNA));
  await reaches(ben, ANNA, 'available');
  await presence(ANNA, { state: 'available' });
  await anna.live.sendPresenceUpdate('unavailable');
  await until('the companion is away', async () =>
    (await kit.ledger(`number=${ANNA}`)).some(
      (line) => line.tag === 'presence' && line.type === 'unavailable',
    ),
  );
  expect((await kit.get(`/api/phones/${ANNA}`)).body).toMatchObject({ presence: 'available' });
  await presence(ANNA, { state: 'unavailable' });
  await reaches(ben, ANNA, 'unavailable');
  await presence(ANNA, { state: 'available' });
  await reaches(ben, ANNA, 'available');
  await kit.ask('PUT', `/api/phones/${ANNA}`, { online: false });
  await reaches(ben, ANNA, 'unavailable');
  await kit.ask('PUT', `/api/phones/${ANNA}`, { online: true });
  await anna.live.sendPresenceUpdate('available');
  await reaches(ben, ANNA, 'available');
});

test('a person typing or recording on the phone is seen by clients', async () => {
  await presence(EVE, { state: 'composing', to: BEN });
  await reaches(ben, EVE, 'composing');
  await presence(EVE, { state: 'recording', to: BEN });
  await reaches(ben, EVE, 'recording');
  await presence(EVE, { state: 'paused', to: BEN });
  await reaches(ben, EVE, 'available');
});

test('a client typing or recording is seen on the phone, until it stops', async () => {
  const typing = async (): Promise<unknown[]> =>
    (await kit.get<{ typing: unknown[] }>(`/api/phones/${EVE}`)).body.typing;
  await ben.live.sendPresenceUpdate('composing', jid(EVE));
  await until('typing', async () => (await typing()).length === 1);
  expect(await typing()).toMatchObject([{ chat: BEN, from: BEN, media: 'text' }]);
  expect(await later(24_000, typing)).toHaveLength(1);
  expect(await later(26_000, typing)).toEqual([]);
  await ben.live.sendPresenceUpdate('recording', jid(EVE));
  await until('recording', async () => JSON.stringify(await typing()).includes('audio'));
  await ben.live.sendPresenceUpdate('paused', jid(EVE));
  await until('nobody types', async () => (await typing()).length === 0);
});

test('whoever is asked about by LID is told of by LID', async () => {
  const lid = (await kit.get<{ lid: string }>(`/api/phones/${EVE}`)).body.lid;
  await ben.live.presenceSubscribe(`${lid}@lid`);
  await until('presence under the LID', () =>
    ben.events.some(
      ({ name, data }) => name === 'presence.update' && (data as { id: string }).id === `${lid}@lid`,
    ),
  );
  await ben.live.presenceSubscribe(jid(EVE));
  const [annas = '', bens = ''] = [anna, ben].map(({ creds }) => creds.me?.lid?.replace(/:\d+/, ''));
  await anna.live.sendPresenceUpdate('composing', bens);
  await until('typing under the LID', () =>
    ben.events.some(({ name, data }) => name === 'presence.update' && (data as { id: string }).id === annas),
  );
});

test('whoever is asked about by number and by LID is told of under both', async () => {
  const { lid } = (await kit.get<{ lid: string }>(`/api/phones/${EVE}`)).body;
  const told = (name: string, presence: string) =>
    until(`${presence} of ${name}`, () =>
      ben.events.some(
        ({ name: event, data }) =>
          event === 'presence.update' &&
          (data as { presences: Record<string, Shown> }).presences[name]?.lastKnownPresence === presence,
      ),
    );
  const names = [jid(EVE), `${lid}@lid`];
  await presence(EVE, { state: 'unavailable' });
  forget(ben);
  for (const name of names) await ben.live.presenceSubscribe(name);
  await Promise.all(names.map((name) => told(name, 'unavailable')));
  await presence(EVE, { state: 'available' });
  await Promise.all(names.map((name) => told(name, 'available')));
  await presence(EVE, { state: 'unavailable' });
});

test('a message ends typing on the phone that shows it', async () => {
  const typing = async (): Promise<unknown> => (await kit.get(`/api/phones/${EVE}`)).body.typing;
  await ben.live.sendPresenceUpdate('composing', jid(EVE));
  await until('typing', async () => JSON.stringify(await typing()).includes(BEN));
  await ben.say(EVE, 'that was it');
  await until('nobody types', async () => JSON.stringify(await typing()) === '[]');
});

test('last seen and online are hidden from who may not see them, and from who hides their own', async () => {
  const privacy = (number: string, body: unknown) => kit.ask('PUT', `/api/phones/${number}/privacy`, body);
  await presence(EVE, { state: 'unavailable' });
  await privacy(EVE, { last: 'none' });
  await until('no last seen', () => shown(ben, EVE)?.lastSeen === undefined);
  await presence(EVE, { state: 'available' });
  await reaches(ben, EVE, 'available');
  await privacy(EVE, { online: 'match_last_seen' });
  await reaches(ben, EVE, 'unavailable');
  await privacy(EVE, { last: 'contacts' });
  expect(shown(ben, EVE)?.lastKnownPresence).toBe('unavailable');
  await kit.post(`/api/phones/${EVE}/messages`, { to: BEN, type: 'text', text: 'now you are a contact' });
  await ben.live.presenceSubscribe(jid(EVE));
  await reaches(ben, EVE, 'available');
  await privacy(BEN, { last: 'none' });
  await ben.live.presenceSubscribe(jid(EVE));
  await presence(EVE, { state: 'unavailable' });
  await until('last seen withheld', () => shown(ben, EVE)?.lastSeen === undefined);
  await privacy(BEN, { last: 'all' });
});

test('a client that has left is told nothing when it comes back, until it asks again', async () => {
  await ben.end();
  await until('gone', async () => (await kit.get(`/api/phones/${BEN}`)).body.presence === 'unavailable');
  await ben.login();
  forget(ben);
  await presence(EVE, { state: 'available' });
  await ben.live.presenceSubscribe(jid(ANNA));
  await reaches(ben, ANNA, 'available');
  expect(shown(ben, EVE)).toBeUndefined();
});

test('who is back is available at once, though a long queue is still on its way', async () => {
  await ben.live.presenceSubscribe(jid(ANNA));
  await anna.end();
  await reaches(ben, ANNA, 'unavailable');
  // More than the network sends before the client has taken some of it.
  const text = 'x'.repeat(24 * 1024);
  const write = () => kit.post(`/api/phones/${EVE}/messages`, { to: ANNA, type: 'text', text });
  await Promise.all(Array.from({ length: 101 }, write));
  const slow = { name: 'bandwidth', number: ANNA, direction: 'out', bytesPerSecond: 100_000 };
  const { body: fault } = await kit.post<{ id: string }>('/api/faults', slow);
  const raw = await RawClient.login(kit, anna.creds);
  raw.say({ tag: 'presence', attrs: { type: 'available', name: 'Anna' } });
  await reaches(ben, ANNA, 'available');
  expect(raw.heard.filter(({ tag }) => tag === 'message').length).toBeLessThan(50);
  raw.end();
  await reaches(ben, ANNA, 'unavailable');
  await kit.ask('DELETE', `/api/faults/${fault.id}`);
  await anna.login();
  await anna.caughtUp();
  expect(await kit.ledger(`kind=finding&number=${ANNA}`)).toEqual([]);
});

test('a device watches as many people as it may, and forgets the oldest of more', async () => {
  const numbers = Array.from({ length: WATCHED_MAX + 1 }, (_, index) => String(628569000000 + index));
  const [oldest = '', ...others] = numbers;
  const newest = others.at(-1) ?? '';
  for (const number of numbers) await kit.post('/api/phones', { number });
  await ben.live.presenceSubscribe(jid(oldest));
  await reaches(ben, oldest, 'unavailable');
  for (const number of others) await ben.live.presenceSubscribe(jid(number));
  await reaches(ben, newest, 'unavailable');
  await presence(oldest, { state: 'available' });
  await presence(newest, { state: 'available' });
  await reaches(ben, newest, 'available');
  expect(shown(ben, oldest)?.lastKnownPresence).toBe('unavailable');
});

test('last seen outlives a restart of the network', async () => {
  await presence(EVE, { state: 'unavailable' });
  const { body } = await kit.get(`/api/phones/${EVE}`);
  await kit.restart();
  expect((await kit.get(`/api/phones/${EVE}`)).body).toMatchObject({ lastSeen: body.lastSeen });
});

test('wrong presence is refused with a reason', async () => {
  const refusals: [unknown, number, string][] = [
    [{ state: 'dancing' }, 400, 'VALIDATION_ERROR'],
    [{ state: 'composing' }, 400, 'VALIDATION_ERROR'],
    [{ state: 'composing', to: 'nobody' }, 400, 'VALIDATION_ERROR'],
  ];
  for (const [body, status, code] of refusals) {
    expect(await presence(EVE, body)).toMatchObject({ status, body: { error: { code } } });
  }
  await kit.ask('PUT', `/api/phones/${EVE}`, { online: false });
  expect(await presence(EVE, { state: 'available' })).toMatchObject({ status: 409 });
  expect(kit.problems).toEqual([]);
});

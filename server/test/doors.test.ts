import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Client } from './client.ts';
import { doors, type Heard } from './doors.ts';
import { type House, openHouse } from './house.ts';
import { newTenant, type Tenant } from './tenant.ts';
import { until } from './until.ts';

let house: House;
let tenant: Tenant;
let other: Awaited<ReturnType<House['anotherNode']>>;
let profiles: string[];
let key: string;

beforeAll(async () => {
  house = await openHouse();
  [tenant, other] = await Promise.all([newTenant(house.api), house.anotherNode()]);
  const [account] = await tenant.owner.get('/accounts');
  profiles = await Promise.all(
    ['Shop', 'Bakery'].map(
      async (name) =>
        (await tenant.owner.post(`/accounts/${account.id}/profiles`, { name, engine: 'sandbox' })).id,
    ),
  );
  ({ key } = await tenant.owner.post('/api-keys', { name: 'listener' }));
});
afterAll(() => house?.close());

const urls = () => [house.gateway.url, other.url];
const now = async (): Promise<number> => (await tenant.owner.get('/events?after=now')).cursor;
const happened = async (after: number): Promise<Heard[]> =>
  (await tenant.owner.get(`/events?after=${after}&limit=200`)).events;
const sequences = (list: readonly Heard[]) => list.map(({ sequence }) => sequence);

/** Accepts messages at both nodes; nobody sends them, for the profiles are not connected. */
async function write(count: number): Promise<void> {
  const callers: Client[] = [tenant.owner, other.api.as(tenant.bearer)];
  for (let n = 0; n < count; n += 4) {
    await Promise.all(
      [0, 1, 2, 3].map((m) =>
        callers[m % 2]?.post('/messages/text', {
          ...{ profileId: profiles[(n + m) % 2], to: `62811100000${m}`, text: `number ${n + m}` },
        }),
      ),
    );
  }
}

test.each(doors)(
  'by %s every event is heard once and in order, on whichever node one is',
  async (_, open) => {
    const begin = await now();
    const heard: Heard[] = [];
    let ended = false;
    const listen = (async () => {
      for (let visit = 0; !ended; visit++) {
        const after = heard.at(-1)?.sequence ?? begin;
        const listener = await open(urls()[visit % 2] ?? '', key, after);
        await until('it heard some', () => ended || listener.heard.length >= 5);
        listener.leave();
        heard.push(...listener.heard);
      }
    })();
    await write(40);
    // They get their numbers a moment after they were accepted.
    const wanted = await until('all have a number', async () => {
      const all = await happened(begin);
      return all.filter(({ event }) => event === 'message.queued').length === 40 && sequences(all);
    });
    await until('it is all heard', () => heard.length >= wanted.length - 5);
    ended = true;
    await listen;
    const last = await open(urls()[0] ?? '', key, heard.at(-1)?.sequence ?? begin);
    await until('the rest', () => heard.length + last.heard.length >= wanted.length);
    last.leave();
    expect(sequences([...heard, ...last.heard])).toEqual(wanted);
  },
);

test.each(doors)(
  'whoever reads slowly by %s misses nothing, and is told where to go on',
  async (name, open) => {
    const begin = await now();
    const slow = await open(urls()[0] ?? '', key, begin);
    if (name !== 'server-sent events')
      await until('it is in', () => slow.told.some((one) => one.name === 'ack'));
    slow.pause();
    const { db } = house.database.database;
    const rows = Array.from({ length: 300 }, () => ({
      ...{ id: crypto.randomUUID(), position: null, name: 'connection.update', occurred_at: new Date() },
      ...{ organization_id: tenant.organizationId, profile_id: profiles[0] ?? '' },
      body: JSON.stringify({ profileId: profiles[0], status: 'connected', reason: 'x'.repeat(60_000) }),
    }));
    await db.insertInto('events').values(rows).execute();
    await write(4);
    await until('all is numbered', async () => (await now()) >= begin + 304);
    await new Promise((resolve) => setTimeout(resolve, 400));
    slow.goOn();
    const isTold = () => slow.told.find((one) => one.name === 'behind' || one.name === 'session:behind');
    if (name === 'Socket.IO') {
      await until('it is told', () => isTold() !== undefined);
      const cursor = Number(isTold()?.payload.cursor);
      expect(cursor).toBe(slow.heard.at(-1)?.sequence);
      const again = await open(urls()[1] ?? '', key, cursor);
      await until('it is all heard', () => slow.heard.length + again.heard.length >= 304);
      expect(sequences([...slow.heard, ...again.heard])).toEqual(
        Array.from({ length: 304 }, (_, n) => begin + n + 1),
      );
      again.leave();
    } else {
      await until('it is all heard', () => slow.heard.length >= 304);
      expect(sequences(slow.heard)).toEqual(Array.from({ length: 304 }, (_, n) => begin + n + 1));
      if (name === 'a plain web socket') expect(isTold()?.payload.cursor).toBeGreaterThan(begin);
    }
    slow.leave();
  },
);

test('a key that is taken away ends what it opened within two seconds, with a reason', async () => {
  const made = await tenant.owner.post('/api-keys', { name: 'leaver' });
  const begin = await now();
  const listeners = await Promise.all(doors.map(([, open]) => open(urls()[0] ?? '', made.key, begin)));
  await write(4);
  await until('all three hear', () => listeners.every(({ heard }) => heard.length === 4));
  await tenant.owner.delete(`/api-keys/${made.id}`);
  const goneAtMs = performance.now();
  await Promise.all(listeners.map(({ ended }) => ended));
  expect(performance.now() - goneAtMs).toBeLessThan(2_500);
  for (const { told } of listeners) {
    expect(told.at(-1)).toMatchObject({ name: 'session:ended', payload: { code: 'INVALID_API_KEY' } });
  }
});

test('the plain web socket answers as it was described, and refuses what it cannot read', async () => {
  const address = `${house.gateway.url.replace(/^http/, 'ws')}/ws`;
  const frames: { type: string; requestId?: string; payload: Record<string, unknown> }[] = [];
  const socket = new WebSocket(`${address}?apiKey=${key}`);
  socket.on('message', (data) => frames.push(JSON.parse(data.toString())));
  await new Promise((resolve) => socket.once('open', resolve));
  const ask = async (word: object | string) => {
    const count = frames.length;
    socket.send(typeof word === 'string' ? word : JSON.stringify(word));
    await until('an answer', () => frames.length > count);
    return frames.at(-1);
  };
  await until('it is greeted', () => frames.length === 1);
  expect(frames[0]).toMatchObject({
    type: 'ack',
    payload: { message: 'connected', clientId: expect.any(String) },
  });
  expect(await ask({ type: 'ping', requestId: 'p' })).toMatchObject({
    ...{ type: 'pong', requestId: 'p', payload: { timestamp: expect.any(String) } },
  });
  expect(await ask('{')).toMatchObject({ type: 'error', payload: { code: 'VALIDATION_ERROR' } });
  expect(await ask({ type: 'subscribe', payload: { events: ['nothing.happened'] } })).toMatchObject({
    payload: { error: expect.stringContaining('message.received') },
  });
  const foreign = { profileId: crypto.randomUUID(), events: ['*'] };
  expect(await ask({ type: 'subscribe', payload: foreign })).toMatchObject({
    payload: { code: 'PROFILE_NOT_FOUND' },
  });
  const asked = { profileId: profiles[0], events: ['session.status', 'qr.updated'] };
  expect(await ask({ type: 'subscribe', ...asked, requestId: 's' })).toMatchObject({
    ...{ type: 'ack', requestId: 's', payload: { success: true, profileId: profiles[0] } },
  });
  await tenant.owner.post(`/profiles/${profiles[0]}/connect`);
  await until('its status is told', () => frames.some(({ payload }) => payload.event === 'session.status'));
  await until('its code is told', () => frames.some(({ payload }) => payload.event === 'qr.updated'));
  expect(
    frames.every(({ payload }) => payload.profileId === undefined || payload.profileId === profiles[0]),
  ).toBe(true);
  expect(await ask({ type: 'unsubscribe', payload: { profileId: profiles[0] } })).toMatchObject({
    type: 'ack',
  });
  socket.close();
  for (const credentials of ['', '?apiKey=wrong']) {
    const refused = new WebSocket(address + credentials);
    const [code] = await new Promise<unknown[]>((resolve) =>
      refused.once('close', (...given) => resolve(given)),
    );
    expect(code).toBe(4401);
  }
  await tenant.owner.post(`/profiles/${profiles[0]}/disconnect`);
});

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import { whoseProfile } from '../../../test/profile-rows.ts';
import { newNumber, newTenant, type Tenant } from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { createRecorder } from '../../platform/events/record.ts';
import { silentLog } from '../../platform/log.ts';
import { createContactBulk } from '../contacts/bulk/bulk.kind.ts';
import { createBulkActStore } from './bulk-acts.store.ts';
import type { BulkKind } from './kind.ts';
import { createBulkActRunner } from './run.ts';

let house: House;
let tenant: Tenant;
let profileId: string;
let contacts: string[];
let userId: string;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  userId = (await tenant.owner.get('/auth/me')).id;
  profileId = (await tenant.key.post('/profiles', { name: 'Quiet', engine: 'sandbox' })).id;
  const rows = Array.from({ length: 450 }, (_, n) => `62811${1_000_000 + n},Guest ${n}`);
  const csvData = `phone,name\n${rows.join('\n')}\n`;
  await tenant.key.call('POST', '/contacts/import/csv', { profileId, csvData });
  const { db } = house.database.database;
  const found = await db.selectFrom('contacts').select('id').where('profile_id', '=', profileId).execute();
  contacts = found.map(({ id }) => id);
});
afterAll(() => house?.close());

const contactKind = () =>
  createContactBulk({
    clock: house.clock,
    store: { profile: async () => undefined },
    segment: async () => ({}),
    removeContact: async () => undefined,
  });

/** An act on these things that no job does. */
async function undone(items: readonly string[], act: object = {}): Promise<string> {
  const { db } = house.database.database;
  const whose = await whoseProfile(db, profileId);
  const id = crypto.randomUUID();
  await db
    .insertInto('bulk_acts')
    .values({
      ...{ id, organization_id: whose.organizationId, profile_id: profileId, kind: 'contact' },
      ...{ act: 'add-tags', about: { tags: ['again'] }, status: 'running', total: items.length },
      ...{ asked_by: userId, created_at: house.clock.now(), ...act },
    })
    .execute();
  const rows = items.map((item) => ({ bulk_id: id, item_id: item }));
  await db.insertInto('bulk_act_items').values(rows).execute();
  return id;
}

function runner(kind: BulkKind) {
  const { db } = house.database.database;
  return createBulkActRunner({
    ...{ db, clock: house.clock, log: silentLog, store: createBulkActStore(db), kinds: [kind] },
    events: createRecorder(house.clock, () => undefined),
  });
}
/** Whether somebody waits for what this transaction has locked. */
async function isWaitedFor(tx: Tx): Promise<boolean> {
  const { rows } = await sql`select from pg_locks
    where not granted and transactionid = pg_current_xact_id_if_assigned()::xid`.execute(tx);
  return rows.length > 0;
}
const get = (id: string) => tenant.key.get(`/contacts/bulk/${id}`);
const results = async (id: string, query = 'limit=200') =>
  (await tenant.key.get(`/contacts/bulk/${id}/results?${query}`)).results;
const { signal } = new AbortController();

describe('an act on many', () => {
  test('interrupted and done by two at once, it looks at each thing once', async () => {
    const id = await undone(contacts);
    const run = runner(contactKind());
    await expect(run({ bulkId: id }, AbortSignal.abort())).rejects.toThrow();
    expect(await get(id)).toMatchObject({ status: 'running', done: 200 });
    await Promise.all([run({ bulkId: id }, signal), run({ bulkId: id }, signal)]);
    expect(await get(id)).toMatchObject({ status: 'done', done: 450, changed: 450, failed: 0 });
    const tagged = await tenant.key.get(`/contacts?profileId=${profileId}&limit=1&tags=again`);
    expect(tagged.total).toBe(450);
  });

  test('that is cancelled does nothing more after the answer; what was done stays', async () => {
    const some = contacts.slice(0, 4).toSorted();
    const id = await undone(some);
    const cancel = () => tenant.key.call('POST', `/contacts/bulk/${id}/cancel`, {});
    let answer: ReturnType<typeof cancel> | undefined;
    const asked: string[] = [];
    const kind: BulkKind = {
      ...contactKind(),
      atOnce: () => 1,
      async act(tx, _actor, _bulk, [one = '']) {
        asked.push(one);
        if (asked.length === 2) {
          answer = cancel();
          await until('it waits for the one that is being changed', () => isWaitedFor(tx));
        }
        return [{ id: one, is: 'changed' }];
      },
    };
    const run = runner(kind)({ bulkId: id }, signal);
    await run;
    expect(await answer).toMatchObject({ status: 200, data: { status: 'cancelled' } });
    const doneThen = 2;
    expect(asked).toEqual(some.slice(0, doneThen));
    expect(await get(id)).toMatchObject({ status: 'cancelled', done: doneThen, changed: doneThen });
    const states = (await results(id)).map(({ status }: { status: string }) => status);
    expect(states).toEqual(some.map((_, n) => (n < doneThen ? 'changed' : 'waiting')));
    expect((await cancel()).body.error.code).toBe('BULK_ENDED');
  });

  test('a thing that fails by a fault of ours three times is left, and the others are done', async () => {
    const some = contacts.slice(0, 3).toSorted();
    const id = await undone(some);
    const asked: string[] = [];
    const kind: BulkKind = {
      ...contactKind(),
      atOnce: () => 1,
      async act(_tx, _actor, _bulk, [one = '']) {
        asked.push(one);
        if (one === some[1]) throw new Error('no such column');
        return [{ id: one, is: 'changed' }];
      },
    };
    const run = runner(kind);
    for (let tries = 0; tries < 2; tries++) {
      await expect(run({ bulkId: id }, signal)).rejects.toThrow('no such column');
    }
    await run({ bulkId: id }, signal);
    expect(asked).toEqual([some[0], some[1], some[1], some[1], some[2]]);
    expect(await get(id)).toMatchObject({ status: 'done', changed: 2, failed: 1 });
    expect(await results(id, 'status=failed')).toMatchObject([{ id: some[1], code: 'INTERNAL_ERROR' }]);
  });

  test('it stops when whoever asked for it is no member any more, or their key is revoked', async () => {
    const id = await undone(contacts.slice(0, 5), { asked_by: null });
    await runner(contactKind())({ bulkId: id }, signal);
    expect(await get(id)).toMatchObject({ status: 'stopped', done: 0, total: 5 });
    expect(await results(id)).toHaveLength(5);
    const { key, id: keyId } = await tenant.owner.post('/api-keys', { name: 'k', permissions: ['*'] });
    expect(key).toBeTruthy();
    const byKey = await undone(contacts.slice(0, 5), { api_key_id: keyId });
    await tenant.owner.delete(`/api-keys/${keyId}`);
    await runner(contactKind())({ bulkId: byKey }, signal);
    expect((await get(byKey)).status).toBe('stopped');
  });
});

const act = async (path: string, body: object) => {
  const begun = await tenant.owner.call('POST', `/${path}/bulk`, body);
  expect([begun.status, begun.body.error ?? null]).toEqual([202, null]);
  return until('all are done', async () => {
    const row = await tenant.owner.get(`/${path}/bulk/${begun.data.id}`);
    return row.status === 'done' && row;
  });
};
const resultsOf = async (path: string, id: string) =>
  (await tenant.owner.get(`/${path}/bulk/${id}/results`)).results as { id: string; status: string }[];

describe('conversations', () => {
  test('are archived, read, closed, labelled, given and muted at once, with a result for each', async () => {
    const chats: string[] = [];
    for (let n = 0; n < 4; n++) {
      const sent = { profileId, to: newNumber(), text: `hello ${n}` };
      chats.push((await tenant.key.post('/messages/text', sent)).conversationId);
    }
    const [first = '', ...others] = chats;
    await tenant.owner.call('PUT', `/conversations/${first}/archive`);
    const archived = await act('conversations', { act: 'archive', ids: [...chats, crypto.randomUUID()] });
    expect(archived).toMatchObject({ total: 4, done: 4, changed: 3, failed: 0, profileId: null });
    const states = new Map(
      (await resultsOf('conversations', archived.id)).map((one) => [one.id, one.status]),
    );
    expect(states.get(first)).toBe('unchanged');
    expect(others.map((id) => states.get(id))).toEqual(['changed', 'changed', 'changed']);

    const label = await tenant.owner.post('/labels', { name: 'Autumn' });
    const filter = { profileIds: [profileId], archived: true };
    expect(await act('conversations', { act: 'add-labels', labelIds: [label.id], filter })).toMatchObject({
      ...{ changed: 4, labelIds: [label.id] },
    });
    expect(await act('conversations', { act: 'assign', userId, filter: { label: label.id } })).toMatchObject({
      ...{ changed: 4, userId },
    });
    const until = house.clock.now().getTime() + 3_600_000;
    await act('conversations', { act: 'mute', until: new Date(until).toISOString(), ids: [first] });
    expect((await act('conversations', { act: 'close', filter: { assignee: 'me' } })).changed).toBe(4);
    expect(await tenant.owner.get(`/conversations/${first}`)).toMatchObject({
      ...{ isArchived: true, isMuted: true, mutedUntil: new Date(until).toISOString(), status: 'closed' },
      ...{ assignedUserId: userId, labels: [{ name: 'Autumn' }] },
    });
    const off = { act: 'remove-labels', labelIds: [label.id], ids: chats };
    expect((await act('conversations', off)).changed).toBe(4);
    expect(await act('conversations', { ...off, act: 'read' })).toMatchObject({ total: 4, changed: 0 });
  });

  test('one that can not be given says why, and the others are given', async () => {
    const sent = { profileId, to: newNumber(), text: 'hello' };
    const { conversationId: id } = await tenant.key.post('/messages/text', sent);
    const strange = await act('conversations', { act: 'assign', userId: crypto.randomUUID(), ids: [id] });
    expect(strange).toMatchObject({ changed: 0, failed: 1, failures: [{ id, code: 'MEMBER_NOT_FOUND' }] });
  });
});

describe('profiles', () => {
  test('are paused, labelled, limited and deleted at once, with a result for each', async () => {
    const made: string[] = [];
    for (let n = 0; n < 3; n++) {
      const body = { name: `Stand ${n}`, engine: 'sandbox', ...(n === 0 && { sendingPaused: true }) };
      made.push((await tenant.owner.post('/profiles', body)).id);
    }
    const [first = ''] = made;
    expect(await act('profiles', { act: 'pause-sending', ids: made })).toMatchObject({
      total: 3,
      changed: 2,
    });
    expect((await act('profiles', { act: 'add-labels', labels: ['Market '], ids: made })).labels).toEqual([
      'Market',
    ]);
    const filter = { label: 'Market' };
    const limited = await act('profiles', { act: 'set-limits', dailyMessageLimit: 40, filter });
    expect(limited).toMatchObject({ changed: 3, dailyMessageLimit: 40 });
    expect(await tenant.owner.get(`/profiles/${first}`)).toMatchObject({
      ...{ sendingPaused: true, labels: ['Market'], dailyMessageLimit: 40 },
    });
    expect((await act('profiles', { act: 'resume-sending', filter })).changed).toBe(3);
    expect((await act('profiles', { act: 'disconnect', filter })).changed).toBe(0);
    const gone = await act('profiles', { act: 'delete', filter });
    expect(gone).toMatchObject({ total: 3, changed: 3, failed: 0 });
    expect((await tenant.owner.call('GET', `/profiles/${first}`)).status).toBe(404);
    const { db } = house.database.database;
    const told = await db.selectFrom('events').select('body').where('name', '=', 'profile.bulk').execute();
    expect(told.map(({ body }) => body)).toContainEqual(
      expect.objectContaining({ bulkId: gone.id, act: 'delete', status: 'done', changed: 3 }),
    );
  });

  test('connect and disconnect as if each were asked to', async () => {
    const { id } = await tenant.owner.post('/profiles', { name: 'Front desk', engine: 'sandbox' });
    expect((await act('profiles', { act: 'connect', ids: [id] })).changed).toBe(1);
    await until('it shows a code', async () => (await tenant.owner.get(`/profiles/${id}`)).status === 'qr');
    expect((await act('profiles', { act: 'connect', ids: [id] })).changed).toBe(0);
    expect((await act('profiles', { act: 'disconnect', ids: [id] })).changed).toBe(1);
    expect((await tenant.owner.get(`/profiles/${id}`)).status).toBe('disconnected');
  });
});

describe('what somebody may not do to one, they may not do to many', () => {
  test('things of others are left out, and an act without its permission is refused', async () => {
    const stranger = await newTenant(house.api);
    const order = { act: 'delete', ids: [profileId] };
    const begun = await stranger.owner.call('POST', '/profiles/bulk', order);
    expect(begun).toMatchObject({ status: 202, data: { total: 0 } });
    const all = await stranger.owner.call('POST', '/conversations/bulk', { act: 'archive', filter: {} });
    expect(all).toMatchObject({ status: 202, data: { total: 0 } });
    expect((await tenant.owner.call('GET', `/profiles/bulk/${begun.data.id}`)).status).toBe(404);
    const { key } = await tenant.owner.post('/api-keys', { name: 'k', permissions: ['profile:update'] });
    const narrow = house.api.as({ 'x-api-key': key });
    expect((await narrow.call('POST', '/profiles/bulk', order)).body.error.code).toBe('PERMISSION_DENIED');
    expect((await narrow.call('POST', '/profiles/bulk', { ...order, act: 'pause-sending' })).status).toBe(
      202,
    );
  });

  test('a key that is bound to a profile reaches that one only, and reads what it asked for', async () => {
    const other = await tenant.owner.post('/profiles', { name: 'Bound', engine: 'sandbox' });
    const permissions = ['profile:update', 'profile:read'];
    const { key } = await tenant.owner.post('/api-keys', { name: 'k', permissions, profileIds: [other.id] });
    const bound = house.api.as({ 'x-api-key': key });
    const begun = await bound.post('/profiles/bulk', { act: 'add-labels', labels: ['mine'], filter: {} });
    expect(begun.total).toBe(1);
    const done = await until('it is done', async () => {
      const row = await bound.get(`/profiles/bulk/${begun.id}`);
      return row.status === 'done' && row;
    });
    expect(done.changed).toBe(1);
    expect((await bound.get(`/profiles/bulk/${begun.id}/results`)).results).toMatchObject([{ id: other.id }]);
  });

  test('an order without a choice, or without what its act needs, is refused with the path', async () => {
    const refused = async (path: string, body: object) =>
      (await tenant.owner.call('POST', `/${path}/bulk`, body)).body.error.details[0].path;
    const ids = [profileId];
    expect(await refused('profiles', { act: 'connect' })).toBe('/ids');
    expect(await refused('profiles', { act: 'connect', ids, filter: {} })).toBe('/ids');
    expect(await refused('profiles', { act: 'add-labels', ids })).toBe('/labels');
    expect(await refused('profiles', { act: 'set-limits', ids })).toBe('/messageDelayMs');
    expect(await refused('conversations', { act: 'assign', ids })).toBe('/userId');
    expect(await refused('conversations', { act: 'add-labels', ids })).toBe('/labelIds');
    expect(await refused('conversations', { act: 'mute', ids, until: '2020-01-01T00:00:00Z' })).toBe(
      '/until',
    );
  });
});

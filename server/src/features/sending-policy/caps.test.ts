import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import { newNumber, newTenant, type Tenant } from '../../../test/tenant.ts';
import { phoneChat } from '../../platform/chat-id.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { createIdentities } from '../consent/identity.ts';
import { takeCold, takeMarketing } from './caps.store.ts';
import { createDecide } from './decide.ts';

let house: House;
let tenant: Tenant;
let profileId: string;
const day = '2026-02-05';

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profileId = (await tenant.key.post('/profiles', { name: 'Shop', engine: 'sandbox' })).id;
});
afterAll(() => house?.close());

const db = () => house.database.database.db;
const chats = (count: number) => Array.from({ length: count }, () => phoneChat(newNumber()));
const identities = createIdentities({ derive: () => Buffer.alloc(32, 7) });
const decide = (
  settings: object,
  people: readonly string[],
  more: { profile?: string; at?: Date; content?: unknown } = {},
) =>
  inTransaction(db(), (tx) =>
    createDecide({ identities })(
      tx,
      { organization_id: tenant.organizationId, profile_id: more.profile ?? profileId, settings, ...more },
      people.map((chat) => ({ chat: chat as never })),
      more.at ?? house.clock.now(),
    ),
  );

test('eight feeders at once never take more than the cap, and none of it is lost', async () => {
  const taken = await Promise.all(
    Array.from({ length: 8 }, () => inTransaction(db(), (tx) => takeCold(tx, profileId, day, 20, chats(5)))),
  );
  expect(taken.reduce((sum, one) => sum + one.size, 0)).toBe(20);
  const [first] = [...(taken.find(({ size }) => size > 0) ?? [])];
  const again = await inTransaction(db(), (tx) =>
    takeCold(tx, profileId, day, 20, [String(first), ...chats(1)]),
  );
  expect([...again]).toEqual([first]);
  const more = await inTransaction(db(), (tx) => takeCold(tx, profileId, day, 22, chats(5)));
  expect(more.size).toBe(2);
  const any = await inTransaction(db(), (tx) => takeCold(tx, profileId, day, null, chats(5)));
  expect(any.size).toBe(5);
  const person = chats(1);
  const caps = { perDay: 2, perWeek: 3 };
  const marketing = (on: string) =>
    inTransaction(db(), (tx) => takeMarketing(tx, tenant.organizationId, on, caps, person));
  const sizes = await Promise.all(Array.from({ length: 8 }, () => marketing(day)));
  expect(sizes.reduce((sum, one) => sum + one.size, 0)).toBe(2);
  expect((await marketing('2026-02-06')).size).toBe(1);
  expect((await marketing('2026-02-06')).size).toBe(0);
  expect((await marketing('2026-02-12')).size).toBe(1);
});

test('what a transaction took that failed, nobody has taken', async () => {
  const own = (await tenant.key.post('/profiles', { name: 'Second', engine: 'sandbox' })).id;
  const failing = inTransaction(db(), async (tx) => {
    await takeCold(tx, own, day, 3, chats(3));
    throw new Error('not sent');
  });
  await expect(failing).rejects.toThrow('not sent');
  expect((await inTransaction(db(), (tx) => takeCold(tx, own, day, 3, chats(3)))).size).toBe(3);
});

test('a page of recipients is judged by what is known of each of them', async () => {
  const people = chats(6);
  const [out = '', all = '', forgotten = '', blocked = '', unknown = ''] = people;
  const phone = (chat: string) => chat.slice(0, chat.indexOf('@'));
  await tenant.key.post('/opt-outs', { phone: out });
  await tenant.key.post('/opt-outs', { phone: all, scope: 'all' });
  await tenant.key.post('/contacts', { profileId, phone: blocked, name: 'Blocked' });
  await db().updateTable('contacts').set({ is_blocked: true }).where('phone', '=', phone(blocked)).execute();
  await db()
    .insertInto('number_checks')
    .values({
      ...{ organization_id: tenant.organizationId, profile_id: profileId, phone: phone(unknown) },
      ...{ address: null, checked_at: house.clock.now() },
    })
    .execute();
  await db()
    .insertInto('opt_outs')
    .values({
      ...{ id: crypto.randomUUID(), organization_id: tenant.organizationId, scope: 'all', source: 'erasure' },
      ...{ chat: identities.hashOf(forgotten as never), at: house.clock.now() },
    })
    .execute();
  const codes = async (settings: object) =>
    (await decide(settings, people)).map((one) => (one.is === 'send' ? one.lane : 'code' in one && one.code));
  const left = ['OPTED_OUT', 'OPTED_OUT', 'OPTED_OUT', 'BLOCKED', 'NOT_ON_WHATSAPP', 'cold'];
  expect(await codes({ category: 'marketing' })).toEqual(left);
  expect(await codes({ category: 'utility', policy: { numberCheck: false } })).toEqual([
    ...['cold', 'OPTED_OUT', 'OPTED_OUT', 'BLOCKED', 'cold', 'cold'],
  ]);
  expect((await codes({ category: 'utility', policy: { consent: true } }))[5]).toBe('NO_CONSENT');
});

test('the policy of a profile holds for its campaigns, and what one says itself before it', async () => {
  const own = (await tenant.key.post('/profiles', { name: 'Third', engine: 'sandbox' })).id;
  const path = `/profiles/${own}/sending-policy`;
  expect(await tenant.key.get(path)).toMatchObject({
    optOuts: true,
    hours: null,
    coldDailyLimit: null,
    trouble: true,
  });
  const set = await tenant.key.put(path, { coldDailyLimit: 2, marketingPerDay: 1, overCap: 'skip' });
  expect(set).toMatchObject({ coldDailyLimit: 2, marketingPerDay: 1, overCap: 'skip', trouble: true });
  const people = chats(3);
  const codes = async (settings: object, more: object = {}) =>
    (await decide(settings, people, { profile: own, ...more })).map((one) =>
      'code' in one ? one.code : one.is,
    );
  expect(await codes({ category: 'marketing' })).toEqual(['send', 'send', 'COLD_LIMIT']);
  expect(await codes({ category: 'marketing' })).toEqual(['FREQUENCY_CAP', 'FREQUENCY_CAP', 'COLD_LIMIT']);
  expect(await codes({ category: 'utility' })).toEqual(['send', 'send', 'COLD_LIMIT']);
  expect(
    await codes({ category: 'utility', policy: { sameTextHours: 24 } }, { content: { text: 'a' } }),
  ).toEqual([...['send', 'send', 'COLD_LIMIT']]);
  expect(
    await codes({ category: 'utility', policy: { sameTextHours: 24 } }, { content: { text: 'a' } }),
  ).toEqual([...['DUPLICATE', 'DUPLICATE', 'COLD_LIMIT']]);
  const night = new Date('2026-02-05T20:00:00Z');
  const [first] = await decide(
    { category: 'utility', policy: { hours: { from: '08:00', to: '21:00' } } },
    people,
    {
      ...{ profile: own, at: night },
    },
  );
  expect(first).toMatchObject({ is: 'defer', code: 'QUIET_HOURS', until: new Date('2026-02-06T01:00:00Z') });
  const refused = await tenant.key.call('PUT', path, {
    hours: { from: '25:00', to: '21:00' },
    coldDailyLimit: -1,
  });
  expect(refused.body.error.details.map((one: { path: string }) => one.path)).toEqual([
    ...['/hours/from', '/coldDailyLimit'],
  ]);
});

test('an account that is locked, a cap of new chats and too many refusals keep campaigns back', async () => {
  const own = (await tenant.key.post('/profiles', { name: 'Fourth', engine: 'sandbox' })).id;
  const now = house.clock.now();
  const restricted = (restrictions: object) =>
    db()
      .updateTable('profiles')
      .set({ restrictions: JSON.stringify(restrictions) })
      .where('id', '=', own)
      .execute();
  const one = async (more: object = {}) =>
    (await decide({ category: 'utility' }, chats(1), { profile: own, ...more }))[0];
  const until = new Date(now.getTime() + 3_600_000).toISOString();
  await restricted({ newChats: { since: now.toISOString(), until, why: 'BIZ_QUALITY' } });
  expect(await one()).toMatchObject({ is: 'pause', code: 'ACCOUNT_LOCKED', until: new Date(until) });
  // One refusal, and the account says that nothing keeps it: it is about that person only.
  const refused = { code: 463, reason: 'refused', messageId: crypto.randomUUID() };
  await restricted({ newChats: { since: now.toISOString(), until: null, why: null, refused } });
  expect(await one()).toMatchObject({ is: 'send' });
  await restricted({ newChatsCap: { total: 5, used: 5, at: now.toISOString() } });
  expect(await one()).toMatchObject({ is: 'defer', code: 'NEW_CHATS_CAPPED' });
  await restricted({});
  const to = newNumber();
  for (let n = 0; n < 20; n++) await tenant.key.post('/messages/text', { profileId: own, to, text: 'x' });
  await sql`update messages set origin_kind = 'broadcast', status = 'sent' where profile_id = ${own}`.execute(
    db(),
  );
  expect(await one()).toMatchObject({ is: 'send' });
  await sql`update messages set status = 'failed', failure_code = 'REFUSED_463' where id in (
    select id from messages where profile_id = ${own} limit 4)`.execute(db());
  expect(await one()).toEqual({
    ...{ is: 'pause', code: 'TROUBLE_RATE' },
    reason: 'Of the last 20 messages 4 were refused by WhatsApp.',
  });
  const lookedAt = new Date(now.getTime() + 60_000).toISOString();
  const [again] = await decide({ category: 'utility', lookedAt }, chats(1), { profile: own });
  expect(again).toMatchObject({ is: 'send' });
});

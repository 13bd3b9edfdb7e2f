import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Owner, TestDoor } from '../../../test/door.ts';
import { seeded } from '../../../test/seeded.ts';
import { type Db, inTransaction } from '../../platform/db/transaction.ts';
import { makeProfile } from '../../platform/events/testing.ts';
import { newId } from '../../platform/ids.ts';
import { placeInDay } from './calendar.ts';
import { createCountContacts } from './contacts/count-contacts.ts';
import type { Levels } from './counting/count-of.ts';
import { addDays, zonesOf } from './counting/days.store.ts';
import { createTally } from './counting/tally.ts';
import { createResponseStore } from './responses/responses.store.ts';
import { createResponses } from './responses/responses.ts';
import type { Step } from './responses/steps.ts';
import { makeChat } from './testing.ts';
import { noteCountedAnew, noteZoneChange } from './zones.store.ts';

let door: TestDoor;
let db: Db;
let owner: Owner;
let profileId: string;
const berlin = 'Europe/Berlin';

async function newOwner(timeZone: string | null = berlin): Promise<Owner> {
  const person = await door.register();
  const settings = JSON.stringify({ timeZone });
  await db
    .updateTable('organizations')
    .set({ settings })
    .where('id', '=', person.user.organizationId)
    .execute();
  return person;
}
const get = (path: string, as: Owner = owner) =>
  door.ask('GET', `/statistics${path}`, { headers: as.bearer });
const ask = async (path: string, as?: Owner) => {
  const { status, data, body } = await get(path, as);
  expect([status, body.error]).toEqual([200, undefined]);
  return data;
};

/** Counts messages as if events had told of them. */
const count = (at: string, direction: string, change: Levels, where = profileId, type = 'text') =>
  inTransaction(db, async (tx) => {
    const zones = await zonesOf(tx, [where]);
    const tally = createTally((id) => zones.get(id));
    tally.add({ profileId: where, direction, type, at: new Date(at) }, change);
    await addDays(tx, tally.rows());
  });

beforeAll(async () => {
  door = await TestDoor.open();
  db = door.house.database.db;
  owner = await newOwner();
  profileId = await makeProfile(db, owner.user.organizationId);
});
afterAll(() => door?.close());

test('messages are summed by direction, kind, status and hour; what does not occur is left out', async () => {
  await count('2026-02-05T08:30:00Z', 'incoming', { n: 3 });
  await count('2026-02-05T22:30:00Z', 'outgoing', { n: 9, sent: 7, delivered: 5, read: 2, failed: 1 });
  // Half past midnight on clocks in Berlin: the next day.
  await count('2026-02-05T23:30:00Z', 'outgoing', { n: 1, expired: 1 }, profileId, 'image');
  const whole = await ask('/messages?startDate=2026-02-01&endDate=2026-02-10');
  expect(whole).toMatchObject({
    total: 13,
    byDirection: { incoming: 3, outgoing: 10 },
    byType: { text: 12, image: 1 },
    averagePerDay: 1,
    ...{ startDate: '2026-02-01', endDate: '2026-02-10', timeZone: berlin, isComplete: true },
  });
  expect(whole.byStatus).toEqual({
    ...{ received: 3, queued: 1, sent: 2, delivered: 3, read: 2, failed: 1, expired: 1 },
  });
  expect(whole.hourly).toHaveLength(24);
  expect(whole.hourly.filter((entry: { count: number }) => entry.count > 0)).toEqual([
    ...[
      { hour: 0, count: 1 },
      { hour: 9, count: 3 },
      { hour: 23, count: 9 },
    ],
  ]);
  const ofDay = await ask(`/messages?profileId=${profileId}&startDate=2026-02-06&endDate=2026-02-06`);
  expect([ofDay.total, ofDay.byStatus]).toEqual([1, { expired: 1 }]);
  // A moment stands for the day that clocks show then.
  const moments = 'startDate=2026-02-05T23:10:00Z&endDate=2026-02-06T10:00:00%2B01:00';
  expect((await ask(`/messages?${moments}`)).total).toBe(1);
});

test('a trend has every period: days, weeks by ISO 8601, and the hours that clocks show', async () => {
  await count('2025-12-28T10:00:00Z', 'incoming', { n: 1 });
  await count('2026-01-04T10:00:00Z', 'outgoing', { n: 2 });
  const week = await ask('/messages/trend?granularity=week&startDate=2025-12-28&endDate=2026-01-05');
  expect(week).toEqual([
    { period: '2025-W52', incoming: 1, outgoing: 0 },
    { period: '2026-W01', incoming: 0, outgoing: 2 },
    { period: '2026-W02', incoming: 0, outgoing: 0 },
  ]);
  const days = await ask('/messages/trend?startDate=2026-02-04&endDate=2026-02-07');
  expect(days).toEqual([
    { period: '2026-02-04', incoming: 0, outgoing: 0 },
    { period: '2026-02-05', incoming: 3, outgoing: 9 },
    { period: '2026-02-06', incoming: 0, outgoing: 1 },
    { period: '2026-02-07', incoming: 0, outgoing: 0 },
  ]);
  await count('2026-03-29T00:30:00Z', 'incoming', { n: 1 });
  await count('2026-03-29T01:30:00Z', 'incoming', { n: 2 });
  await count('2026-10-25T00:30:00Z', 'incoming', { n: 4 });
  await count('2026-10-25T01:30:00Z', 'incoming', { n: 8 });
  const hoursOf = async (day: string): Promise<[string, number][]> =>
    (await ask(`/messages/trend?granularity=hour&startDate=${day}&endDate=${day}`)).map(
      ({ period, incoming }: { period: string; incoming: number }) => [period.slice(11), incoming],
    );
  const spring = await hoursOf('2026-03-29');
  expect(spring).toHaveLength(23);
  expect(spring.slice(1, 4)).toEqual([
    ['01:00', 1],
    ['03:00', 2],
    ['04:00', 0],
  ]);
  const autumn = await hoursOf('2026-10-25');
  expect(autumn).toHaveLength(24);
  expect(autumn[2]).toEqual(['02:00', 12]);
  expect(await ask('/messages/trend')).toHaveLength(30);
  const other = await newOwner();
  const theirs = await makeProfile(db, other.user.organizationId);
  const several = `/messages/profiles?profileIds=${theirs},x,${profileId}&startDate=2026-02-04&endDate=2026-02-06`;
  expect(await ask(several)).toEqual({
    days: ['2026-02-04', '2026-02-05', '2026-02-06'],
    profiles: [{ profileId, incoming: [0, 3, 0], outgoing: [0, 9, 1] }],
  });
  const all = await ask('/messages/profiles', other);
  expect([all.days.length, all.profiles.map((one: { profileId: string }) => one.profileId)]).toEqual([
    ...[30, [theirs]],
  ]);
});

test('days that are none, in the wrong order or too many are refused with every problem', async () => {
  const refused = async (query: string) => {
    const { status, body } = await get(query);
    expect([status, body.error.code]).toEqual([400, 'VALIDATION_ERROR']);
    return body.error.details.map(({ path }: { path: string }) => path);
  };
  expect(await refused('/messages?startDate=tomorrow&endDate=2026-02-30')).toEqual([
    '/startDate',
    '/endDate',
  ]);
  expect(await refused('/messages/trend?startDate=2026-02-05&endDate=2026-02-04')).toEqual(['/endDate']);
  expect(await refused('/messages/trend?startDate=2025-01-01&endDate=2026-02-05')).toEqual(['/startDate']);
  expect(await refused('/response-time?startDate=0000-01-01')).toEqual(['/startDate']);
  expect(await refused('/messages?startDate=275760-09-13T00:00:00Z')).toEqual(['/startDate']);
  expect((await ask('/messages/trend?startDate=2025-01-01&endDate=2026-02-04')).length).toBe(400);
});

test('statistics are of the caller’s organisation; a foreign or unknown profile is not found', async () => {
  const other = await newOwner(null);
  const today = new Date(door.clock.now());
  await count(today.toISOString(), 'incoming', { n: 5 });
  expect(await ask('/dashboard', other)).toEqual({
    profiles: { total: 0, connected: 0 },
    messages: { total: 0, today: 0 },
    contacts: { total: 0 },
    broadcasts: { total: 0 },
  });
  const mine = await ask('/dashboard');
  expect(mine.profiles.total).toBe(1);
  expect(mine.messages.today).toBeGreaterThanOrEqual(5);
  expect(mine.messages.total).toBeGreaterThan(mine.messages.today);
  expect((await ask('/messages', other)).total).toBe(0);
  for (const path of ['/messages', '/messages/trend', '/contacts', '/response-time']) {
    for (const id of [profileId, newId(), 'x']) {
      expect((await get(`${path}?profileId=${id}`, other)).code).toBe('PROFILE_NOT_FOUND');
    }
  }
  for (const path of ['/broadcasts', '/automations']) {
    expect((await get(`${path}?profileId=${profileId}`, other)).code).toBe('PROFILE_NOT_FOUND');
    expect((await ask(path, other)).total).toBe(0);
  }
});

test('times of answers: the average is exact, percentiles are right to 5 %, by whom and by hour', async () => {
  const random = seeded(30);
  const person = await newOwner('Asia/Jakarta');
  const { organizationId } = person.user;
  const profile = await makeProfile(db, organizationId);
  const store = createResponseStore(db);
  const responses = createResponses(store);
  const conversationIds = Array.from({ length: 50 }, () => newId());
  const about = { profileId: profile, organizationId };
  const tookMs: number[] = [];
  let atMs = Date.parse('2026-02-01T17:00:00Z');
  const steps: Step[] = [];
  for (let n = 0; n < 1_500; n++) {
    const conversationId = conversationIds[n % conversationIds.length] ?? '';
    const ms = Math.round(1_000 * Math.exp(3 + 2 * (random() + random() + random() - 1.5)));
    const asks = { ...about, conversationId, messageId: newId() };
    steps.push({ ...asks, at: new Date(atMs) });
    // Asked twice, and something that was told late, change nothing.
    if (n % 3 === 0) steps.push({ ...asks, at: new Date(atMs + 1) });
    if (n % 5 === 0) steps.push({ ...asks, at: new Date(atMs - 5_000), by: 'person' });
    steps.push({ ...asks, at: new Date(atMs + ms), by: 'person' });
    tookMs.push(ms);
    atMs += 200_000;
  }
  const late = { ...about, conversationId: newId(), messageId: newId() };
  steps.push({ ...late, at: new Date('2026-02-02T00:00:00Z') });
  steps.push({ ...late, at: new Date('2026-02-10T00:00:00Z'), by: 'person' });
  const bot = { ...about, conversationId: newId(), messageId: newId() };
  steps.push({ ...bot, at: new Date('2026-02-02T03:00:00Z') });
  steps.push({ ...bot, at: new Date('2026-02-02T03:00:02Z'), by: 'automation' });
  const open = await makeChat(db, organizationId, profile);
  for (const conversationId of [open.conversationId, newId()]) {
    steps.push({ ...about, conversationId, messageId: newId(), at: new Date('2026-02-03T00:00:00Z') });
  }
  for (let begin = 0; begin < steps.length; begin += 190) {
    await inTransaction(db, async (tx) =>
      responses.apply(tx, steps.slice(begin, begin + 190), await zonesOf(tx, [profile])),
    );
  }
  const days = 'startDate=2026-02-02&endDate=2026-02-06';
  const shown = await ask(`/response-time?${days}`, person);
  const ordered = tookMs.toSorted((a, b) => a - b);
  const exact = (share: number) => (ordered[Math.ceil(ordered.length * share) - 1] ?? 0) / 1_000;
  expect(shown.responses).toBe(1_500);
  expect(shown.awaiting).toBe(1);
  expect(shown.averageResponseTime).toBeCloseTo(tookMs.reduce((a, b) => a + b, 0) / 1_500 / 1_000, 1);
  for (const [measured, share] of [
    [shown.medianResponseTime, 0.5],
    [shown.percentile95, 0.95],
  ]) {
    expect(Math.abs(measured / exact(share) - 1)).toBeLessThan(0.05);
  }
  // Midnight in Jakarta was when the first was asked.
  const firstHour = tookMs.slice(0, 18).reduce((a, b) => a + b, 0);
  expect(shown.byHour).toHaveLength(24);
  expect(shown.byHour[0].responses).toBeGreaterThanOrEqual(18);
  const alone = await ask('/response-time?startDate=2026-02-02&endDate=2026-02-02', person);
  expect(alone.byHour[0]).toMatchObject({ hour: 0, responses: 18 });
  expect(alone.byHour[0].avgResponseTime).toBeCloseTo(firstHour / 18 / 1_000, 1);
  const ofBot = await ask(`/response-time?by=automation&${days}`, person);
  expect([ofBot.responses, ofBot.averageResponseTime]).toEqual([1, 2]);
  expect(await ask('/response-time?startDate=2020-01-01&endDate=2020-01-02', person)).toMatchObject({
    ...{ averageResponseTime: null, medianResponseTime: null, percentile95: null, responses: 0 },
  });
});

test('after a change of the time zone answers say up to which day clocks of before counted', async () => {
  const person = await newOwner('Asia/Jakarta');
  const { organizationId } = person.user;
  const answers = async (days: string) => [
    await ask(`/messages?${days}`, person),
    await ask(`/response-time?${days}`, person),
  ];
  const days = 'startDate=2026-02-01&endDate=2026-02-20';
  for (const answer of await answers(days)) {
    expect(answer).toMatchObject({ timeZone: 'Asia/Jakarta', otherZoneUntil: null });
  }
  // The seventh, on clocks in Jakarta.
  const changedAt = new Date('2026-02-06T20:00:00Z');
  await inTransaction(db, (tx) => noteZoneChange(tx, organizationId, changedAt));
  const [messages, times] = await answers(days);
  expect([messages.isComplete, messages.otherZoneUntil, times.otherZoneUntil]).toEqual([
    ...[false, null, '2026-02-07'],
  ]);
  await noteCountedAnew(db, organizationId, { changedAt: new Date(0), messagesFrom: '2026-02-01' });
  expect((await answers(days))[0].isComplete).toBe(false);
  await noteCountedAnew(db, organizationId, { changedAt, messagesFrom: '2026-02-05' });
  expect((await answers(days))[0]).toMatchObject({ isComplete: true, otherZoneUntil: '2026-02-04' });
  for (const { otherZoneUntil } of await answers('startDate=2026-02-08&endDate=2026-02-20')) {
    expect(otherZoneUntil).toBeNull();
  }
});

test('contacts and their tags are counted whatever changes them, added up or not', async () => {
  const random = seeded(17);
  const person = await newOwner();
  const { organizationId } = person.user;
  const profiles = [await makeProfile(db, organizationId), await makeProfile(db, organizationId)];
  const signal = new AbortController().signal;
  const addUp = createCountContacts(db);
  const now = door.clock.now();
  const tagsOf = () => ['a', 'b', 'c', 'd'].filter(() => random() < 0.3);
  for (let round = 0; round < 12; round++) {
    const rows = Array.from({ length: 20 }, () => ({
      ...{
        id: newId(),
        organization_id: organizationId,
        profile_id: profiles[Math.floor(random() * 2)] ?? '',
      },
      ...{ phone: String(Math.floor(random() * 1e12)), tags: tagsOf(), updated_at: now },
      created_at: new Date(now.getTime() - Math.floor(random() * 40 * 86_400_000)),
    }));
    await db.insertInto('contacts').values(rows).execute();
    await sql`update contacts set tags = ${tagsOf()}::text[] where organization_id = ${organizationId}
      and abs(hashtext(id::text || ${round})) % 4 = 0`.execute(db);
    await sql`delete from contacts where organization_id = ${organizationId}
      and abs(hashtext(id::text || ${round})) % 9 = 0`.execute(db);
    if (round % 3 === 1) await addUp({}, signal);
  }
  const { rows } = await sql<{ tags: string[]; created_at: Date; profile_id: string }>`
    select tags, created_at, profile_id from contacts where organization_id = ${organizationId}`.execute(db);
  const shown = await ask('/contacts', person);
  const expected = (own: typeof rows) => {
    const tags = Map.groupBy(
      own.flatMap((row) => row.tags),
      (tag) => tag,
    );
    const top = [...tags].map(([tag, all]) => ({ tag, count: all.length }));
    return {
      ...{ total: own.length, withTags: own.filter((row) => row.tags.length > 0).length },
      topTags: top.toSorted((a, b) => b.count - a.count || (a.tag < b.tag ? -1 : 1)),
    };
  };
  expect(shown).toMatchObject(expected(rows));
  expect(shown.withoutTags).toBe(shown.total - shown.withTags);
  const ofOne = await ask(`/contacts?profileId=${profiles[0]}`, person);
  expect(ofOne).toMatchObject(expected(rows.filter((row) => row.profile_id === profiles[0])));
  await addUp({}, signal);
  expect(await ask('/contacts', person)).toEqual(shown);
  expect(shown.growth).toHaveLength(30);
  expect(shown.growth.at(-1).date).toBe(placeInDay(now, berlin).day);
  const left = shown.growth.reduce((sum: number, day: { removed: number }) => sum + day.removed, 0);
  expect(left).toBe(240 - rows.length);
  const chat = await makeChat(db, organizationId, profiles[0] ?? '');
  await sql`update conversations set last_message_at = ${now}, contact_id = (select id from contacts
    where profile_id = ${profiles[0]} limit 1) where id = ${chat.conversationId}`.execute(db);
  expect((await ask('/contacts', person)).recentlyActive).toBe(1);
  await db
    .deleteFrom('profiles')
    .where('id', '=', profiles[0] ?? '')
    .execute();
  expect((await ask('/dashboard', person)).contacts.total).toBe(shown.total - ofOne.total);
});

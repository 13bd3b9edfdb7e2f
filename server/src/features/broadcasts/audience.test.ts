import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  type newCustomer,
  newCustomers,
  newNumber,
  newTenant,
  type Tenant,
} from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';
import { createBroadcastStore } from './broadcasts.store.ts';
import { createSweep } from './sweep/sweep.ts';

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
});
afterAll(() => house?.close());

/** A picture. */
const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const people = (count: number) => newCustomers(house.sandbox, count);
type Phone = Awaited<ReturnType<typeof newCustomer>>;
const textsOf = async (phone: Phone) => (await phone.messages()).map(({ text }) => text);
const upload = async (text: string): Promise<string> =>
  (
    await tenant.key.call('POST', '/uploads/media', {
      ...{ base64: Buffer.from(text).toString('base64'), filename: 'guests.csv', mimetype: 'text/csv' },
    })
  ).data.id;
const order = (more: Record<string, unknown>) => ({
  ...{ profileId: profile.id, name: 'Spring bread', message: 'Hello {name}!' },
  ...{ settings: { delayMin: 0, delayMax: 0 }, ...more },
});
const draft = (more: Record<string, unknown>) => tenant.key.post('/broadcast', order(more));
const get = (id: string) => tenant.key.get(`/broadcast/${id}`);
const statsOf = (id: string) => tenant.key.get(`/broadcast/${id}/stats`);
const statusIs = (id: string, status: string) =>
  until(`it is ${status}`, async () => (await get(id)).status === status);
async function run(more: Record<string, unknown>): Promise<string> {
  const { id } = await draft(more);
  await tenant.key.post(`/broadcast/${id}/start`, {});
  await statusIs(id, 'completed');
  return id;
}

test('a table is an audience: its columns are variables, doubles and nonsense are left out', async () => {
  const [ani, budi] = (await people(2)) as [Phone, Phone];
  const rows = [
    `${ani.number};"Ani\nS.";rye`,
    `+${budi.number};Budi;=1+1`,
    `${ani.number};Again;white`,
    'x;No;-',
  ];
  const mediaId = await upload(`\uFEFFPhone;Name;Her bread\r\n${rows.join('\r\n')}\r\n`);
  const made = await draft({
    ...{ message: '{Name}: {Her_bread}', recipients: { type: 'upload', value: [mediaId] } },
  });
  expect(made.recipients).toMatchObject({ type: 'upload', columns: ['Name', 'Her_bread'] });
  const { data: preview } = await tenant.key.call('POST', `/broadcast/${made.id}/preview`, {});
  expect(preview.verdicts).toEqual({ SEND: 2 });
  await tenant.key.post(`/broadcast/${made.id}/start`, {});
  await statusIs(made.id, 'completed');
  expect((await statsOf(made.id)).stats).toMatchObject({
    ...{ total: 2, sent: 2, skipped: 1, skippedFor: { INVALID_RECIPIENT: 1 } },
  });
  expect([await textsOf(ani), await textsOf(budi)]).toEqual([['Ani\nS.: rye'], ['Budi: =1+1']]);
  const other = await newTenant(house.api);
  const theirs = await connectedProfile(other, house.sandbox);
  const asked = { ...order({ recipients: { type: 'upload', value: [mediaId] } }), profileId: theirs.id };
  expect((await other.key.call('POST', '/broadcast', asked)).status).toBe(404);
  const source = { type: 'broadcast', value: [made.id] };
  expect(
    (await other.key.call('POST', '/broadcast', { ...order({ recipients: source }), profileId: theirs.id }))
      .status,
  ).toBe(404);
});

test('a table that breaks off makes a draft again that names the row; nobody is sent it', async () => {
  const [first] = (await people(1)) as [Phone];
  const mediaId = await upload(`phone,name\n${first.number},Ani\n628111,"never closed\n`);
  const { id } = await draft({ recipients: { type: 'upload', value: [mediaId] } });
  await tenant.key.post(`/broadcast/${id}/start`, {});
  await statusIs(id, 'draft');
  expect(await get(id)).toMatchObject({
    ...{ statusReason: expect.stringContaining('Row 3'), startedAt: null, stats: { total: 0 } },
  });
  expect(await textsOf(first)).toEqual([]);
  const good = await upload(`phone,name\n${first.number},Ani\n`);
  await tenant.key.call('PUT', `/broadcast/${id}`, { recipients: { type: 'upload', value: [good] } });
  await tenant.key.post(`/broadcast/${id}/start`, {});
  await statusIs(id, 'completed');
  expect(await textsOf(first)).toEqual(['Hello Ani!']);
});

test('variants share people for good, answers and opt-outs are counted once, with honest bounds', async () => {
  const phones = await people(12);
  const id = await run({
    message: undefined,
    variants: [
      { name: 'A', message: 'Warm bread' },
      { name: 'B', weight: 2, message: 'Cold bread' },
    ],
    recipients: { type: 'phones', value: phones.map(({ number }) => number) },
  });
  await until('all are there', async () => (await statsOf(id)).stats.delivered === 12);
  const { recipients } = await tenant.key.get(`/broadcast/${id}/recipients?limit=50`);
  for (const phone of phones) {
    const own = recipients.find(({ phone: number }: { phone: string }) => number === phone.number);
    expect(await textsOf(phone)).toEqual([own.variant === 'A' ? 'Warm bread' : 'Cold bread']);
  }
  const [answers, leaves] = phones as [Phone, Phone];
  await answers.sends(profile.phone.number, 'Two rolls, please');
  await answers.sends(profile.phone.number, 'And a pretzel');
  await leaves.sends(profile.phone.number, 'Stop');
  const counted = await until('both are counted', async () => {
    const { stats, variants } = await statsOf(id);
    return stats.replied === 2 && stats.optedOut === 1 && variants;
  });
  const of = (what: string) => counted.reduce((sum: number, one: never) => sum + (one[what] as number), 0);
  expect([of('sent'), of('replied'), of('optedOut')]).toEqual([12, 2, 1]);
  for (const { sent, delivered, rates } of counted) {
    expect(sent).toBe(delivered);
    if (sent > 0) expect(rates.delivered).toMatchObject({ rate: 100, high: 100 });
    if (sent > 0) expect(rates.delivered.low).toBeLessThan(100);
  }

  const page = await tenant.key.get(`/broadcast/${id}/recipients?replied=true&limit=1`);
  expect([page.total, page.recipients.length, page.recipients[0].repliedAt]).toEqual([
    2,
    1,
    expect.any(String),
  ]);

  const again = await run({ recipients: { type: 'broadcast', value: [id], status: ['delivered'] } });
  expect((await statsOf(again)).stats).toMatchObject({ total: 11, sent: 11, skippedFor: { OPTED_OUT: 1 } });
});

test('strangers are looked up ahead: who is not on WhatsApp is left out, and no message is tried', async () => {
  const [guest] = (await people(1)) as [Phone];
  const nobody = newNumber();
  // It asks once in three seconds.
  house.clock.advance(4);
  const id = await run({
    recipients: { type: 'phones', value: [nobody, guest.number] },
    settings: { delayMin: 5, delayMax: 5 },
  });
  expect((await statsOf(id)).stats).toMatchObject({ sent: 1, failed: 0, skippedFor: { NOT_ON_WHATSAPP: 1 } });
});

test('a look at a table holds no connection to the database while its file is slow', async () => {
  const [guest] = (await people(1)) as [Phone];
  const table = `phone;name\n${guest.number};Ani\n`;
  const mediaId = await upload(table);
  const recipients = { type: 'upload', value: [mediaId] };
  const made = await draft({ recipients });
  const sha256 = createHash('sha256').update(table).digest('hex');
  const [file] = (await readdir(house.dataDir, { recursive: true })).filter((name) => name.endsWith(sha256));
  const path = join(house.dataDir, String(file));
  await rm(path);
  await promisify(execFile)('mkfifo', [path]);
  const looking = tenant.key.call('POST', `/broadcast/${made.id}/preview`, {});
  // A pipe can be opened like this only while somebody else has it open to read.
  const opened = () => open(path, constants.O_WRONLY | constants.O_NONBLOCK).catch(() => undefined);
  const pipe = await until('it is read', opened);
  const { db } = house.database.database;
  await until('no transaction is open', async () => {
    const { rows } = await sql`select from pg_stat_activity where datname = current_database() and
      pid <> pg_backend_pid() and state like 'idle in transaction%'`.execute(db);
    return rows.length === 0;
  });
  await pipe.writeFile(table);
  await pipe.close();
  expect(await looking).toMatchObject({ status: 200, data: { recipients: 1, verdicts: { SEND: 1 } } });
});

test('a draft is looked at unsaved, copied, and tried on a number, and counts nothing by that', async () => {
  const [guest] = (await people(1)) as [Phone];
  const wanted = order({ recipients: { type: 'phones', value: [guest.number] } });
  const { status, data } = await tenant.key.call('POST', '/broadcast/preview', wanted);
  expect([status, data.verdicts, data.endsBetween.length]).toEqual([200, { SEND: 1 }, 2]);
  const before = (await tenant.key.get('/broadcast?limit=100')).length;
  const made = await tenant.key.post('/broadcast', wanted);
  const copy = await tenant.key.post(`/broadcast/${made.id}/duplicate`, { name: 'Again' });
  expect(copy).toMatchObject({ name: 'Again', status: 'draft', message: 'Hello {name}!' });
  expect((await tenant.key.get('/broadcast?limit=100')).length).toBe(before + 2);
  await tenant.key.post(`/broadcast/${copy.id}/test`, { to: [guest.number] });
  await until('it is there', async () => (await textsOf(guest)).includes('Hello {name}!'));
  expect(await get(copy.id)).toMatchObject({ status: 'draft', stats: { total: 0, sent: 0 } });
});

test('what failed before WhatsApp had any of it is tried again as the same message', async () => {
  const [guest] = (await people(1)) as [Phone];
  const fault = await house.sandbox.fault({ name: 'upload-failure', number: profile.phone.number });
  const { id } = await draft({
    message: { type: 'image', base64: pixel, text: 'Bread' },
    recipients: { type: 'phones', value: [guest.number] },
  });
  await tenant.key.post(`/broadcast/${id}/start`, {});
  const { db } = house.database.database;
  await until('it failed once', async () => {
    const { rows } = await sql<{ retries: number }>`select retries from broadcast_recipients
      where broadcast_id = ${id}`.execute(db);
    return rows[0]?.retries === 1;
  });
  await fault.clear();
  await statusIs(id, 'completed');
  expect((await statsOf(id)).stats).toMatchObject({ total: 1, sent: 1, failed: 0 });
  expect(await guest.messages()).toHaveLength(1);
});

test('what is deleted or long over has no recipients any more, but what is over keeps its counts', async () => {
  const phones = await people(2);
  const value = phones.map(({ number }) => number);
  const [gone, old] = [
    await run({ recipients: { type: 'phones', value } }),
    await run({ recipients: { type: 'phones', value } }),
  ];
  const { db } = house.database.database;
  const rowsOf = async (id: string) =>
    (await sql`select from broadcast_recipients where broadcast_id = ${id}`.execute(db)).rows.length;
  expect((await tenant.key.call('DELETE', `/broadcast/${gone}`)).status).toBe(200);
  expect((await tenant.key.call('GET', `/broadcast/${gone}`)).status).toBe(404);
  await until('its rows are gone', async () => (await rowsOf(gone)) === 0);
  const clock = { now: () => new Date(Date.now() + 91 * 86_400_000) };
  const wanted: string[] = [];
  const jobs = {
    enqueue: async (_: unknown, __: unknown, { broadcastId }: { broadcastId: string }) =>
      void wanted.push(broadcastId),
  };
  const sweep = createSweep({ clock, jobs: jobs as never, store: createBroadcastStore(db), keepDays: 90 });
  await sweep.look();
  expect(wanted).toContain(old);
  await sweep.run({ broadcastId: old }, new AbortController().signal);
  expect(await rowsOf(old)).toBe(0);
  expect((await statsOf(old)).stats).toMatchObject({ total: 2, sent: 2 });
  expect((await get(old)).foldedAt).not.toBeNull();
  expect(await tenant.key.get(`/broadcast/${old}/recipients`)).toMatchObject({ total: 0, recipients: [] });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from './house.ts';
import { type ConnectedProfile, connectedProfile, newNumber, newTenant, type Tenant } from './tenant.ts';
import { until } from './until.ts';

let house: House;
let tenant: Tenant;
/** The same tenant on a second node, which owns nothing that the first one connected. */
let there: Tenant;

beforeAll(async () => {
  house = await openHouse({ LEASE_SECONDS: '2' });
  tenant = await newTenant(house.api);
  const second = await house.anotherNode();
  there = { ...tenant, key: second.api.as(tenant.credentials) };
  // Profiles are shared out when nodes come: that is over, with nothing to share, before the first is made.
  for (const { url } of [house.gateway, second]) {
    await until('both know of each other and are content', async () => {
      const figures = await (await fetch(`${url}/metrics`)).text();
      return figures.includes('multiwa_nodes 2') && figures.includes('multiwa_spreading 0');
    });
  }
});
afterAll(() => house?.close());

const db = () => house.database.database.db;
const status = (id: string) => tenant.key.get(`/profiles/${id}/status`);
const becomes = (id: string, wanted: string, ms?: number) =>
  until(`the profile is ${wanted}`, async () => (await status(id)).status === wanted && status(id), ms);
const row = (id: string) => db().selectFrom('profiles').selectAll().where('id', '=', id).executeTakeFirst();
const lease = (id: string) =>
  db().selectFrom('profile_leases').selectAll().where('profile_id', '=', id).executeTakeFirst();
const hasKeys = async (id: string) =>
  (await db().selectFrom('engine_keys').select('id').where('profile_id', '=', id).limit(1).execute()).length +
    (await db().selectFrom('engine_credentials').select('profile_id').where('profile_id', '=', id).execute())
      .length >
  0;
const statusesOf = async (id: string) => {
  const told = await db()
    .selectFrom('events')
    .select('body')
    .where('profile_id', '=', id)
    .where('name', '=', 'connection.update')
    .orderBy('seq')
    .execute();
  return told.map(({ body }) => (body as { status: string }).status);
};
const unlinked = (profile: ConnectedProfile) =>
  until('the phone has no linked device', async () => (await profile.phone.devices()).length === 0);

let usual: ConnectedProfile | undefined;
/** The one profile of tests that leave it paired; it is connected here, and paired anew if a test failed. */
async function usualProfile(): Promise<ConnectedProfile> {
  if (usual && (await hasKeys(usual.id))) await usual.connect();
  else usual = await connectedProfile(tenant, house.sandbox);
  return usual;
}

async function fresh(more: Record<string, unknown> = {}) {
  const phone = house.sandbox.phone(newNumber());
  await phone.named('Bakery');
  const { id } = await tenant.key.post('/profiles', { name: 'Front', engine: 'sandbox', ...more });
  return { id: id as string, phone };
}

test('deleted on a node that does not own its connection, a profile is unlinked and gone', async () => {
  const profile = await connectedProfile(tenant, house.sandbox);
  await there.key.delete(`/profiles/${profile.id}`);
  expect(await profile.phone.devices()).toEqual([]);
  expect([await row(profile.id), await lease(profile.id), await hasKeys(profile.id)]).toEqual([
    undefined,
    undefined,
    false,
  ]);
});

test('deleted in the middle of connecting, a profile leaves no connection and no lease behind', async () => {
  const { id, phone } = await fresh();
  await tenant.key.post(`/profiles/${id}/connect`);
  await tenant.key.delete(`/profiles/${id}`);
  expect((await tenant.key.call('GET', `/profiles/${id}/status`)).status).toBe(404);
  expect(await lease(id)).toBeUndefined();
  expect(await phone.devices()).toEqual([]);
});

test.each([
  ['here', () => tenant],
  ['on a node that does not own it', () => there],
])('disconnected and connected again at once, a profile ends up connected (asked %s)', async (_, who) => {
  const profile = await usualProfile();
  for (let n = 0; n < 5; n++) {
    await who().key.post(`/profiles/${profile.id}/disconnect`);
    await who().key.post(`/profiles/${profile.id}/connect`);
  }
  await becomes(profile.id, 'connected');
  const before = await statusesOf(profile.id);
  await until(
    'the lease was renewed',
    async () => ((await lease(profile.id))?.expires_at.getTime() ?? 0) > Date.now() + 1000,
  );
  expect(await statusesOf(profile.id)).toEqual(before);
  const last = before.lastIndexOf('connected');
  expect(before.slice(last)).toEqual(['connected']);
  expect(before.slice(before.lastIndexOf('connecting', last), last)).not.toContain('disconnected');
});

test('connects and disconnects all at once leave one linked device and one connection', async () => {
  const profile = await usualProfile();
  await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      (n % 2 ? tenant : there).key.post(`/profiles/${profile.id}/${n % 3 ? 'connect' : 'disconnect'}`),
    ),
  );
  await tenant.key.post(`/profiles/${profile.id}/connect`);
  await becomes(profile.id, 'connected');
  expect(await profile.phone.devices()).toHaveLength(1);
});

test('a word between nodes that gets lost is made up for: the owner looks by itself', async () => {
  const profile = await usualProfile();
  await db().updateTable('profiles').set({ wanted: false }).where('id', '=', profile.id).execute();
  await until('the owner let go', async () => (await profile.phone.devices())[0]?.state !== 'online');
  expect(await becomes(profile.id, 'disconnected')).toMatchObject({ engineConnected: false });
});

test('a log out survives a connect right behind it: the next login needs a new scan', async () => {
  const profile = await connectedProfile(tenant, house.sandbox);
  await there.key.post(`/profiles/${profile.id}/disconnect`, { logout: true });
  await there.key.post(`/profiles/${profile.id}/connect`);
  await unlinked(profile);
  expect(await there.key.get(`/profiles/${profile.id}/qr`)).toMatchObject({ status: 'qr' });
});

test('a log out that its owner did not live to do is done by whoever is there', async () => {
  const profile = await connectedProfile(tenant, house.sandbox);
  await tenant.key.post(`/profiles/${profile.id}/disconnect`);
  await until('given back', async () => ((await lease(profile.id))?.expires_at.getTime() ?? 0) <= Date.now());
  await db().updateTable('profiles').set({ logout_asked: true }).where('id', '=', profile.id).execute();
  await until('the login is gone', async () => !(await hasKeys(profile.id)));
  expect(await row(profile.id)).toMatchObject({ logout_asked: false, wanted: false, status: 'disconnected' });
});

test('asked again for a connection, a profile that shows a QR code goes on showing it', async () => {
  const { id } = await fresh();
  await tenant.key.post(`/profiles/${id}/connect`);
  const first = await tenant.key.get(`/profiles/${id}/qr`);
  expect(await there.key.post(`/profiles/${id}/connect`)).toMatchObject({
    success: true,
    status: 'connecting',
  });
  expect(await there.key.get(`/profiles/${id}/qr`)).toMatchObject({ status: 'qr', text: first.text });
});

test('a profile that shows a QR code can pair by a typed code instead, from any node, and back', async () => {
  const { id, phone } = await fresh();
  await tenant.key.post(`/profiles/${id}/connect`);
  await tenant.key.get(`/profiles/${id}/qr`);
  await there.key.post(`/profiles/${id}/pairing-code`, { phoneNumber: newNumber() });
  await tenant.key.post(`/profiles/${id}/connect`);
  expect(await tenant.key.get(`/profiles/${id}/qr`)).toMatchObject({ status: 'qr' });
  const { code, status: shown } = await there.key.post(`/profiles/${id}/pairing-code`, {
    phoneNumber: phone.number,
  });
  expect(shown).toBe('pairing');
  await phone.enterCode(code);
  await becomes(id, 'connected');
});

test('a paired profile says so when asked for a pairing code, connected or not', async () => {
  const profile = await usualProfile();
  const ask = () =>
    there.key.call('POST', `/profiles/${profile.id}/pairing-code`, { phoneNumber: profile.phone.number });
  expect((await ask()).body.error?.code).toBe('PROFILE_ALREADY_PAIRED');
  await tenant.key.post(`/profiles/${profile.id}/disconnect`);
  expect((await ask()).body.error?.code).toBe('PROFILE_ALREADY_PAIRED');
});

test('disconnected and connected again before its node has looked, a profile connects anew', async () => {
  const profile = await usualProfile();
  // As both requests leave the row.
  await house.database.database.db
    .updateTable('profiles')
    .set({ status: 'connecting' })
    .where('id', '=', profile.id)
    .execute();
  await tenant.key.post(`/profiles/${profile.id}/connect`);
  await becomes(profile.id, 'connected');
});

test('another engine means another network: the login is unlinked and the profile pairs anew', async () => {
  const profile = await connectedProfile(tenant, house.sandbox);
  const changed = await there.key.put(`/profiles/${profile.id}`, { engine: 'baileys' });
  expect(changed).toMatchObject({ engine: 'baileys', messageDelayMs: 1500, warning: expect.any(String) });
  await unlinked(profile);
  await until('the login is gone', async () => !(await hasKeys(profile.id)));
  expect(await status(profile.id)).toMatchObject({ status: 'disconnected' });
});

test('a node that no longer owns a profile changes nothing in it when its connection ends', async () => {
  const profile = await connectedProfile(tenant, house.sandbox);
  // What a node holds that is gone would be taken at once, so it is one that is there.
  const { rows: others } = await sql<{ id: string }>`
    select substr(application_name, length('multiwa-node ') + 1) as id from pg_stat_activity
    where starts_with(application_name, 'multiwa-node ') and datname = current_database()
      and not exists (select from profile_leases where profile_id = ${profile.id}
        and application_name = 'multiwa-node ' || node_id)`.execute(db());
  await db()
    .updateTable('profile_leases')
    .set((eb) => ({
      generation: eb('generation', '+', 1),
      node_id: others[0]?.id ?? '',
      expires_at: new Date(Date.now() + 60_000),
    }))
    .where('profile_id', '=', profile.id)
    .execute();
  await house.sandbox.fault({ name: 'terminate', number: profile.phone.number });
  await until('the old owner has let go', async () => (await profile.phone.devices())[0]?.state !== 'online');
  const told = await statusesOf(profile.id);
  await until('the beat of a lease has passed', async () => {
    const { renewed } = await db()
      .selectFrom('profile_leases')
      .select((eb) => eb.fn.countAll<number>().as('renewed'))
      .where('expires_at', '>', new Date(Date.now() + 1500))
      .executeTakeFirstOrThrow();
    return renewed > 0;
  });
  expect(await row(profile.id)).toMatchObject({ status: 'connected', wanted: true });
  expect(await statusesOf(profile.id)).toEqual(told);
});

test('messages wait while a profile is logged out, and go out once it is paired again', async () => {
  const profile = await usualProfile();
  const customer = house.sandbox.phone(newNumber());
  await customer.named('Customer');
  const [device] = await profile.phone.devices();
  await profile.phone.unlink(device!.device);
  await becomes(profile.id, 'logged_out');
  const { messageId, status: queued } = await profile.send(customer.number, 'see you');
  expect(queued).toBe('queued');
  await tenant.key.post(`/profiles/${profile.id}/connect`);
  await profile.phone.scan((await tenant.key.get(`/profiles/${profile.id}/qr`)).text);
  await until(
    'it was sent',
    async () => (await tenant.key.get(`/messages/${messageId}`)).status !== 'queued',
  );
  await until('it is read on the phone', async () =>
    (await customer.messages()).some((one) => one.text === 'see you'),
  );
});

test('two logins that keep replacing each other do not fight: each reconnect waits longer', async () => {
  const profile = await connectedProfile(tenant, house.sandbox);
  const waits: number[] = [];
  for (let n = 0; n < 3; n++) {
    await house.sandbox.fault({ name: 'replaced', number: profile.phone.number });
    await until('it was replaced', async () => (await status(profile.id)).status === 'reconnecting');
    const { retry_at } = (await row(profile.id))!;
    waits.push((retry_at?.getTime() ?? 0) - Date.now());
    await tenant.key.post(`/profiles/${profile.id}/connect`);
    await becomes(profile.id, 'connected');
  }
  expect(waits[1]).toBeGreaterThan((waits[0] ?? 0) * 1.15);
  expect(waits[2]).toBeGreaterThan((waits[1] ?? 0) * 1.15);
});

test('three dropped lines and then one error of the stream: the profile connects again each time', async () => {
  const profile = await connectedProfile(tenant, house.sandbox);
  for (const name of ['terminate', 'terminate', 'terminate', 'stream-error']) {
    await house.sandbox.fault({ name, number: profile.phone.number });
    await until('it was noticed', async () => (await status(profile.id)).status !== 'connected');
    const { status: after, statusReason } = await status(profile.id);
    expect([after, statusReason]).toEqual(['reconnecting', expect.stringMatching(/connecting again/)]);
    await becomes(profile.id, 'connected');
  }
});

test.each(['reconnecting', 'connected'])(
  'a database that fails while "%s" is written does not leave the profile behind',
  async (written) => {
    const profile = await usualProfile();
    await sql`create or replace function refuse() returns trigger language plpgsql as
      'begin raise exception ''the disk is full''; end'`.execute(db());
    await sql
      .raw(`create trigger refused before update on profiles for each row
        when (new.id = '${profile.id}' and new.status = '${written}') execute function refuse()`)
      .execute(db());
    await house.sandbox.fault({ name: 'terminate', number: profile.phone.number });
    await until('it is gone', async () => (await profile.phone.devices())[0]?.state !== 'online');
    const renewed = (await lease(profile.id))!.expires_at.getTime();
    await until(
      'two beats passed',
      async () => (await lease(profile.id))!.expires_at.getTime() > renewed + 1300,
    );
    await sql`drop trigger refused on profiles`.execute(db());
    const customer = house.sandbox.phone(newNumber());
    await customer.named('Customer');
    const sent = await profile.send(customer.number, 'back again', { wait: 15 });
    expect(['sent', 'delivered']).toContain(sent.status);
    await becomes(profile.id, 'connected');
  },
);

test('a node that stops while it opens many profiles keeps none; another one opens them all', async () => {
  const dataDir = join(house.dataDir, 'leaving');
  const leaving = await house.anotherNode({ DATA_DIR: dataDir });
  const made = await Promise.all(
    Array.from({ length: 12 }, () => tenant.key.post('/profiles', { name: 'Many', engine: 'sandbox' })),
  );
  const ids = made.map((one: { id: string }) => one.id);
  await Promise.all(ids.map((id) => leaving.api.as(tenant.credentials).post(`/profiles/${id}/connect`)));
  await leaving.close();
  const held = await db()
    .selectFrom('profile_leases')
    .select('profile_id')
    .where('node_id', '=', readFileSync(join(dataDir, 'node-id'), 'utf8').trim())
    .where('expires_at', '>', sql<Date>`now()`)
    .execute();
  expect(held).toEqual([]);
  await until('each shows a code', async () => {
    const shown = await db()
      .selectFrom('profiles')
      .select('id')
      .where('id', 'in', ids)
      .where('status', '=', 'qr')
      .execute();
    return shown.length === ids.length;
  });
});

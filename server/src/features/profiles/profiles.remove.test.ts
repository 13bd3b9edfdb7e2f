import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import { connectedProfile, newNumber, newTenant, type Tenant } from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';

let house: House;
let tenant: Tenant;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
});
afterAll(() => house?.close());

/** The tables in which a row contains the id in any column. */
async function tablesWith(id: string): Promise<string[]> {
  const { db } = house.database.database;
  const { rows: tables } = await sql<{
    name: string;
  }>`select format('%I.%I', table_schema, table_name) as name
    from information_schema.tables where table_type = 'BASE TABLE'
      and table_schema not in ('pg_catalog', 'information_schema') order by 1`.execute(db);
  const names: string[] = [];
  for (const { name } of tables) {
    const { rows } = await sql`select 1 from ${sql.raw(name)} as one
      where one::text like ${`%${id}%`} limit 1`.execute(db);
    if (rows.length > 0) names.push(name);
  }
  return names;
}

test.each(['flat', 'account'] as const)(
  'deleting a profile (%s) unlinks its device and leaves nothing but the audit log',
  async (door) => {
    const [account] = await tenant.owner.get('/accounts');
    const everything = await tenant.owner.post('/webhooks', { url: 'http://127.0.0.1:9/', events: ['*'] });
    const profile = await connectedProfile(tenant, house.sandbox);
    await house.database.database.db
      .updateTable('profiles')
      .set({ account_id: account.id })
      .where('id', '=', profile.id)
      .execute();
    await tenant.owner.post('/webhooks', {
      url: 'http://127.0.0.1:9/',
      events: ['*'],
      profileId: profile.id,
    });
    const { key } = await tenant.owner.post('/api-keys', { name: 'bound', profileIds: [profile.id] });
    const writer = house.sandbox.phone(newNumber());
    await writer.named('Customer');
    await profile.send(writer.number, 'hello', { wait: 10 });
    await writer.sends(profile.phone.number, 'hello yourself');
    await until(
      'it came in',
      async () => (await tenant.owner.get(`/messages/profile/${profile.id}`)).length > 1,
    );
    // Until then events may still be on their way to the webhooks.
    const newest = async () => (await tenant.owner.get('/events?after=now')).cursor as number;
    const { db } = house.database.database;
    await until('webhooks were told', async () => {
      const reader = await db
        .selectFrom('event_cursors')
        .select('position')
        .where('reader', '=', 'webhooks')
        .executeTakeFirstOrThrow();
      return Number(reader.position) === (await newest());
    });
    expect((await tablesWith(profile.id)).length).toBeGreaterThan(8);

    const path = door === 'flat' ? '/profiles' : `/accounts/${account.id}/profiles`;
    expect(await tenant.owner.delete(`${path}/${profile.id}`)).toEqual({ success: true });
    expect(await profile.phone.devices()).toEqual([]);
    await until(
      'nothing is left',
      async () => (await tablesWith(profile.id)).every((name) => name === 'public.audit_logs'),
      5_000,
    ).catch(async () => expect(await tablesWith(profile.id)).toEqual(['public.audit_logs']));
    expect((await tenant.owner.call('GET', `/profiles/${profile.id}`)).status).toBe(404);

    const bound = house.api.as({ 'x-api-key': key });
    expect(await bound.get('/profiles')).toEqual([]);
    expect((await bound.call('GET', '/webhooks')).data).toEqual([]);
    const listed = await tenant.owner.get('/api-keys');
    expect(listed.find(({ name }: { name: string }) => name === 'bound').profileIds).toEqual([]);
    await tenant.owner.delete(`/webhooks/${everything.id}`);
    await tenant.owner.delete(
      `/api-keys/${listed.find(({ name }: { name: string }) => name === 'bound').id}`,
    );
  },
);

test('deleting or logging out a paired profile that is not connected unlinks its device as well', async () => {
  for (const act of ['delete', 'logout']) {
    const profile = await connectedProfile(tenant, house.sandbox);
    await tenant.owner.post(`/profiles/${profile.id}/disconnect`);
    await until('it is given back', async () => {
      const { db } = house.database.database;
      return !(await db
        .selectFrom('profile_leases')
        .select('node_id')
        .where('profile_id', '=', profile.id)
        .where('expires_at', '>', sql<Date>`now()`)
        .executeTakeFirst());
    });
    expect((await profile.phone.devices()).length).toBe(1);
    if (act === 'delete') await tenant.owner.delete(`/profiles/${profile.id}`);
    else await tenant.owner.post(`/profiles/${profile.id}/disconnect`, { logout: true });
    await until('the device is unlinked', async () => (await profile.phone.devices()).length === 0);
  }
});

test.each(['flat', 'account'] as const)('a pairing code (%s) says until when it is good', async (door) => {
  const [account] = await tenant.owner.get('/accounts');
  const { id } = await tenant.owner.post(`/accounts/${account.id}/profiles`, {
    name: 'New',
    engine: 'sandbox',
  });
  const path = door === 'flat' ? `/profiles/${id}` : `/accounts/${account.id}/profiles/${id}`;
  const body = { phoneNumber: newNumber() };
  const { code, expiresAt, status } = await tenant.owner.post(`${path}/pairing-code`, body);
  expect([code, status]).toEqual([expect.stringMatching(/^\w{4}-?\w{4}$/), 'pairing']);
  expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
  expect(await tenant.owner.get(`${path}/qr`)).toMatchObject({ qr: null, text: null, status: 'pairing' });
  await tenant.owner.delete(path);
});

test('what is done to a profile is in the audit log, without what people wrote', async () => {
  const { id } = await tenant.owner.post('/profiles', { name: 'Rose’s phone', engine: 'sandbox' });
  await tenant.owner.put(`/profiles/${id}`, {
    name: 'Mary’s phone',
    messageDelayMs: 900,
    settings: { pin: 7 },
  });
  await tenant.owner.post(`/profiles/${id}/connect`);
  await tenant.owner.post(`/profiles/${id}/disconnect`, { logout: true });
  await tenant.owner.delete(`/profiles/${id}`);
  const rows = await house.database.database.db
    .selectFrom('audit_logs')
    .select(['action', 'user_id', 'metadata', 'ip_address'])
    .where('resource_id', '=', id)
    .orderBy('id')
    .execute();
  expect(rows.map(({ action }) => action)).toEqual([
    'profile.create',
    'profile.update',
    'profile.connect',
    'profile.disconnect',
    'profile.delete',
  ]);
  expect(rows[1]?.metadata).toEqual({
    before: { messageDelayMs: 0 },
    after: { messageDelayMs: 900 },
    fields: ['displayName', 'settings'],
  });
  expect(rows[3]?.metadata).toEqual({ logout: true });
  expect(JSON.stringify(rows)).not.toMatch(/phone|pin/);
  expect(rows[0]?.ip_address).toBe('127.0.0.1');
});

import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../../test/house.ts';
import { connectedProfile, newCustomers, newTenant } from '../../../../test/tenant.ts';
import { until } from '../../../../test/until.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.close());

test('what is sent while a connection breaks waits for the next one, and arrives once', async () => {
  const tenant = await newTenant(house.api);
  const profile = await connectedProfile(tenant, house.sandbox);
  const [busy, other] = await newCustomers(house.sandbox, 2);
  const hello = await profile.send(busy?.number ?? '', 'hello', { wait: 10 });
  await profile.send(other?.number ?? '', 'hello', { wait: 10 });
  const { conversation } = await tenant.key.get(`/messages/${hello.messageId}`);
  const locker = new Client({ connectionString: house.database.databaseUrl });
  await locker.connect();
  await locker.query('begin');
  await locker.query('select from conversations where id = $1 for update', [conversation.id]);
  await busy?.sends(profile.phone.number, 'which is stored slowly');
  await until('its storing waits', async () => {
    const waiting = await locker.query(`select from pg_stat_activity where wait_event_type = 'Lock'`);
    return waiting.rowCount === 1;
  });
  await house.sandbox.fault({ name: 'terminate', number: profile.phone.number, count: 1 });
  await until('it has broken', async () =>
    (await profile.phone.devices()).every(({ state }) => state === 'offline'),
  );
  const sent = await profile.send(other?.number ?? '', 'in between');
  await locker.query('rollback');
  await locker.end();
  const message = await until('it is decided', async () => {
    const now = await tenant.key.get(`/messages/${sent.messageId}`);
    return ['sent', 'delivered', 'failed'].includes(now.status) && now;
  });
  expect(message.failureReason).toBeNull();
  expect((await other?.messages())?.map(({ text }) => text)).toEqual(['hello', 'in between']);
});

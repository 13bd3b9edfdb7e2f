import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import { startServer } from '../../../test/server-process.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newCustomers,
  newTenant,
  type Tenant,
} from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox, { messageDelayMs: 0 });
});
afterAll(() => house?.close());

const inMs = (ms: number) => new Date(house.clock.now().getTime() + ms).toISOString();
const schedule = (to: string, content: string, scheduledAt: string) =>
  tenant.key.post('/messages/schedule', { profileId: profile.id, to, type: 'text', content, scheduledAt });
const rows = (): Promise<{ id: string; status: string; content: { text: string } }[]> =>
  tenant.key.get(`/messages/schedule/${profile.id}?limit=200`);
const statusOf = async (id: string) => (await rows()).find((row) => row.id === id)?.status;

test('on two nodes each is sent once or cancelled, never both, whatever comes first', async () => {
  const other = await house.anotherNode();
  const customers = await newCustomers(house.sandbox, 4);
  const scheduledAt = inMs(10_000);
  const made = await Promise.all(
    Array.from({ length: 24 }, async (_, n) => {
      const to = customers[n % customers.length] as (typeof customers)[number];
      const text = `due ${n}`;
      return { id: (await schedule(to.number, text, scheduledAt)).id as string, text, to };
    }),
  );
  await until('it is due', () => house.clock.now().toISOString() >= scheduledAt);
  const clients = [tenant.key, other.api.as(tenant.credentials)];
  const answers = await Promise.all(
    made.flatMap(({ id }) =>
      clients.map(async (client) => ({
        id,
        ...(await client.call('DELETE', `/messages/schedule/${id}`)),
      })),
    ),
  );
  const cancelled = answers.filter(({ status }) => status === 200).map(({ id }) => id);
  expect(new Set(cancelled).size).toBe(cancelled.length);
  for (const { status, body } of answers.filter((one) => one.status !== 200)) {
    expect([status, body.error.code]).toEqual([400, 'SCHEDULE_NOT_PENDING']);
  }
  const wanted = made.filter(({ id }) => !cancelled.includes(id));
  await until('all are decided', async () => (await rows()).every(({ status }) => status !== 'pending'));
  for (const customer of customers) {
    const texts = wanted.filter(({ to }) => to === customer).map(({ text }) => text);
    expect((await customer.messages()).map(({ text }) => text).sort()).toEqual(texts.sort());
  }
  await other.close();
});

test('what one row is in the way of does not wait for the others', async () => {
  const [first, second] = [await newCustomer(house.sandbox), await newCustomer(house.sandbox)];
  const { db } = house.database.database;
  const broken = await schedule(first.number, 'broken', inMs(60_000));
  const good = await schedule(second.number, 'good', inMs(2_000));
  // As no release writes it: its kind is unknown.
  await db
    .updateTable('scheduled_messages')
    .set({ type: 'hologram', due_at: house.clock.now() })
    .where('id', '=', broken.id)
    .execute();
  await until('the good one is sent', async () => (await statusOf(good.id)) === 'sent');
  await db
    .updateTable('scheduled_messages')
    .set({ attempts: 4, due_at: house.clock.now() })
    .where('id', '=', broken.id)
    .execute();
  const again = await schedule(second.number, 'again', inMs(2_000));
  await until('that is sent too', async () => (await statusOf(again.id)) === 'sent');
  expect(await statusOf(broken.id)).toBe('failed');
});

test('what was due while no server ran goes out at the start, what is too late fails', async () => {
  const customer = await newCustomer(house.sandbox);
  const { id } = await schedule(customer.number, 'Good morning.', inMs(40 * 60_000));
  const old = await schedule(customer.number, 'Too late.', inMs(60_000));
  const { db } = house.database.database;
  const past = new Date(house.clock.now().getTime() - 30 * 86_400_000);
  await db.updateTable('scheduled_messages').set({ scheduled_at: past }).where('id', '=', old.id).execute();
  house.clock.advance({ minutes: 41 });
  const next = await house.anotherNode();
  await until('it is sent', async () => (await statusOf(id)) === 'sent');
  expect((await customer.messages()).map(({ text }) => text)).toEqual(['Good morning.']);
  const row = (await rows()).find((one) => one.id === old.id);
  expect(row).toMatchObject({ status: 'failed', errorCode: 'EXPIRED' });
  await next.close();
});

test('a server that is killed as they fall due sends each once after its start', async () => {
  const own = await openHouse();
  const customer = await newCustomer(own.sandbox);
  const env = {
    DATA_DIR: own.dataDir,
    DATABASE_URL: own.database.databaseUrl,
    ENCRYPTION_KEY: 'ab'.repeat(32),
    SANDBOX: 'external',
    SANDBOX_PORT: new URL(own.sandbox.url).port,
  };
  const mine = await newTenant(own.api);
  const desk = await connectedProfile(mine, own.sandbox, { messageDelayMs: 0 });
  const texts = Array.from({ length: 12 }, (_, n) => `kill ${n}`);
  for (const content of texts) {
    const body = {
      profileId: desk.id,
      to: customer.number,
      type: 'text',
      content,
      scheduledAt: inMs(3_600_000),
    };
    await mine.key.post('/messages/schedule', body);
  }
  await own.gateway.close();
  // An hour later, as it were: they fall due one after the other from now on.
  await sql`update scheduled_messages as one
    set scheduled_at = now() + place * interval '20 milliseconds', due_at = now() + place * interval '20 milliseconds'
    from (select id, row_number() over (order by id) as place from scheduled_messages) as due
    where due.id = one.id`.execute(own.database.database.db);
  let server = await startServer(env);
  const list = () => server.api.as(mine.credentials).get(`/messages/schedule/${desk.id}?limit=200`);
  await until('some are handed over', async () =>
    (await list()).some(({ messageId }: { messageId: string | null }) => messageId !== null),
  );
  await server.kill();
  server = await startServer(env);
  await until('all are sent', async () =>
    (await list()).every(({ status }: { status: string }) => status === 'sent'),
  );
  expect((await customer.messages()).map(({ text }) => text)).toEqual(texts);
  await server.stop();
  await own.close();
});

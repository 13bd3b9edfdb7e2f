import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { openSink, type Sink } from '../../../test/kit/sink.ts';
import { sandboxAt } from '../../../test/sandbox.ts';
import { type ServerProcess, startServer } from '../../../test/server-process.ts';
import { connectedProfile, newCustomer, newTenant } from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';

const sandbox = sandboxAt(inject('sandboxUrl'));
let database: TestDatabase;
let folder: string;
let server: ServerProcess;
let sink: Sink;

const start = () =>
  startServer({
    DATA_DIR: folder,
    DATABASE_URL: database.databaseUrl,
    SANDBOX: 'external',
    SANDBOX_PORT: new URL(sandbox.url).port,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mwa-automation-'));
  [database, sink] = await Promise.all([testDatabase(), openSink()]);
  server = await start();
});
afterAll(async () => {
  await server?.kill();
  await sink?.close();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

test('killed between any two commits, a run goes on and says everything once', async () => {
  const tenant = await newTenant(server.api);
  const profile = await connectedProfile(tenant, sandbox);
  const made = await tenant.owner.post('/automation', {
    ...{
      profileId: profile.id,
      name: 'Order',
      triggerType: 'keyword',
      triggerConfig: { keywords: ['order'] },
    },
    actions: [
      { type: 'reply', message: 'first' },
      { type: 'webhook', url: sink.url },
      { type: 'reply', message: 'second' },
    ],
  });
  const { db } = database.database;
  const customer = await newCustomer(sandbox);
  const texts = async () =>
    (await customer.messages()).filter(({ fromMe }) => !fromMe).map(({ text }) => text);
  // Started and kept, and killed before its first step can be.
  const locker = new Client({ connectionString: database.databaseUrl });
  await locker.connect();
  await locker.query('begin');
  await locker.query('lock table automation_steps in access exclusive mode');
  await customer.sends(profile.phone.number, 'order');
  const runs = () =>
    db.selectFrom('automation_runs').selectAll().where('automation_id', '=', made.id).execute();
  await until('it is started', async () => (await runs()).length === 1);
  await server.kill();
  await locker.query('rollback');
  await locker.end();
  // Asked, and killed before the answer comes.
  sink.answer = () => undefined;
  server = await start();
  const asked = await until('another program is asked', () => sink.caught[0]);
  await server.kill();
  expect((await runs())[0]).toMatchObject({ waiting_for: 'answer', steps: 1 });
  // Its time has come.
  await db.updateTable('automation_runs').set({ wake_at: new Date() }).execute();
  sink.answer = () => 200;
  server = await start();
  await until('everything is said', async () => (await texts()).includes('second'));
  await until('it has ended', async () => (await runs())[0]?.status === 'completed');
  expect(await texts()).toEqual(['first', 'second']);
  expect(sink.caught.map(({ headers }) => headers['idempotency-key'])).toEqual(
    Array(2).fill(asked.headers['idempotency-key']),
  );
  expect(await runs()).toHaveLength(1);
});

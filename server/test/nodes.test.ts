import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { type TestDatabase, testDatabase } from './database.ts';
import { killAndReturn } from './nodes-rig.ts';
import { sandboxAt } from './sandbox.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { type ConnectedProfile, connectedProfile, newNumber, newTenant, type Tenant } from './tenant.ts';
import { until } from './until.ts';

const sandbox = sandboxAt(inject('sandboxUrl'));
let database: TestDatabase;
let folders: string[];
let servers: ServerProcess[];

async function open() {
  folders = [];
  servers = [];
  database = await testDatabase();
}
async function close() {
  for (const { child } of servers) child.kill('SIGCONT');
  await Promise.all(servers.map((server) => server.kill()));
  await database.drop();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
}

async function node(dataDir?: string, env: Record<string, string> = {}) {
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'mwa-node-')));
  if (!dataDir) folders.push(folder);
  const server = await startServer({
    DATA_DIR: folder,
    DATABASE_URL: database.databaseUrl,
    DATABASE_POOL_SIZE: '6',
    ENCRYPTION_KEY: 'ab'.repeat(32),
    SANDBOX: 'external',
    SANDBOX_PORT: new URL(sandbox.url).port,
    ...env,
  });
  servers.push(server);
  return { ...server, folder };
}

const on = (server: ServerProcess, tenant: Tenant): Tenant => ({
  ...tenant,
  key: server.api.as(tenant.credentials),
});
const db = () => database.database.db;
const lease = (id: string) =>
  db().selectFrom('profile_leases').selectAll().where('profile_id', '=', id).executeTakeFirstOrThrow();
const statusesSince = async (id: string, seq: number) => {
  const rows = await db()
    .selectFrom('events')
    .select(['seq', 'body'])
    .where('profile_id', '=', id)
    .where('name', '=', 'connection.update')
    .where('seq', '>', seq)
    .orderBy('seq')
    .execute();
  return rows.map(({ body }) => (body as { status: string }).status);
};
const newestEvent = async () =>
  (await db().selectFrom('events').select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirstOrThrow())
    .seq;
const isConnected = (tenant: Tenant, id: string) => async () =>
  (await tenant.key.get(`/profiles/${id}/status`)).status === 'connected';

describe('one node after another on one database', () => {
  // Never the reason why somebody else may have a profile.
  const env = { LEASE_SECONDS: '300' };
  let tenant: Tenant;
  let profile: ConnectedProfile;
  /** The node that runs; each test leaves one behind, with the profile connected. */
  let current: Awaited<ReturnType<typeof node>>;

  beforeAll(async () => {
    await open();
    current = await node(undefined, env);
    tenant = await newTenant(current.api);
    profile = await connectedProfile(tenant, sandbox);
  });
  afterAll(close);
  const here = () => on(current, tenant);
  const connected = () => until('connected', () => isConnected(here(), profile.id)());

  test('a second server on a data folder refuses to start and names the first', async () => {
    const { port } = new URL(current.url);
    await expect(node(current.folder, env)).rejects.toThrow(
      `Another MultiWA runs on ${current.folder} (process ${current.child.pid}, port ${port})`,
    );
    expect(await current.api.get('/health')).toMatchObject({ status: 'ok' });
  });

  test('killed and started again in its folder, a node takes its profiles back at once', async () => {
    const before = await lease(profile.id);
    await current.kill();
    current = await node(current.folder, env);
    const startedMs = performance.now();
    await connected();
    // Its lease would have run for five minutes.
    expect(performance.now() - startedMs).toBeLessThan(30_000);
    const after = await lease(profile.id);
    expect(after.node_id).toBe(before.node_id);
    expect(after.generation).toBeGreaterThan(before.generation);
  });

  test('with the sandbox off profiles say so; back on, two nodes that start at once share them', async () => {
    await current.stop();
    const without = await node(current.folder, { ...env, SANDBOX: 'off' });
    expect(await on(without, tenant).key.get(`/profiles/${profile.id}/status`)).toMatchObject({
      status: 'disconnected',
      statusReason: expect.stringContaining('SANDBOX=on'),
    });
    const refused = await on(without, tenant).key.call('POST', `/profiles/${profile.id}/connect`);
    expect([refused.status, refused.body.error.code]).toEqual([503, 'UNAVAILABLE']);
    await without.stop();
    const { number } = profile.phone;
    const mark = (await sandbox.ledger({ number })).at(-1)?.seq ?? 0;
    const [one, two] = await Promise.all([node(current.folder, env), node(undefined, env)]);
    current = one;
    await connected();
    expect(await sandbox.ledger({ number, kind: 'login', after: mark })).toHaveLength(1);
    await two.stop();
    await connected();
  });

  test('after a kill none of many profiles looks connected before it is its turn', async () => {
    await here().key.post(`/profiles/${profile.id}/disconnect`);
    const { id } = await here().key.post('/profiles', { engine: 'sandbox' });
    await current.kill();
    await sql`insert into profiles
      select (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), 'wanted', true, 'status', 'connected'))).*
      from profiles p, generate_series(1, 30) where p.id = ${id}`.execute(db());
    current = await node(current.folder, env);
    const profiles = await here().key.get('/profiles?limit=200');
    expect(profiles).toHaveLength(32);
    expect(profiles.map((one: { status: string }) => one.status)).not.toContain('connected');
  });
});

test('woken after its lease ran out, a node sends nothing twice and writes nothing', async () => {
  await open();
  onTestFinished(close);
  const sleeper = await node(undefined, { LEASE_SECONDS: '4' });
  const tenant = await newTenant(sleeper.api);
  const profile = await connectedProfile(tenant, sandbox);
  const itself = (await lease(profile.id)).node_id;
  const customer = sandbox.phone(newNumber());
  await customer.named('Customer');
  // A longer lease than the sleeper's: a slow machine must not look like a second sleeper.
  const other = await node(undefined, { LEASE_SECONDS: '9' });
  const there = on(other, tenant);
  const texts: string[] = [];
  const send = async (from: Tenant, text: string) => {
    texts.push(text);
    return from.key.post('/messages/text', { profileId: profile.id, to: customer.number, text });
  };
  const held = await sandbox.fault({ name: 'hold-acks', number: profile.phone.number });
  for (let n = 0; n < 8; n++) await send(tenant, `before ${n}`);
  await until('the first is on the wire', async () => (await customer.messages()).length > 0);
  // On a busy machine it may have lost and taken back its lease by now.
  await until('it has the profile', async () => (await lease(profile.id)).node_id === itself);
  sleeper.child.kill('SIGSTOP');
  await held.clear();
  for (let n = 0; n < 8; n++) await send(there, `meanwhile ${n}`);
  await until('taken over', async () => (await lease(profile.id)).node_id !== itself);
  await until('connected there', isConnected(there, profile.id));
  const owner = await lease(profile.id);
  const allShown = async () => {
    const shown = (await customer.messages()).map((message) => message.text);
    return texts.every((text) => shown.includes(text));
  };
  await until('all arrived', allShown);
  const seen = await newestEvent();
  sleeper.child.kill('SIGCONT');
  await until('the sleeper answers', () => sleeper.api.get('/health').catch(() => undefined));
  await send(on(sleeper, tenant), 'after');
  await until('the last arrived', allShown);
  const renewed = (await lease(profile.id)).expires_at.getTime();
  await until(
    'two beats passed',
    async () => (await lease(profile.id)).expires_at.getTime() > renewed + 4500,
  );
  const now = await lease(profile.id);
  expect([now.node_id, now.generation]).toEqual([owner.node_id, owner.generation]);
  expect(await statusesSince(profile.id, seen)).toEqual([]);
  expect(await isConnected(there, profile.id)()).toBe(true);
  const shown = (await customer.messages()).map((message) => message.text);
  expect(shown.toSorted()).toEqual(texts.toSorted());
});

test('killed under load, a node’s phones send from elsewhere at once; back, it has its part', async () => {
  const report = await killAndReturn({ rounds: 1, profiles: 4, everyMs: 150 });
  expect(report).toMatchObject({ lost: 0, doubled: 0, underTwoIds: 0, outOfOrder: 0, eventsLost: 0 });
  const [round] = report.rounds;
  expect(round?.orphans).toBe(2);
  // Ten seconds where nothing else runs, as the long test measures; far below a lease's end on any machine.
  expect(round?.everyProfileMs).toBeLessThan(30_000);
}, 240_000);

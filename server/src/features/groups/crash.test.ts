import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { sandboxAt } from '../../../test/sandbox.ts';
import { type ServerProcess, startServer } from '../../../test/server-process.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newTenant,
  type Tenant,
} from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';
import { agreesWithNetwork, eventsOf, type NetworkGroup, network } from './testing.ts';

const sandbox = sandboxAt(inject('sandboxUrl'));
let database: TestDatabase;
let folder: string;
let server: ServerProcess;
let tenant: Tenant;
let profile: ConnectedProfile;

const start = () =>
  startServer({
    DATA_DIR: folder,
    DATABASE_URL: database.databaseUrl,
    SANDBOX: 'external',
    SANDBOX_PORT: new URL(sandbox.url).port,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mwa-groups-'));
  database = await testDatabase();
  server = await start();
  tenant = await newTenant(server.api);
  profile = await connectedProfile(tenant, sandbox);
});
afterAll(async () => {
  await server?.kill();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

test('killed before it is stored, a group that WhatsApp has made is there afterwards, whole', async () => {
  const people = [await newCustomer(sandbox), await newCustomer(sandbox)];
  const locker = new Client({ connectionString: database.databaseUrl });
  await locker.connect();
  // A group that the first look finds is no news.
  await until('its groups have been looked at', async () => {
    const { rowCount } = await locker.query('select from group_syncs where profile_id = $1', [profile.id]);
    return rowCount === 1;
  });
  await locker.query('begin');
  await locker.query('lock table groups in access exclusive mode');
  const body = { profileId: profile.id, name: 'Bakers', participants: people.map(({ number }) => number) };
  const answer = tenant.key
    .call('POST', '/groups', body, { 'idempotency-key': 'bakers' })
    .catch(() => 'killed');
  const [made] = await until('it is made at the network', async () => {
    const groups = await network<NetworkGroup[]>(sandbox, 'GET', `/groups?number=${profile.phone.number}`);
    return groups.length > 0 && groups;
  });
  await server.kill();
  expect(await answer).toBe('killed');
  await locker.query('rollback');
  await locker.end();
  server = await start();
  const key = server.api.as(tenant.credentials);
  const ours = await agreesWithNetwork(key, sandbox, profile.id, made?.jid ?? '');
  expect(ours).toMatchObject({ name: 'Bakers', role: 'superadmin', participantsCount: 3 });
  expect(await eventsOf(key, ours.id, 'group.joined')).toHaveLength(1);
  const list = await key.get(`/groups/profile/${profile.id}`);
  expect(list.map(({ id }: any) => id)).toEqual([ours.id]);
});

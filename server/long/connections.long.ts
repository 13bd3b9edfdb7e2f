import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { spreadOf } from '../bench/measure.ts';
import { type TestDatabase, testDatabase } from '../test/database.ts';
import { type OwnSandbox, startTestSandbox } from '../test/sandbox.ts';
import { type ServerProcess, startServer } from '../test/server-process.ts';
import { connectedProfile, newCustomer, newTenant, type Tenant } from '../test/tenant.ts';
import { until } from '../test/until.ts';

const profiles = 40;
/** Between two requests of the program that goes on asking. */
const everyMs = 20;

interface Stage {
  sandbox: OwnSandbox;
  database: TestDatabase;
  start(): Promise<ServerProcess>;
}

async function staged(play: (stage: Stage) => Promise<void>): Promise<void> {
  const [sandbox, database] = await Promise.all([startTestSandbox(), testDatabase()]);
  const dataDir = await mkdtemp(join(tmpdir(), 'mwa-connections-'));
  const env = {
    DATA_DIR: dataDir,
    DATABASE_URL: database.databaseUrl,
    SANDBOX: 'external',
    SANDBOX_PORT: new URL(sandbox.url).port,
  };
  const begun: ServerProcess[] = [];
  const start = async () => {
    const server = await startServer(env);
    begun.push(server);
    return server;
  };
  try {
    await play({ sandbox, database, start });
  } finally {
    await Promise.all(begun.map((server) => server.stop()));
    await database.drop();
    await sandbox.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

test(
  'while forty profiles come back at once, the API answers: p99 under 300 ms',
  () =>
    staged(async ({ sandbox, database, start }) => {
      let server = await start();
      const tenant = await newTenant(server.api);
      const customer = await newCustomer(sandbox);
      const ids: string[] = [];
      for (let n = 0; n < profiles; n++) ids.push((await connectedProfile(tenant, sandbox)).id);
      const measured = { calm: [] as number[], cut: [] as number[], killed: [] as number[] };
      const backMs: number[] = [];
      const ask = async (into: number[], over: Promise<unknown>) => {
        const { tookMs, overMs } = await asked(server, tenant, ids, customer.number, over);
        into.push(...tookMs);
        return overMs;
      };
      await ask(measured.calm, pause(3000));
      for (let n = 0; n < 3; n++) {
        await sandbox.fault({ name: 'terminate', count: profiles });
        await until('they are away', async () => (await connected(database)) < profiles);
        backMs.push(await ask(measured.cut, allBack(database)));
        await server.kill();
        server = await start();
        backMs.push(await ask(measured.killed, allBack(database)));
      }
      const [calm, cut, killed] = [
        spreadOf(measured.calm),
        spreadOf(measured.cut),
        spreadOf(measured.killed),
      ];
      console.table({ calm, 'lines cut': cut, 'server killed': killed });
      console.log(`all ${profiles} back after ${backMs.map((ms) => Math.round(ms)).join(', ')} ms`);
      expect(cut.p99Ms).toBeLessThan(300);
      expect(killed.p99Ms).toBeLessThan(300);
    }),
  300_000,
);

test(
  'a socket that says nothing is cut after 10 s; one that is idle for a minute is not',
  () =>
    staged(async ({ sandbox, start }) => {
      const server = await start();
      const tenant = await newTenant(server.api);
      const idle = await connectedProfile(tenant, sandbox);
      const mute = await connectedProfile(tenant, sandbox);
      const { number } = mute.phone;
      await pause(60_000);
      expect(await idle.status()).toBe('connected');
      const table: Record<string, number> = {};
      for (const name of ['mute', 'half-open']) {
        const fault = await sandbox.fault({ name, number });
        const sinceMs = performance.now();
        await until('it was cut', async () => (await mute.status()) !== 'connected');
        table[name] = Math.round(performance.now() - sinceMs);
        await fault.clear();
        await until('it is back', async () => (await mute.status()) === 'connected');
      }
      console.table(table);
      expect(Math.max(...Object.values(table))).toBeLessThan(10_500);
      const logins = await sandbox.ledger({ number: idle.phone.number, kind: 'login' });
      expect(logins).toHaveLength(1);
    }),
  300_000,
);

/** Reads and sends on and on until something has come about; says how long answers took, and that. */
async function asked(
  server: ServerProcess,
  tenant: Tenant,
  ids: string[],
  to: string,
  over: Promise<unknown>,
) {
  const api = server.api.as(tenant.credentials);
  const tookMs: number[] = [];
  const underWay: Promise<void>[] = [];
  const sinceMs = performance.now();
  let isOver = false;
  const ended = over.then(() => {
    isOver = true;
    return performance.now() - sinceMs;
  });
  for (let n = 0; !isOver; n++) {
    const fromMs = performance.now();
    const profileId = ids[n % ids.length];
    const call =
      n % 5 === 0
        ? api.post('/messages/text', { profileId, to, text: `${n}` })
        : api.get(`/profiles/${profileId}/status`);
    underWay.push(call.then(() => void tookMs.push(performance.now() - fromMs)));
    await pause(everyMs);
  }
  await Promise.all(underWay);
  return { tookMs, overMs: await ended };
}

async function connected(database: TestDatabase): Promise<number> {
  const rows = await database.database.db
    .selectFrom('profiles')
    .select('id')
    .where('status', '=', 'connected')
    .execute();
  return rows.length;
}

const allBack = (database: TestDatabase) =>
  until('all are back', async () => (await connected(database)) === profiles, 120_000);

import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { testDatabase } from '../test/database.ts';
import { startTestSandbox } from '../test/sandbox.ts';
import { startServer } from '../test/server-process.ts';
import { connectedProfile, newCustomers, newTenant } from '../test/tenant.ts';
import { until } from '../test/until.ts';

const messages = 100_000;
const warmUp = 10_000;
const customers = 50;
/** Garbage that waits for its collector is nothing that messages leave behind: it is collected at rest. */
const restSeconds = 30;

test('after 100,000 messages the process is at most 1.2 times as large as after the first 10,000', async () => {
  const [sandbox, database] = await Promise.all([startTestSandbox(), testDatabase()]);
  const dataDir = await mkdtemp(join(tmpdir(), 'mwa-memory-'));
  const server = await startServer({
    ...{ DATA_DIR: dataDir, DATABASE_URL: database.databaseUrl },
    ...{ SANDBOX: 'external', SANDBOX_PORT: new URL(sandbox.url).port },
  });
  const rssMb = () =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))?.[1]) / 1024;
  async function atRest(): Promise<number> {
    let least = rssMb();
    for (let second = 0; second < restSeconds; second++) {
      await pause(1000);
      least = Math.min(least, rssMb());
    }
    return least;
  }
  try {
    const tenant = await newTenant(server.api);
    const profile = await connectedProfile(tenant, sandbox);
    const people = await newCustomers(sandbox, customers);
    let sent = 0;
    const seen: Record<string, number> = {};
    const { db } = database.database;
    const undecided = async () => {
      const { n } = await db
        .selectFrom('outbox')
        .select(({ fn }) => fn.countAll<string>().as('n'))
        .executeTakeFirstOrThrow();
      return Number(n);
    };
    async function sendUpTo(total: number): Promise<void> {
      const program = async () => {
        while (sent < total) {
          const n = sent++;
          await profile.send(people[n % customers]?.number ?? '', `out ${n}`, { wait: 30 });
        }
      };
      await Promise.all(Array.from({ length: 32 }, program));
      await until('nothing waits', async () => (await undecided()) === 0, 120_000);
    }
    for (const total of [warmUp, messages / 4, messages / 2, messages]) {
      await sendUpTo(total);
      seen[`${total} messages`] = Math.round(await atRest());
    }
    console.table(seen);
    const first = seen[`${warmUp} messages`] ?? 0;
    expect(seen[`${messages} messages`]).toBeLessThanOrEqual(first * 1.2);
  } finally {
    await server.stop();
    await database.drop();
    await sandbox.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}, 3_600_000);

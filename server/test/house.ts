import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { type Gateway, startGateway } from '../src/gateway.ts';
import { readConfig } from '../src/platform/config/config.ts';
import { createLog, type Log } from '../src/platform/log.ts';
import { apiClient, type Client } from './client.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { eventsThatDoNotFit } from './events-fit.ts';
import { type TurnedClock, turnedClock } from './kit/clock.ts';
import { quickPasswords } from './password-cost.ts';
import { type Sandbox, sandboxAt } from './sandbox.ts';

/** A whole gateway in this process, on a database of its own. */
export interface House {
  gateway: Gateway;
  api: Client;
  sandbox: Sandbox;
  clock: TurnedClock;
  database: TestDatabase;
  dataDir: string;
  /** Another node on the same database, with a folder of its own. */
  anotherNode(env?: Record<string, string>): Promise<Gateway & { api: Client }>;
  /** Everything that was told in it must be as the catalogue says. */
  close(): Promise<void>;
}

/** On the WhatsApp network that all files share: its phones are one's own, its faults name a number. */
export async function openHouse(
  env: Record<string, string> = {},
  more: { eager?: boolean; log?: Log } = {},
): Promise<House> {
  const sandbox = sandboxAt(inject('sandboxUrl'));
  const database = await testDatabase();
  const clock = turnedClock();
  const folders: string[] = [];
  const others: Gateway[] = [];
  const start = async (extra: Record<string, string>) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'mwa-house-'));
    folders.push(dataDir);
    const config = readConfig(
      {
        PORT: '0',
        DATA_DIR: dataDir,
        DATABASE_URL: database.databaseUrl,
        // A start asks for all it may have, and each connection is a process.
        DATABASE_POOL_SIZE: '4',
        ENCRYPTION_KEY: 'ab'.repeat(32),
        SANDBOX: 'external',
        SANDBOX_PORT: new URL(sandbox.url).port,
        LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
        ...env,
        ...extra,
      },
      '/',
    );
    const log = createLog(config.logLevel);
    const options = { config, log, clock, sandboxCommand: [], strict: true, quietMs: 0, ...more };
    return { gateway: await startGateway({ ...options, passwordCost: quickPasswords }), dataDir };
  };
  const first = await start({}).catch(async (error: unknown) => {
    await database.drop();
    throw error;
  });
  return {
    ...first,
    api: apiClient(first.gateway.url),
    sandbox,
    clock,
    database,
    async anotherNode(extra = {}) {
      const { gateway } = await start(extra);
      others.push(gateway);
      return { ...gateway, api: apiClient(gateway.url) };
    },
    async close() {
      await Promise.all(others.map((gateway) => gateway.close()));
      await first.gateway.close();
      const told = first.gateway.features.flatMap(({ events = [] }) => [...events]);
      const strange = await eventsThatDoNotFit(database.database.db, told);
      await database.drop();
      await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
      if (strange.length > 0)
        throw new Error(`Events are not what they are declared to be:\n${strange.join('\n')}`);
    },
  };
}

import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { inject } from 'vitest';
import { testDatabase } from './database.ts';
import { sandboxAt } from './sandbox.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { connectedProfile, newNumber, newTenant } from './tenant.ts';
import { until } from './until.ts';

/** What became of a past that was told to a server that is killed in the middle. */
interface HistoryReport {
  onPhone: number;
  stored: number;
  /** Of the profile's own count. */
  counted: number;
  storedAtKill: number;
  leftOver: number;
  rssMbMax: number;
  seconds: number;
}

/** Links a phone with a long past, kills the server when a part of it is stored, and waits for the rest. */
export async function pastUnderKill(of: { chats: number; messages: number[] }): Promise<HistoryReport> {
  const sandbox = sandboxAt(inject('sandboxUrl'));
  const database = await testDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'mwa-past-'));
  const env = {
    ...{ DATA_DIR: dataDir, DATABASE_URL: database.databaseUrl, HISTORY: 'full' },
    ...{ SANDBOX: 'external', SANDBOX_PORT: new URL(sandbox.url).port },
  };
  const { db } = database.database;
  const countOf = async (table: 'messages' | 'engine_history') =>
    Number((await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(db)).rows[0]?.n);
  let server: ServerProcess | undefined;
  let rssMbMax = 0;
  const watch = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${server?.child.pid}/status`, 'utf8');
      // A process that ends has no memory any more.
      const [, kilobytes = 0] = /VmRSS:\s+(\d+)/.exec(status) ?? [];
      rssMbMax = Math.max(rssMbMax, Number(kilobytes) / 1024);
    } catch {
      // It is being started again.
    }
  }, 100);
  try {
    server = await startServer(env);
    const tenant = await newTenant(server.api);
    const phone = sandbox.phone(newNumber());
    await phone.named('Bakery');
    let onPhone = 0;
    for (const [seed, messages] of of.messages.entries()) {
      onPhone += (await phone.past({ chats: of.chats, messages, seed })).messages;
    }
    const begunMs = performance.now();
    const profile = await connectedProfile(tenant, sandbox, {}, phone);
    await until('a part is stored', async () => (await countOf('messages')) > onPhone / 4, 600_000);
    await server.kill();
    const storedAtKill = await countOf('messages');
    server = await startServer(env);
    await until('all is stored', async () => (await countOf('messages')) >= onPhone, 800_000);
    await until('nothing is left to read', async () => (await countOf('engine_history')) === 0);
    const { history } = await server.api.as(tenant.credentials).get(`/profiles/${profile.id}`);
    return {
      ...{ onPhone, storedAtKill, stored: await countOf('messages'), counted: history.messages },
      leftOver: await countOf('engine_history'),
      ...{ rssMbMax: Math.round(rssMbMax), seconds: Math.round((performance.now() - begunMs) / 1000) },
    };
  } finally {
    clearInterval(watch);
    await server?.kill();
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

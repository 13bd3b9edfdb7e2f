import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { systemClock } from '../src/platform/clock.ts';
import { connectDatabase } from '../src/platform/db/connect.ts';
import { createBoss } from '../src/platform/jobs/boss.ts';
import { createLog, silentLog } from '../src/platform/log.ts';
import { folderToBuildIn } from './kit/built.ts';
import { startTestServer, type TestServer } from './postgres-server.ts';
import { startTestSandbox } from './sandbox.ts';

/** What a test file needs to get a database: a server, and a migrated database there to copy. */
export interface TestPostgres {
  /** URL of the server's maintenance database. */
  url: string;
  template: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    postgres: TestPostgres;
    /** Address of the WhatsApp network that all files share. */
    sandboxUrl: string;
  }
}

/** Once per run: one PostgreSQL (ours, or TEST_DATABASE_URL's) with one migrated template, and one WhatsApp network. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  // As with real phones, a large piece of a past lies at the media host; a small one comes with its announcement.
  const starting = startTestSandbox({ SANDBOX_HISTORY_INLINE_BYTES_MAX: '4096' });
  starting.catch(() => undefined);
  const given = process.env.TEST_DATABASE_URL;
  const server: TestServer = given ? { url: given, stop: async () => undefined } : await startTestServer();
  const template = `mwa_test_${randomBytes(4).toString('hex')}`;
  try {
    await onServer(
      server.url,
      `create database ${template} template template0 encoding 'UTF8' locale 'C.UTF-8'`,
    );
    const database = await connectDatabase({
      databaseUrl: databaseUrlOn(server.url, template),
      dataDir: '',
      log: silentLog,
      poolSize: 2,
    });
    // Every house would make the tables of the job store anew in its copy.
    const boss = createBoss({ pool: database.pool, clock: systemClock, log: createLog('silent') });
    await boss.start();
    await boss.stop({ graceful: false, close: false });
    await database.close();
    project.provide('sandboxUrl', (await starting).url);
  } catch (error) {
    await server.stop();
    await starting.then((sandbox) => sandbox.stop()).catch(() => undefined);
    throw error;
  }
  project.provide('postgres', { url: server.url, template });
  const builtIn = await folderToBuildIn();
  project.provide('builtIn', builtIn);
  return async () => {
    if (given) await onServer(given, `drop database ${template} with (force)`);
    await Promise.all([server.stop(), starting.then((sandbox) => sandbox.stop())]);
    await rm(builtIn, { recursive: true, force: true, maxRetries: 5 });
  };
}

/** The URL of another database of the same server. */
export function databaseUrlOn(serverUrl: string, database: string): string {
  return serverUrl.replace(/^([a-z]+:\/\/[^/?]*)(\/[^?]*)?/, `$1/${database}`);
}

/** Runs one statement on the server's maintenance database. */
export async function onServer(serverUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

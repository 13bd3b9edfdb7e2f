import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPostmaster } from '../src/platform/db/embedded/postmaster.ts';
import type { Client } from '../test/client.ts';
import { startServer } from '../test/server-process.ts';
import { cpuOf, familyCpuOf } from './processes.ts';
import { statementCounter } from './statements.ts';

/** What has been used since the start: by the engine (gateway or plain Baileys), by PostgreSQL, and statements. */
export interface Usage {
  engineMs: number;
  postgresMs?: number;
  statements?: number | undefined;
}

/** What is run: `main.ts`, or a bundle in its folder. */
export interface Program {
  name: 'source' | 'bundle';
  program: string;
  cwd?: string;
}

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
export const source: Program = { name: 'source', program: main };

/** A gateway in a process of its own with its own database, and what it uses. */
export interface BenchGateway {
  readonly url: string;
  readonly api: Client;
  readonly pid: number;
  readonly readyMs: number;
  readonly socketDir: string;
  usage(): Promise<Usage>;
  /** CPU of the gateway and of PostgreSQL, in ms. */
  cpuMs(): number;
  stop(): Promise<void>;
}

export async function startGateway(
  dataDir: string,
  env: Record<string, string>,
  program: Program = source,
): Promise<BenchGateway> {
  const server = await startServer({ DATA_DIR: dataDir, ...env }, program);
  const pid = server.child.pid ?? 0;
  const postmaster = await readPostmaster(join(await realpath(dataDir), 'postgres'));
  if (!postmaster) throw new Error(`no PostgreSQL serves ${dataDir}`);
  const statements = await statementCounter(postmaster.socketDir);
  return {
    url: server.url,
    api: server.api,
    pid,
    readyMs: server.readyMs,
    socketDir: postmaster.socketDir,
    async usage() {
      const count = await statements.count();
      return { engineMs: cpuOf(pid), postgresMs: familyCpuOf(postmaster.pid), statements: count };
    },
    cpuMs: () => cpuOf(pid) + familyCpuOf(postmaster.pid),
    async stop() {
      await statements.close();
      await server.stop();
    },
  };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { apiClient, type Client } from './client.ts';
import { builtFolder } from './kit/built.ts';

/** A gateway in a process of its own, to be killed at any instant. */
export interface ServerProcess {
  readonly url: string;
  readonly api: Client;
  readonly child: ChildProcess;
  /** Milliseconds from the start of the process to its first answer. */
  readonly readyMs: number;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** What `npm start` and the image say to Node and to malloc. */
const asShipped = { NODE_OPTIONS: '--max-semi-space-size=4', MALLOC_ARENA_MAX: '2' };

/**
 * Starts the built server, or another program in its folder, and waits for its address. `env` must name the database,
 * the data folder and the sandbox.
 */
export async function startServer(
  env: Record<string, string>,
  { program, cwd }: { program?: string; cwd?: string | undefined } = {},
): Promise<ServerProcess> {
  const built = program === undefined ? await builtFolder() : undefined;
  // Hundreds of them share one PostgreSQL; what is measured has as many as it wants.
  const few = built ? { DATABASE_POOL_SIZE: '4' } : {};
  const startedMs = performance.now();
  const child = spawn(process.execPath, [program ?? join(built ?? '', 'dist/server.js')], {
    cwd: built ?? cwd,
    env: { PATH: process.env.PATH ?? '', LOG_LEVEL: 'error', PORT: '0', ...asShipped, ...few, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const orphan = () => child.kill('SIGKILL');
  process.once('exit', orphan);
  child.once('exit', () => process.off('exit', orphan));
  let said = '';
  let complaints = '';
  child.stderr.on('data', (text: Buffer) => {
    complaints = (complaints + text.toString()).slice(-20_000);
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (text: Buffer) => {
      said += text.toString();
      const found = /API\s+(http:\/\/[\w.:[\]-]+)\/api/.exec(said)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', () => reject(new Error(`The server ended at its start:\n${said}\n${complaints}`)));
  });
  if (process.env.TEST_LOG_LEVEL) child.stderr.pipe(process.stderr);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  return {
    url,
    api: apiClient(url),
    child,
    readyMs: performance.now() - startedMs,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}

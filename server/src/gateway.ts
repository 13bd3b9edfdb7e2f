import type { PasswordCost } from './features/auth/index.ts';
import type { DashboardPlace } from './http/dashboard.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import type { Config } from './platform/config/config.ts';
import { holdDataFolder } from './platform/data-folder.ts';
import type { Database } from './platform/db/connect.ts';
import type { Feature } from './platform/feature.ts';
import type { Log } from './platform/log.ts';
import { startSandboxNetwork } from './sandbox/network.ts';

export interface GatewayOptions {
  config: Config;
  log: Log;
  clock?: Clock;
  /** Program and arguments that run the sandbox network. */
  sandboxCommand: readonly string[];
  /** Where the dashboard is built into. */
  dashboard?: DashboardPlace | undefined;
  /** Where it may keep its compiled code. */
  compileCache?: string | undefined;
  /** Answers that a route did not declare become errors; for tests. */
  strict?: boolean;
  /** Every route's schemas are compiled at the start; for tests. */
  eager?: boolean;
  /** Aborted, it ends a start that is under way: everything started is taken down again. */
  signal?: AbortSignal;
  /** How long a connection may be quiet while the server stops; for tests. */
  quietMs?: number;
  /** What hashing a password costs, where production's cost is not what a test is about. */
  passwordCost?: PasswordCost;
}

/** A running server. */
export interface Gateway {
  /** Where the API answers, without a path. */
  readonly url: string;
  readonly sandboxUrl: string | undefined;
  /** Where the data lives, as a sentence. */
  readonly where: string;
  /** What it is made of. */
  readonly features: readonly Feature[];
  close(): Promise<void>;
}

/**
 * Starts everything, and takes it down in the opposite order. Loading the code takes longer than anything else, so the
 * processes it needs are begun before.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, log, clock = systemClock, strict = false, eager = false, signal } = options;
  const endings: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of endings.splice(0).reverse()) {
      await end().catch((error: unknown) => log.error({ err: error }, 'a part did not stop well'));
    }
  };
  try {
    const folder = await holdDataFolder(config.dataDir);
    endings.push(async () => folder.release());
    const sandbox = startSandboxNetwork({
      mode: config.sandbox,
      port: config.sandboxPort,
      dataDir: config.dataDir,
      command: options.sandboxCommand,
      compileCache: options.compileCache,
      log,
      signal,
    });
    endings.push(() => sandbox.stop());
    await sandbox.begun;
    const database = connect(options);
    endings.push(async () => (await database.catch(() => undefined))?.close());
    const { assemble } = await import('./assemble.ts');
    const begun = { folder, database, sandbox };
    const made = await assemble({ ...options, clock, strict, eager }, begun, endings);
    return { ...made, sandboxUrl: sandbox.url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function connect({ config, log, signal }: GatewayOptions): Promise<Database> {
  const { connectDatabase } = await import('./platform/db/connect.ts');
  return connectDatabase({ ...config, log, poolSize: config.databasePoolSize, signal });
}

import { setTimeout as pause } from 'node:timers/promises';
import { Kysely, PostgresDialect } from 'kysely';
import { Client, type Pool, type PoolConfig } from 'pg';
import { once } from '../concurrency/once.ts';
import { createChannels, type ListenOptions } from './channels.ts';
import { assertServerFits, assertTrigramsWork, tryStoring } from './checks.ts';
import { columnTypes } from './column-types.ts';
import { createCondition, type DatabaseCondition } from './condition.ts';
import type { DatabaseLog } from './database-log.ts';
import { DatabaseUnusable } from './database-unusable.ts';
import { type EmbeddedPostgres, startEmbedded } from './embedded/index.ts';
import { migrateToLatest } from './migrate.ts';
import { createPools } from './pools.ts';
import { type Pulse, startPulse } from './pulse.ts';
import { watchGrowth } from './statistics.ts';
import type { Tables } from './tables.ts';
import { isDatabaseAway } from './trouble.ts';

export interface ConnectOptions {
  /** A PostgreSQL of the operator's; without it the one of this installation is started. */
  databaseUrl?: string | undefined;
  dataDir: string;
  log: DatabaseLog;
  /** Connections for queries at most; listening and `newPool` come on top. */
  poolSize: number;
  /** Whether `close()` may end the server of this installation; a command beside a server says false. */
  stopOnClose?: boolean;
  /** When aborted, ends a start that is under way, with everything it has started. */
  signal?: AbortSignal | undefined;
}
/** The open database. Nothing here ends the process when PostgreSQL restarts: queries fail, then work again. */
export interface Database {
  readonly db: Kysely<Tables>;
  readonly pool: Pool;
  /** For parts that open connections of their own. */
  readonly poolConfig: PoolConfig;
  /** Where the data lives, as a sentence for the operator. */
  readonly where: string;
  readonly condition: DatabaseCondition;
  /** One more pool, closed by `close()`; its connections survive errors like the first one's. */
  newPool(max: number): Pool;
  /** Listens to a channel; see Channels. */
  listen(
    channel: string,
    handler: (payload: string) => void,
    options?: ListenOptions,
  ): Promise<() => Promise<void>>;
  /** Closes every connection, then the server of this installation if no other process uses it. */
  close(): Promise<void>;
}

/** How long to wait for a server that is still starting, such as one of the same compose file. */
const reachMsMax = 30_000;

/** Opens the database, migrates it to this version and checks it; throws DatabaseUnusable with a sentence. */
export async function connectDatabase(options: ConnectOptions): Promise<Database> {
  const { databaseUrl, log } = options;
  const embedded = databaseUrl ? undefined : await startEmbedded(options);
  const poolConfig = configOf(databaseUrl, embedded);
  const condition = createCondition(() => tryStoring(db));
  const pools = createPools(poolConfig, log, condition.seen);
  const pool = pools.open(options.poolSize);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const channels = createChannels(() => new Client({ ...poolConfig, query_timeout: 10_000 }), log);
  let pulse: Pulse | undefined;
  let endWatch: (() => void) | undefined;
  const close = once(async () => {
    endWatch?.();
    await pulse?.stop();
    await channels.close();
    await pools.close();
    await embedded?.stop();
  });
  try {
    const version = await reach(pool, embedded ? 'this installation' : 'DATABASE_URL', options);
    await migrateToLatest(db, log);
    options.signal?.throwIfAborted();
    await assertTrigramsWork(db);
    const where = embedded ? ownPlace(embedded, version) : foreignPlace(poolConfig, version);
    const newClient = () => new Client({ ...poolConfig, connectionTimeoutMillis: 0 });
    pulse = startPulse(newClient, pools.silent);
    endWatch = watchGrowth(db, log);
    return { db, pool, poolConfig, where, condition, newPool: pools.open, listen: channels.listen, close };
  } catch (error) {
    await close().catch((failure: unknown) => log.warn({ err: failure }, 'The database did not close well'));
    throw error;
  }
}

function configOf(databaseUrl: string | undefined, embedded: EmbeddedPostgres | undefined): PoolConfig {
  return {
    application_name: `multiwa-${process.pid}`,
    connectionTimeoutMillis: 4_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: columnTypes,
    // Days and hours in SQL must not depend on the time zone of the server.
    onConnect: (client) => client.query(`set timezone to 'UTC'`),
    ...(embedded ? embedded.poolConfig('multiwa') : { connectionString: databaseUrl }),
  };
}

/** Waits for the server, refuses an unfit one, and answers its version. */
async function reach(pool: Pool, of: string, { log, signal }: ConnectOptions): Promise<string> {
  const giveUpAt = Date.now() + reachMsMax;
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await assertServerFits(pool);
    } catch (error) {
      if (error instanceof DatabaseUnusable) throw error;
      const reason = reasonOf(error);
      if (!isDatabaseAway(error) || Date.now() > giveUpAt) {
        throw new DatabaseUnusable(`The database of ${of} can't be used: ${reason}.`, {
          cause: error,
        });
      }
      if (attempt === 0) log.warn({ reason }, 'Waiting for the database');
      await pause(250);
    }
  }
}

function reasonOf(error: unknown): string {
  // Node collects the failures of several addresses under an empty message.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

function ownPlace({ databaseDir, moved }: EmbeddedPostgres, version: string): string {
  return `PostgreSQL ${version} of this installation, in ${databaseDir}${moved ? ` (${moved})` : ''}`;
}

function foreignPlace(config: PoolConfig, version: string): string {
  // A client that never connects reads the URL as the pool does; the password stays inside it.
  const { host, port, database } = new Client(config);
  return `PostgreSQL ${version} at ${host}:${port}, database ${database ?? ''} (DATABASE_URL)`;
}

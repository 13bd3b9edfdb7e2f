import type { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { type Client, Pool, type PoolClient, type PoolConfig } from 'pg';
import type { DatabaseLog } from './database-log.ts';
import { keepPlans } from './kept-plans.ts';
import { isInsideTransaction } from './transaction.ts';

export interface Pools {
  open(max: number): Pool;
  /**
   * The database does not answer, or answers again. While it is silent, waiting queries and new ones fail as if it were
   * away; statements that were already sent may still run later.
   */
  silent(isSilent: boolean): void;
  /** Closes every pool that is still open. */
  close(): Promise<void>;
}

const secondConnection =
  'A second connection is asked for inside a transaction; it may never come. Ask with the transaction.';
const closeMsMax = 10_000;
/** So many connections of a pool stay when nobody needs them: a new one costs more than what an idle server asks. */
const keptOpen = 2;

/**
 * Pools that survive a restart of the server: the loss of a connection is logged and does not end the process.
 * `refused` gets the SQLSTATE of every error of the database.
 */
export function createPools(
  config: PoolConfig,
  log: DatabaseLog,
  refused: (code: string | undefined) => void = () => undefined,
): Pools {
  const pools: Pool[] = [];
  const inUse = new Set<PoolClient>();
  let isSilent = false;
  return {
    open(max) {
      const pool = new Pool({ ...config, max, min: Math.min(keptOpen, max) });
      pool.on('error', (error) => log.warn({ err: error }, 'An idle database connection was lost'));
      // The pool has no error listener on a connection in use: its loss between two queries would end the process.
      pool.on('connect', (client) => {
        client.on('error', () => undefined);
        reportRefusals(client, refused);
        keepPlans(client);
      });
      pool.on('acquire', (client) => inUse.add(client));
      pool.on('release', (_error, client) => inUse.delete(client));
      refuseWhile(pool, () => isSilent);
      pools.push(pool);
      return pool;
    },
    silent(now) {
      if (now === isSilent) return;
      isSilent = now;
      if (!now) return log.warn({}, 'The database answers again');
      log.error({}, 'The database does not answer; requests that need it are refused until it does');
      for (const client of inUse) void (client as unknown as Client).end().catch(() => undefined);
    },
    async close() {
      const closing = Promise.all(pools.filter((pool) => !pool.ending).map((pool) => pool.end()));
      // An endless query must not keep the process from ending.
      await Promise.race([closing, pause(closeMsMax, undefined, { ref: false })]);
    },
  };
}

/** Reports the errors of all queries of a client, without a wrapper around each query. */
function reportRefusals(client: PoolClient, refused: (code: string | undefined) => void): void {
  const { connection } = client as unknown as { connection?: EventEmitter };
  connection?.on('errorMessage', (message: { code?: string }) => refused(message.code));
}

/** While the database is silent, and inside a transaction that is watched, the pool refuses connections at once. */
function refuseWhile(pool: Pool, isSilent: () => boolean): void {
  type Connected = (error: Error | undefined, client?: PoolClient, done?: () => void) => void;
  const connect = pool.connect.bind(pool) as (callback?: Connected) => unknown;
  const connectUnlessSilent = (callback?: Connected) => {
    const isSecond = isInsideTransaction();
    if (!isSilent() && !isSecond) return connect(callback);
    const error = new Error(
      isSecond ? secondConnection : 'Connection terminated: the database does not answer',
    );
    return callback ? callback(error) : Promise.reject(error);
  };
  pool.connect = connectUnlessSilent as typeof pool.connect;
}

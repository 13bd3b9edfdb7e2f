import type { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { type Client, Pool, type PoolClient, type PoolConfig } from 'pg';
import type { DatabaseLog } from './database-log.ts';
import { keepPlans } from './kept-plans.ts';

export interface Pools {
  open(max: number): Pool;
  /**
   * The database says nothing: whoever waits for it is told that it is away, and so is whoever comes while it is
   * silent. What had been sent may still happen when it speaks again.
   */
  silent(isSilent: boolean): void;
  /** Closes every pool that its user has not closed. */
  close(): Promise<void>;
}

const closeMsMax = 10_000;
/** So many connections of a pool stay when nobody needs them: a new one costs more than what an idle server asks. */
const keptOpen = 2;

/**
 * Pools that outlive a restart of the server: a connection's loss is logged, never thrown into the process.
 * `refused` hears the SQLSTATE of everything the database refuses.
 */
export function createPools(
  config: PoolConfig,
  log: DatabaseLog,
  refused: (code: string | undefined) => void = () => undefined,
): Pools {
  const opened: Pool[] = [];
  const inUse = new Set<PoolClient>();
  let isSilent = false;
  return {
    open(max) {
      const pool = new Pool({ ...config, max, min: Math.min(keptOpen, max) });
      pool.on('error', (error) => log.warn({ err: error }, 'An idle database connection was lost'));
      // A connection in use has no listener of the pool's: between two queries its loss would end the process.
      pool.on('connect', (client) => {
        client.on('error', () => undefined);
        hearRefusals(client, refused);
        keepPlans(client);
      });
      pool.on('acquire', (client) => inUse.add(client));
      pool.on('release', (_error, client) => inUse.delete(client));
      refuseWhile(pool, () => isSilent);
      opened.push(pool);
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
      const ended = Promise.all(opened.filter((pool) => !pool.ending).map((pool) => pool.end()));
      // A query that never ends must not keep the process from ending.
      await Promise.race([ended, pause(closeMsMax, undefined, { ref: false })]);
    },
  };
}

/** Every refusal of every query, without a wrapper around each. */
function hearRefusals(client: PoolClient, refused: (code: string | undefined) => void): void {
  const { connection } = client as unknown as { connection?: EventEmitter };
  connection?.on('errorMessage', (message: { code?: string }) => refused(message.code));
}

/** While the database is silent a connection is neither given out nor waited for. */
function refuseWhile(pool: Pool, isSilent: () => boolean): void {
  type Connected = (error: Error | undefined, client?: PoolClient, done?: () => void) => void;
  const connect = pool.connect.bind(pool) as (callback?: Connected) => unknown;
  const guarded = (callback?: Connected) => {
    if (!isSilent()) return connect(callback);
    const error = new Error('Connection terminated: the database does not answer');
    return callback ? callback(error) : Promise.reject(error);
  };
  pool.connect = guarded as typeof pool.connect;
}

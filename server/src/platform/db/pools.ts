import { setTimeout as pause } from 'node:timers/promises';
import { Pool, type PoolConfig } from 'pg';
import type { DatabaseLog } from './database-log.ts';
import { keepPlans } from './kept-plans.ts';

export interface Pools {
  open(max: number): Pool;
  /** Closes every pool that its user has not closed. */
  close(): Promise<void>;
}

const closeMsMax = 10_000;

/** Pools that outlive a restart of the server: a connection's loss is logged, never thrown into the process. */
export function createPools(config: PoolConfig, log: DatabaseLog): Pools {
  const opened: Pool[] = [];
  return {
    open(max) {
      const pool = new Pool({ ...config, max });
      pool.on('error', (error) => log.warn({ err: error }, 'An idle database connection was lost'));
      // A connection in use has no listener of the pool's: between two queries its loss would end the process.
      pool.on('connect', (client) => {
        client.on('error', () => undefined);
        keepPlans(client);
      });
      opened.push(pool);
      return pool;
    },
    async close() {
      const ended = Promise.all(opened.filter((pool) => !pool.ending).map((pool) => pool.end()));
      // A query that never ends must not keep the process from ending.
      await Promise.race([ended, pause(closeMsMax, undefined, { ref: false })]);
    },
  };
}

import { sql } from 'kysely';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { Feature } from '../../platform/feature.ts';
import type { Log } from '../../platform/log.ts';
import { healthRoutes } from './health.routes.ts';

const answerMsMax = 1_500;

export interface HealthDeps {
  db: Db;
  clock: Clock;
  log: Log;
  version: string;
}

export function createHealth({ db, clock, log, version }: HealthDeps): { feature: Feature } {
  const startedMs = performance.now();
  let isStopping = false;
  const health = {
    live: () => ({
      status: 'ok' as const,
      timestamp: clock.now().toISOString(),
      version,
      service: 'multiwa-gateway-api',
      uptime: (performance.now() - startedMs) / 1000,
    }),
    /** Asks the database anew each time; no answer within the limit is the same as none at all. */
    async databaseAnswers(): Promise<boolean> {
      const { promise: tooLate, resolve } = Promise.withResolvers<boolean>();
      const timer = setTimeout(resolve, answerMsMax, false);
      const asked = sql`select 1`.execute(db).then(
        () => true,
        (error: unknown) => {
          log.warn({ err: error }, 'The database does not answer');
          return false;
        },
      );
      return Promise.race([asked, tooLate]).finally(() => clearTimeout(timer));
    },
    isStopping: () => isStopping,
    now: () => clock.now().toISOString(),
  };
  return {
    feature: {
      name: 'health',
      routes: (app) => healthRoutes(app, health),
      drain() {
        isStopping = true;
      },
    },
  };
}

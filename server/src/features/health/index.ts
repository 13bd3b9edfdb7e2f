import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/config.ts';
import { ping } from '../../platform/db/checks.ts';
import type { DatabaseCondition } from '../../platform/db/condition.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { exhaustedBy, exhaustedOf } from '../../platform/db/trouble.ts';
import type { Feature } from '../../platform/feature.ts';
import type { Log } from '../../platform/log.ts';
import { healthRoutes } from './health.routes.ts';

const answerMsMax = 1_500;
/** With less room than this on the disk of the folder something is about to fail. */
const roomMin = 1_000_000;

export interface HealthDeps {
  db: Db;
  condition: DatabaseCondition;
  config: Pick<Config, 'dataDir'>;
  clock: Clock;
  log: Log;
  version: string;
}

export function createHealth({ db, condition, config, clock, log, version }: HealthDeps): {
  feature: Feature;
} {
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
      const asked = ping(db).then(
        () => true,
        (error: unknown) => {
          log.warn({ err: error }, 'The database does not answer');
          return false;
        },
      );
      return Promise.race([asked, tooLate]).finally(() => clearTimeout(timer));
    },
    databaseTrouble: () => condition.trouble(),
    /** What keeps this server from storing files of its own. */
    async folderTrouble(): Promise<string | undefined> {
      try {
        await access(config.dataDir, constants.W_OK);
        const { bavail, bsize } = await statfs(config.dataDir);
        return bavail * bsize < roomMin ? exhaustedBy('ENOSPC') : undefined;
      } catch (error) {
        return exhaustedOf(error);
      }
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

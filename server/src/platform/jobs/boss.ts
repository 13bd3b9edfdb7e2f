import type { Pool, QueryResult } from 'pg';
import { type Db as BossDatabase, PgBoss } from 'pg-boss';
import { type Clock, daySeconds, hourSeconds } from '../clock.ts';
import type { Log } from '../log.ts';
import type { JobDefinition } from './define.ts';
import { schema, shortenStay } from './job-rows.store.ts';

/** A handler without a heartbeat for this long counts as dead, and another gets its job; pg-boss allows no less. */
const heartbeatSeconds = 10;
/** How often ended jobs that were kept long enough are deleted; pg-boss's default is once a day. */
export const maintenanceIntervalSeconds = 60;
/** How often it is asked whether a cron entry has come due, and whether one that has waits to be handed on. */
const cronSeconds = 15;

/** How often a running handler sends its heartbeat. */
export const touchMs = 3_000;

/**
 * The job store on a pool of our own. It does nothing by itself but the cron entries: when there is something to tidy,
 * the lookout says so. Its errors are logged and end nothing.
 */
export function createBoss({ pool, clock, log }: { pool: Pool; clock: Clock; log: Log }): PgBoss {
  const boss = new PgBoss({
    db: databaseOn(pool),
    schema,
    clock: {
      now: () => clock.now().getTime(),
      setTimeout: (deed, ms) => setTimeout(deed, ms),
      clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
      setInterval: (deed, ms) => setInterval(deed, ms),
      clearInterval: (timer) => clearInterval(timer as NodeJS.Timeout),
    },
    supervise: false,
    monitorIntervalSeconds: 1,
    maintenanceIntervalSeconds,
    cronMonitorIntervalSeconds: cronSeconds,
    cronWorkerIntervalSeconds: cronSeconds,
    // No job here waits for another one.
    flowIntervalSeconds: daySeconds,
    registerInstance: false,
    openTelemetry: { enabled: false },
  });
  boss.on('error', (error) => log.warn({ err: error }, 'The job store had an error; it goes on'));
  boss.on('warning', (warning) => log.debug({ warning }, 'The job store warns'));
  return boss;
}

function databaseOn(pool: Pool): BossDatabase {
  return {
    async executeSql(text, values) {
      const results: QueryResult | QueryResult[] = await pool.query(text, values as unknown[]);
      // Several statements in one text answer with one result each; pg-boss wants the rows of them all.
      return { rows: [results].flat().flatMap(({ rows }) => rows) };
    },
  };
}

/** Makes the queue of a definition, or updates an existing one to what the definition says now. */
async function ensureQueue(boss: PgBoss, definition: JobDefinition): Promise<void> {
  const options = {
    retryLimit: definition.attemptsMax - 1,
    retryDelay: definition.backoffSeconds,
    retryBackoff: true,
    retryDelayMax: hourSeconds,
    expireInSeconds: definition.timeoutSeconds,
    heartbeatSeconds,
    deleteAfterSeconds: definition.keepSeconds === undefined ? 3 * daySeconds : daySeconds,
    retentionSeconds: 365 * daySeconds,
    notify: true,
  };
  await boss.createQueue(definition.name, { ...options, policy: policyOf(definition) });
  await boss.updateQueue(definition.name, options);
}

/** As many of them ask at once as a small pool has connections: who waits for one on a busy machine waits in vain. */
const queuesAtOnce = 3;

/** Makes or updates the queues of all definitions. */
export async function ensureQueues(boss: PgBoss, definitions: readonly JobDefinition[]): Promise<void> {
  const rest = definitions.values();
  const lane = async () => {
    for (const definition of rest) await ensureQueue(boss, definition);
  };
  await Promise.all(Array.from({ length: queuesAtOnce }, lane));
}

/** Completes a job, unless it was given to another handler meanwhile. */
export async function completeJob(
  boss: PgBoss,
  { name, keepSeconds }: JobDefinition,
  attempt: { id: string; retryCount: number },
): Promise<void> {
  await boss.complete(name, attempt);
  if (keepSeconds === undefined) return;
  // The store keeps done and failed jobs equally long. When a node is killed before this line, the job stays longer.
  await boss.getDb().executeSql(shortenStay, [name, attempt.id, keepSeconds]);
}

/** With a once-key, and for every cron job: at most one job waits while one runs. */
function policyOf(definition: JobDefinition): 'stately' | 'standard' {
  return definition.onceKey || definition.cron ? 'stately' : 'standard';
}

/** Makes the cron entries that the definitions have, and removes all others. */
export async function ensureSchedules(boss: PgBoss, definitions: readonly JobDefinition[]): Promise<void> {
  const crons = new Map(definitions.flatMap(({ name, cron }) => (cron ? [[name, cron] as const] : [])));
  const existing = await boss.getSchedules();
  for (const { name } of existing) if (!crons.has(name)) await boss.unschedule(name);
  for (const [name, cron] of crons) {
    const isScheduled = existing.some((schedule) => schedule.name === name && schedule.cron === cron);
    if (!isScheduled) await boss.schedule(name, cron, {}, { tz: 'UTC' });
  }
}

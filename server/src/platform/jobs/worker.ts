import { setTimeout as pause } from 'node:timers/promises';
import type { Job, PgBoss } from 'pg-boss';
import { Check } from 'typebox/value';
import { coalesced } from '../concurrency/coalesced.ts';
import type { Log } from '../log.ts';
import { completeJob, touchMs } from './boss.ts';
import type { BoundJob } from './define.ts';
import type { Lookout } from './lookout.ts';

/** Does the jobs of one queue on this node. */
export interface Worker {
  /** There may be a job now. */
  poke(): void;
  /** Takes no more jobs, tells the running ones to stop, and hands back those that do not end in time. */
  stop(waitMs: number): Promise<void>;
}

/** Most jobs of one queue that run at the same time on one node. */
const atOnce = 8;
/** After a fetch that failed. */
const againMs = 1_000;

/**
 * Fetches jobs when it is told that there are some and a place is free, settles each one when its own deed ends, and
 * sends heartbeats while it runs. A settlement that comes after the job was given to another handler is ignored.
 */
export function startWorker(
  boss: PgBoss,
  { definition, deed }: BoundJob,
  { lookout, log }: { lookout: Lookout; log: Log },
): Worker {
  const { name, ofOneMax } = definition;
  const underWay = new Map<Job, { stop: AbortController; end: Promise<void> }>();
  let stopped = false;
  let failing = false;

  const fetch = coalesced(async () => {
    while (!stopped && underWay.size < atOnce) {
      const places = atOnce - underWay.size;
      const how = { batchSize: places, ...(ofOneMax && { groupConcurrency: ofOneMax }) };
      const jobs = await boss.fetch<object>(name, how).catch((error: unknown) => {
        if (!stopped && !failing) log.warn({ err: error, job: name }, 'Jobs could not be fetched; trying on');
        failing = true;
        lookout.within(againMs);
        return undefined;
      });
      if (!jobs) return;
      failing = false;
      for (const job of jobs) begin(job);
      // Behind those of one that has its share there may be others.
      if (jobs.length < places && !(ofOneMax && jobs.length > 0)) return;
    }
  });

  function begin(job: Job): void {
    const stop = new AbortController();
    const end = run(job, stop).finally(() => {
      underWay.delete(job);
      if (!stopped) void fetch();
    });
    underWay.set(job, { stop, end });
  }

  async function run(job: Job, stop: AbortController): Promise<void> {
    const attempt = { id: job.id, retryCount: job.retryCount };
    const timeout = AbortSignal.timeout(definition.timeoutSeconds * 1_000);
    try {
      if (!Check(definition.payload, job.data)) throw new Error('The payload is not what this job carries.');
      await deed(job.data as never, AbortSignal.any([stop.signal, timeout]));
      await completeJob(boss, definition, attempt);
    } catch (error) {
      log.warn({ err: error, job: name, jobId: job.id, attempt: job.retryCount + 1 }, 'A job failed');
      await boss
        .fail(name, attempt, { message: error instanceof Error ? error.message : String(error) })
        .catch((cause: unknown) => log.warn({ err: cause, job: name }, 'A job could not be settled'));
      // Only the store knows when it is to be tried again.
      lookout.look();
    }
  }

  async function touch(): Promise<void> {
    const attempts = [...underWay.keys()].map(({ id, retryCount }) => ({ id, retryCount }));
    if (attempts.length === 0) return;
    await boss
      .touch(name, attempts)
      .catch((error: unknown) => log.warn({ err: error, job: name }, 'Running jobs could not be renewed'));
  }

  const heartbeat = setInterval(() => void touch(), touchMs);
  return {
    poke: () => void fetch(),
    async stop(waitMs) {
      stopped = true;
      await fetch();
      for (const { stop } of underWay.values()) stop.abort();
      const all = Promise.all([...underWay.values()].map(({ end }) => end));
      await Promise.race([all, pause(waitMs, undefined, { ref: false })]);
      clearInterval(heartbeat);
      const attempts = [...underWay.keys()].map(({ id, retryCount }) => ({ id, retryCount }));
      if (attempts.length > 0)
        await boss.fail(name, attempts, { message: 'The server stopped.' }).catch(() => undefined);
    },
  };
}

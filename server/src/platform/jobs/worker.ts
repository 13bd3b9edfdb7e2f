import { setTimeout as pause } from 'node:timers/promises';
import type { Job, PgBoss } from 'pg-boss';
import { Check } from 'typebox/value';
import { coalesced } from '../concurrency/coalesced.ts';
import type { Log } from '../log.ts';
import { completeJob, touchMs } from './boss.ts';
import type { BoundJob } from './define.ts';

/** One queue's jobs on this node. */
export interface Worker {
  /** There may be a job now. */
  poke(): void;
  /** Takes no more, tells the deeds under way to stop, and hands back what does not end in time. */
  stop(waitMs: number): Promise<void>;
}

/** Jobs of one queue at work on one node. */
const atOnce = 8;
/** A delayed job begins at most this late. */
const pollMs = 400;

/**
 * Fetches as jobs become due and places become free, settles each job when its own deed ends, and says while
 * it runs that it lives. A settlement that comes after the job was given to another is ignored.
 */
export function startWorker(boss: PgBoss, { definition, deed }: BoundJob, log: Log): Worker {
  const { name } = definition;
  const underWay = new Map<Job, { stop: AbortController; done: Promise<void> }>();
  let stopped = false;
  let failing = false;

  const fetch = coalesced(async () => {
    while (!stopped && underWay.size < atOnce) {
      const wanted = atOnce - underWay.size;
      const jobs = await boss.fetch<object>(name, { batchSize: wanted }).catch((error: unknown) => {
        if (!stopped && !failing) log.warn({ err: error, job: name }, 'Jobs could not be fetched; trying on');
        failing = true;
        return undefined;
      });
      if (!jobs) return;
      failing = false;
      for (const job of jobs) begin(job);
      if (jobs.length < wanted) return;
    }
  });

  function begin(job: Job): void {
    const stop = new AbortController();
    const done = run(job, stop).finally(() => {
      underWay.delete(job);
      if (!stopped) void fetch();
    });
    underWay.set(job, { stop, done });
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
    }
  }

  async function touch(): Promise<void> {
    const attempts = [...underWay.keys()].map(({ id, retryCount }) => ({ id, retryCount }));
    if (attempts.length === 0) return;
    await boss
      .touch(name, attempts)
      .catch((error: unknown) => log.warn({ err: error, job: name }, 'Running jobs could not be renewed'));
  }

  const poll = setInterval(() => void fetch(), pollMs);
  const heartbeat = setInterval(() => void touch(), touchMs);
  void fetch();
  return {
    poke: () => void fetch(),
    async stop(waitMs) {
      stopped = true;
      clearInterval(poll);
      await fetch();
      for (const { stop } of underWay.values()) stop.abort();
      const all = Promise.all([...underWay.values()].map(({ done }) => done));
      await Promise.race([all, pause(waitMs, undefined, { ref: false })]);
      clearInterval(heartbeat);
      const left = [...underWay.keys()].map(({ id, retryCount }) => ({ id, retryCount }));
      if (left.length > 0)
        await boss.fail(name, left, { message: 'The server stopped.' }).catch(() => undefined);
    },
  };
}

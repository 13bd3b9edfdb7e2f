import { fromKysely } from 'pg-boss';
import type { Static, TSchema } from 'typebox';
import { type Clock, hourSeconds } from '../clock.ts';
import { notify } from '../db/channels.ts';
import type { Database } from '../db/connect.ts';
import { afterCommit, type Db, type Tx } from '../db/transaction.ts';
import type { Log } from '../log.ts';
import { createBoss, ensureQueues, ensureSchedules, maintenanceIntervalSeconds } from './boss.ts';
import type { BoundJob, JobDefinition } from './define.ts';
import { discardJobs, holdWaiting, jobsChannel, type QueueState, queueStates } from './job-rows.store.ts';
import { createLookout } from './lookout.ts';
import { startWorker, type Worker } from './worker.ts';

/** How features ask for work to be done later. */
export interface JobQueue {
  /**
   * Enqueues with the transaction: the job exists if and only if it commits. With `startAfter` it begins at that
   * moment, at most a second late. While a job with the same once-key waits, nothing is added, and that one begins when this
   * has committed. `whose` is the organisation it is for, where the definition says how many of one may run.
   */
  enqueue<Schema extends TSchema>(
    tx: Tx,
    definition: JobDefinition<Schema>,
    payload: Static<Schema>,
    options?: { startAfter?: Date; whose?: string },
  ): Promise<void>;
}
/** Forgets jobs for somebody who is being erased. */
export interface JobEraser {
  /** Deletes every job, waiting or done, that mentions one of these ids in what it carries or what came of it. */
  discard(tx: Db | Tx, ids: readonly string[]): Promise<void>;
}
export interface Jobs extends JobQueue, JobEraser {
  /**
   * Says who does what, before `start`.
   * @throws Error with a sentence when two jobs share a name, or one is enqueued that nobody does.
   */
  bind(bound: readonly BoundJob[], enqueued: readonly JobDefinition[]): void;
  /** Opens the queues and begins to work. */
  start(): Promise<void>;
  /** Waits a few seconds for running jobs and hands the others back to the queue. */
  stop(): Promise<void>;
}

const stopMsMax = 5_000;
const connections = 4;
/** How often the store looks after its indexes and statistics when it has nothing to clear away. */
const tidySecondsMax = hourSeconds;

export function createJobs(deps: { database: Database; clock: Clock; log: Log }): Jobs {
  const { database, clock, log } = deps;
  const pool = database.newPool(connections);
  const boss = createBoss({ pool, clock, log });
  const workers = new Map<string, Worker>();
  let bound: readonly BoundJob[] = [];
  let opened: Promise<void> | undefined;
  let unlisten: (() => Promise<void>) | undefined;
  const lookout = createLookout({
    async ask() {
      const values = [[...workers.keys()], maintenanceIntervalSeconds, tidySecondsMax];
      return (await pool.query<QueueState>(queueStates, values)).rows;
    },
    due: (name) => workers.get(name)?.poke(),
    tidy: () => boss.supervise(),
    log,
  });
  const told = (name: string) => (name === '' ? lookout.look() : workers.get(name)?.poke());

  return {
    async enqueue(tx, definition, payload, { startAfter, whose } = {}) {
      if (!opened)
        throw new Error(`The job ${definition.name} was enqueued before the job queues were opened.`);
      if (definition.ofOneMax && !whose)
        throw new Error(`Nobody says whose job this is: ${definition.name}.`);
      await opened;
      const { name } = definition;
      const key = definition.onceKey?.(payload);
      const send = () =>
        boss.send(name, payload as object, {
          db: fromKysely(tx),
          ...(startAfter && { startAfter: onRealClock(startAfter, clock) }),
          ...(key !== undefined && { singletonKey: key }),
          ...(whose !== undefined && { group: { id: whose } }),
        });
      // One that waits must not begin before this commits: it would know nothing of it, and none would come after it. When
      // none waits any more, there is room for this one.
      for (let added = await send(); key !== undefined && added === null; added = await send())
        if (await holdWaiting(tx, name, key)) break;
      // One that may begin at once tells so itself, with the commit.
      if (startAfter) afterCommit(tx, () => lookout.within(startAfter.getTime() - clock.now().getTime()));
    },

    async discard(tx, ids) {
      await opened;
      await discardJobs(tx, ids);
    },

    bind(boundJobs, enqueued) {
      assertBound(boundJobs, enqueued);
      bound = boundJobs;
    },

    async start() {
      const definitions = bound.map(({ definition }) => definition);
      opened = boss.start().then(async () => {
        await ensureQueues(boss, definitions);
        await ensureSchedules(boss, definitions);
      });
      await opened;
      for (const job of bound) workers.set(job.definition.name, startWorker(boss, job, { lookout, log }));
      if (bound.length === 0) return;
      unlisten = await database.listen(jobsChannel, told, { onReconnect: lookout.look });
      lookout.look();
    },

    async stop() {
      await opened?.catch(() => undefined);
      await unlisten?.();
      await lookout.stop();
      await Promise.all([...workers.values()].map((worker) => worker.stop(stopMsMax)));
      // What was handed back is for the other nodes.
      if (workers.size > 0) await notify(database.db, jobsChannel).catch(() => undefined);
      workers.clear();
      await boss.stop({ graceful: false, close: false });
      await pool.end();
    },
  };
}

/** The store compares with the database's clock, which tests do not turn: what must stay the same is the wait. */
function onRealClock(moment: Date, clock: Clock): Date {
  return new Date(Date.now() + moment.getTime() - clock.now().getTime());
}

function assertBound(bound: readonly BoundJob[], enqueued: readonly JobDefinition[]): void {
  const names = bound.map(({ definition }) => definition.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new Error(`Two jobs are called '${twice}'. A name is a queue of its own: rename one.`);
  const orphan = enqueued.find((definition) => !names.includes(definition.name));
  if (orphan) {
    throw new Error(
      `The job '${orphan.name}' is enqueued but nobody does it: bind it with .runs(…) in a feature's jobs.`,
    );
  }
  const wild = enqueued.find(
    ({ payload }) => !bound.some(({ definition }) => definition.payload === payload),
  );
  if (wild) throw new Error(`The job '${wild.name}' is enqueued from another definition than the one bound.`);
}

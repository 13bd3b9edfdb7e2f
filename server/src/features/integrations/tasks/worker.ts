import { type Clock, dayMs, later, minuteMs } from '../../../platform/clock.ts';
import type { Db } from '../../../platform/db/transaction.ts';
import { inTransaction } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import type { JobDefinition } from '../../../platform/jobs/define.ts';
import type { JobQueue } from '../../../platform/jobs/jobs.ts';
import type { Log } from '../../../platform/log.ts';
import { CallFailed } from '../call.ts';
import type { EffectiveSettings, SettingsByKind } from '../settings/effective.ts';
import type { IntegrationStore, Kind } from '../settings/integrations.store.ts';
import type { Lane, TaskRow, TaskStore } from './tasks.store.ts';

/** What is done about one task; whatever it writes of its own also deletes the task, in one transaction, or runs twice. */
export type Deed<Of extends Kind> = (task: TaskRow, settings: SettingsByKind[Of]) => Promise<void>;

/** Lanes of one organisation that are worked on at the same time: a program that hangs holds up its own people only. */
const lanesMax = 4;
const elsewhereMs = 1_000;
const retryMsFirst = 1_000;
const retryMsMax = 5 * minuteMs;
const hopelessMs = 3 * dayMs;
const errorLengthMax = 500;

/**
 * Does the tasks of a lane one after the other. What fails for a passing reason waits, longer each time, for three days at
 * most, and all behind it; what is refused for good is left out, and the state of the integration says why.
 */
export function createWorker<Of extends Kind>(deps: {
  kind: Of;
  job: JobDefinition;
  db: Db;
  clock: Clock;
  log: Log;
  jobs: JobQueue;
  tasks: TaskStore;
  store: IntegrationStore;
  effective: EffectiveSettings;
  deed: Deed<Of>;
  /** How long something may be tried. */
  hopelessMs?: number;
}) {
  const { kind, db, clock, tasks, store } = deps;
  const underWay = new Map<string, number>();

  const again = (lane: Lane, startAfter: Date) =>
    inTransaction(db, (tx) =>
      deps.jobs.enqueue(
        tx,
        deps.job,
        { organizationId: lane.organizationId, lane: lane.lane },
        { startAfter },
      ),
    );

  /** Whether the lane goes on. */
  async function settle(task: TaskRow, error: unknown): Promise<boolean> {
    const { organization_id: organizationId, seq, attempts } = task;
    const says = (error instanceof Error ? error.message : String(error)).slice(0, errorLengthMax);
    await store.failed(organizationId, kind, says, clock.now());
    const isOurs = error instanceof Failure && error.status < 500;
    const isRefused = error instanceof CallFailed && !error.isPassing;
    const age = clock.now().getTime() - task.created_at.getTime();
    if (isOurs || isRefused || age > (deps.hopelessMs ?? hopelessMs)) {
      deps.log.warn(
        { err: error, kind, organizationId, task: task.task },
        'A task of an integration was left out',
      );
      await tasks.done(db, seq);
      return true;
    }
    deps.log.info(
      { err: error, kind, organizationId, task: task.task, attempts },
      'A task of an integration waits',
    );
    const dueAt = later(clock.now(), Math.min(retryMsFirst * 2 ** Math.min(attempts, 20), retryMsMax));
    await inTransaction(db, (tx) => tasks.later(tx, seq, dueAt));
    await again({ organizationId, lane: task.lane }, dueAt);
    return false;
  }

  async function drain(lane: Lane, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const task = await tasks.first(kind, lane);
      if (!task) return;
      if (task.due_at > clock.now()) return again(lane, task.due_at);
      const { settings } = await deps.effective.of(lane.organizationId, kind);
      if (!settings?.enabled) return tasks.done(db, task.seq);
      await tasks.begin(task.seq);
      try {
        await deps.deed(task, settings);
        await tasks.done(db, task.seq);
        await store.succeeded(lane.organizationId, kind, clock.now());
      } catch (error) {
        if (!(await settle(task, error))) return;
      }
    }
  }

  return async (lane: Lane, signal: AbortSignal): Promise<void> => {
    const count = underWay.get(lane.organizationId) ?? 0;
    if (count >= lanesMax) return again(lane, later(clock.now(), elsewhereMs));
    underWay.set(lane.organizationId, count + 1);
    try {
      await drain(lane, signal);
    } finally {
      const left = (underWay.get(lane.organizationId) ?? 1) - 1;
      if (left > 0) underWay.set(lane.organizationId, left);
      else underWay.delete(lane.organizationId);
    }
  };
}

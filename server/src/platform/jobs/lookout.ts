import { coalesced } from '../concurrency/coalesced.ts';
import type { Log } from '../log.ts';
import type { QueueState } from './job-rows.store.ts';

/** Knows when there is next something to do in any queue, so that nobody asks all the time. */
export interface Lookout {
  /** Something may have changed: looks now. */
  look(): void;
  /** Looks in so many milliseconds, if not before. */
  within(ms: number): void;
  stop(): Promise<void>;
}

/**
 * Words between nodes get lost, so every queue is looked at after this long at the latest. Not longer than a
 * handler may be silent: so its death is known before it is due.
 */
const lookMs = 10_000;
const againMs = 1_000;
/** Timers may fire a little before their time by the database's clock. */
const earlyMs = 2;

/**
 * One statement asks for the state of all queues: which have a job that is due, when the next ones become due, when a
 * handler that stays silent counts as dead, and when ended jobs are to be cleared away.
 */
export function createLookout(deps: {
  ask: () => Promise<QueueState[]>;
  /** This queue has a job that is due. */
  due: (name: string) => void;
  /** Takes jobs from dead handlers and clears ended ones away. */
  tidy: () => Promise<void>;
  log: Log;
}): Lookout {
  const { ask, due, tidy, log } = deps;
  let timer: NodeJS.Timeout | undefined;
  let wakesAtMs = Number.POSITIVE_INFINITY;
  let stopped = false;
  let failing = false;

  const look = coalesced(async () => {
    if (stopped) return;
    wakesAtMs = Number.POSITIVE_INFINITY;
    try {
      let queues = await asked();
      if (earliest(queues.map((queue) => queue.tidyInMs)) <= 0 && !stopped) {
        await tidy();
        queues = await asked();
      }
      const tidyInMs = earliest(queues.map((queue) => queue.tidyInMs));
      // What could not be tidied (another node is at it) must not be asked for without a rest.
      within(tidyInMs > 0 ? tidyInMs + earlyMs : againMs);
      within(earliest(queues.map((queue) => queue.nextInMs)) + earlyMs);
      failing = false;
    } catch (error) {
      if (!failing && !stopped) log.warn({ err: error }, 'The job queues could not be looked at; trying on');
      failing = true;
      within(againMs);
    }
  });

  async function asked(): Promise<QueueState[]> {
    const queues = await ask();
    for (const { name, hasDue } of queues) if (hasDue) due(name);
    return queues;
  }

  function within(ms: number): void {
    const waitMs = Math.min(ms, lookMs);
    const atMs = performance.now() + waitMs;
    if (stopped || atMs >= wakesAtMs) return;
    wakesAtMs = atMs;
    clearTimeout(timer);
    timer = setTimeout(() => void look(), waitMs);
  }

  return {
    look: () => void look(),
    within,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await look();
    },
  };
}

function earliest(moments: readonly (number | null)[]): number {
  return Math.min(...moments.filter((ms) => ms !== null));
}

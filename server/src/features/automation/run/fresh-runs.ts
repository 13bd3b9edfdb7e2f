import type { Around } from './chats.store.ts';

/** A run whose turn it is, as this process has just started it or given it an answer. */
export interface FreshRun {
  id: string;
  /** Runs of one chat follow each other. */
  chat: string;
  /** What was found around the message that started it, where nothing can have changed since. */
  around?: Around;
}

const atOnce = 4;
/** More than that is looked for like what other nodes have started. */
const waitingMax = 500;

/**
 * Goes on with runs that begin in this process as soon as their start is durable, without asking which runs are due. What it
 * can't do is left to the look at all runs: those of another node, or behind one that is under way.
 */
export function createFreshRuns(deps: {
  /** Does what the run can do now; answers whether that was anything. */
  goOn(run: FreshRun): Promise<boolean>;
  /** Looks at all that is due. */
  look(): void;
  failed(error: unknown): void;
}) {
  const waiting: FreshRun[][] = [];
  const working = new Set<Promise<void>>();
  let isStopped = false;

  async function work(): Promise<void> {
    for (let runs = waiting.shift(); runs; runs = waiting.shift()) {
      try {
        for (const run of runs) if (!(await deps.goOn(run))) deps.look();
      } catch (error) {
        deps.failed(error);
        deps.look();
      }
    }
  }

  return {
    begin(runs: readonly FreshRun[]): void {
      if (isStopped || waiting.length >= waitingMax) {
        deps.look();
        return;
      }
      waiting.push(...Map.groupBy(runs, ({ chat }) => chat).values());
      while (working.size < atOnce && waiting.length > 0) {
        const worker: Promise<void> = work().finally(() => working.delete(worker));
        working.add(worker);
      }
    },

    /** What is under way is waited for; the rest is found at the next start. */
    async stop(): Promise<void> {
      isStopped = true;
      waiting.length = 0;
      await Promise.all(working);
    },
  };
}

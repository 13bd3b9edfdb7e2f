import { setTimeout as pause } from 'node:timers/promises';
import { EngineBusy, EngineGone, EngineRefusal } from '../../../engines/port.ts';
import { dayMs } from '../../../platform/clock.ts';
import type { Log } from '../../../platform/log.ts';
import type { Live } from '../../profiles/index.ts';

const batchMax = 50;
const attemptsMax = 4;
/** Wait before an attempt after one that the connection did not carry through. */
const goneWaitMs = 500;
/** Waits before one is tried again that WhatsApp failed to take. */
const failureWaitsMs = [1000, 2000, 4000];
/** When WhatsApp asks for less and does not say how long, and at most. */
const [busyMs, busyMsMax] = [30_000, dayMs];
/** While some wait, for their message or for the end of a pause, they are looked at so often, at first and at last. */
const [lookMsMin, lookMsMax] = [1000, 30_000];

/** One for each connection. */
interface Run {
  again: boolean;
  /** Ends its rest. */
  wake: AbortController;
  /** WhatsApp asked for less: nothing more before then, in milliseconds of this process. */
  notBeforeMs: number;
}

/** What became of something that was to be told to the network. */
export type Outcome = { status: 'sent' } | { status: 'failed' | 'expired'; code: string; reason: string };

export const failed = (code: string, reason: string): Outcome => ({ status: 'failed', code, reason });

/** A queue beside that of messages: little, and in order. */
export interface Queue<Item> {
  /** What it holds, for the log. */
  what: string;
  /** The oldest that can go now, of the lease of this connection. */
  due(live: Live, limit: number): Promise<Item[]>;
  areWaiting(profileId: string): Promise<boolean>;
  /** What goes one after the other. */
  laneOf(item: Item): string;
  /** The pause after one. */
  delayMsOf(item: Item): number;
  /** @throws EngineRefusal, EngineBusy, EngineGone */
  attempt(live: Live, item: Item): Promise<Outcome>;
  settle(live: Live, item: Item, outcome: Outcome): Promise<void>;
}

/**
 * Works off a queue of each profile through its connection: in order within a lane, until nothing waits. After a crash the
 * same is sent again under its id, which the network drops.
 */
export function createRunner<Item>(queue: Queue<Item>, { log }: { log: Log }) {
  const running = new WeakMap<Live, Run>();

  /** What became of it, or undefined when it has to wait. */
  async function perform(live: Live, item: Item, run: Run): Promise<Outcome | undefined> {
    let failures = 0;
    for (let tries = 1; !live.ended.aborted; ) {
      try {
        return await queue.attempt(live, item);
      } catch (error) {
        if (live.ended.aborted) return undefined;
        if (error instanceof EngineBusy) {
          run.notBeforeMs = performance.now() + Math.min(error.retryAfterMs ?? busyMs, busyMsMax);
          return undefined;
        }
        if (error instanceof EngineRefusal) {
          const waitMs = error.code >= 500 ? failureWaitsMs[failures++] : undefined;
          if (waitMs === undefined) return failed(`REFUSED_${error.code}`, error.message);
          await pause(waitMs, undefined, { signal: live.ended }).catch(() => undefined);
          continue;
        }
        if (!(error instanceof EngineGone)) throw error;
        if (++tries > attemptsMax) return failed('NO_ACK', "WhatsApp's server never acknowledged it.");
        // A connection that has broken is told of within this time: then the next one does it.
        await pause(goneWaitMs, undefined, { signal: live.ended }).catch(() => undefined);
      }
    }
    return undefined;
  }

  /** One after the other; answers whether all are decided. */
  async function drain(live: Live, items: Item[], run: Run): Promise<boolean> {
    for (const item of items) {
      const outcome = await perform(live, item, run);
      if (!outcome) return false;
      await queue.settle(live, item, outcome);
      const delayMs = queue.delayMsOf(item);
      if (delayMs > 0) await pause(delayMs, undefined, { signal: live.ended }).catch(() => undefined);
    }
    return true;
  }

  async function flush(live: Live, run: Run): Promise<void> {
    while (!live.ended.aborted && performance.now() >= run.notBeforeMs) {
      const due = await queue.due(live, batchMax);
      if (due.length === 0) return;
      const lanes = Map.groupBy(due, queue.laneOf);
      const done = await Promise.all([...lanes.values()].map((lane) => drain(live, lane, run)));
      if (done.includes(false)) return;
    }
  }

  /** Until nothing waits or the connection ends. */
  async function follow(live: Live, run: Run): Promise<void> {
    for (let waitMs = lookMsMin; !live.ended.aborted; waitMs = Math.min(waitMs * 2, lookMsMax)) {
      run.again = false;
      run.wake = new AbortController();
      await flush(live, run);
      if (run.again) waitMs = lookMsMin;
      else if (await queue.areWaiting(live.profileId)) {
        const signal = AbortSignal.any([live.ended, run.wake.signal]);
        const restMs = Math.max(waitMs, run.notBeforeMs - performance.now());
        await pause(restMs, undefined, { signal }).catch(() => undefined);
      } else return;
    }
  }

  /** There may be something to do through this connection. */
  return function run(live: Live): void {
    const under = running.get(live);
    if (under) {
      under.again = true;
      under.wake.abort();
      return;
    }
    const fresh: Run = { again: false, wake: new AbortController(), notBeforeMs: 0 };
    running.set(live, fresh);
    follow(live, fresh)
      .catch(async (error: unknown) => {
        if (live.ended.aborted) return;
        log.warn({ err: error, profileId: live.profileId }, `${queue.what} wait`);
        fresh.again = true;
        await pause(lookMsMin, undefined, { signal: live.ended }).catch(() => undefined);
      })
      .finally(() => {
        running.delete(live);
        if (fresh.again && !live.ended.aborted) run(live);
      });
  };
}

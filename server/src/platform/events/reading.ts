import { setTimeout as pause } from 'node:timers/promises';
import { coalesced } from '../concurrency/coalesced.ts';
import type { Db } from '../db/transaction.ts';
import { inTransaction } from '../db/transaction.ts';
import type { EventReader } from '../feature.ts';
import type { Log } from '../log.ts';
import { claimCursor, moveCursor } from './cursors.store.ts';
import type { RecordedEvent } from './define.ts';
import type { RecentEvents } from './recent.ts';

export const batchMax = 200;
/** Batches of one reader begin at least this far apart: under load a batch carries several events. */
const restMs = 5;
/** A cursor that passes events of no interest is written down this often. */
const lazyMoveMs = 1_000;
const retryMsFirst = 100;
const retryMsMax = 5_000;

/** A reader at work: `wake` says that there is something new; `stop` waits for the batch under way. */
export interface Reading {
  wake(): void;
  stop(): Promise<void>;
}

/** Reads in memory from a position on; what a failed handler was given is not told again. */
export function tail(options: {
  name: string;
  from: number;
  recent: RecentEvents;
  log: Log;
  handler: (events: RecordedEvent[]) => Promise<void> | void;
}): Reading {
  const { name, recent, log, handler } = options;
  let position = options.from;
  return reading(name, log, async () => {
    const events = await recent.after(position, batchMax);
    const last = events.at(-1);
    if (!last) return false;
    position = last.position;
    try {
      await handler(events);
    } catch (error) {
      log.error({ err: error, reader: name, position }, 'A listener to events failed');
    }
    return true;
  });
}

/**
 * Reads with a cursor in the database, which moves in the reader's own transaction: its work and the step
 * are committed together or not at all. Of several nodes one reads at a time.
 */
export function durable(options: { reader: EventReader; db: Db; recent: RecentEvents; log: Log }): Reading {
  const { reader, db, recent, log } = options;
  /** Where the cursor was last seen. It only moves forward, so nothing behind it means nothing to do. */
  let seen = -1;
  /** How far we have looked: up to here nothing behind the cursor concerned the reader. */
  let looked = -1;
  let movedAtMs = 0;

  /** Moves the cursor to `to`, with the reader's work if there is any; answers where it is then. */
  async function move(to: number, events: RecordedEvent[]): Promise<number | undefined> {
    movedAtMs = performance.now();
    return inTransaction(db, async (tx) => {
      const position = await claimCursor(tx, reader.name);
      if (position !== seen) return position;
      if (events.length > 0) await reader.read(events, tx);
      await moveCursor(tx, reader.name, to);
      return to;
    });
  }

  return reading(reader.name, log, async () => {
    if (seen < 0) {
      const cursor = await move(seen, []);
      if (cursor === undefined) return false;
      seen = cursor;
      looked = cursor;
    }
    // Before the transaction: with one connection in hand, waiting for another could wait for itself.
    const events = await recent.after(looked, batchMax);
    const last = events.at(-1);
    if (!last) return false;
    const concerned = !reader.concerns || (await reader.concerns(events));
    if (!concerned) {
      looked = last.position;
      if (performance.now() - movedAtMs < lazyMoveMs) return true;
    }
    const cursor = await move(last.position, concerned ? events : []);
    if (cursor === undefined || cursor === seen) return false;
    // Where another node has moved it, reading goes on from there.
    if (cursor !== last.position) reader.passed?.();
    seen = cursor;
    looked = concerned ? cursor : Math.max(cursor, looked);
    return true;
  });
}

/** Steps until a step finds nothing; a step that fails is tried again with growing pauses, for ever. */
function reading(name: string, log: Log, step: () => Promise<boolean>): Reading {
  const stopping = new AbortController();
  const rest = (ms: number) => pause(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  let failures = 0;
  const work = coalesced(async () => {
    while (!stopping.signal.aborted) {
      const startedAt = performance.now();
      try {
        const more = await step();
        failures = 0;
        if (!more) return;
      } catch (error) {
        log.error({ err: error, reader: name, failures }, 'A reader of events failed; it will try again');
        await rest(Math.min(retryMsFirst * 2 ** failures++, retryMsMax));
      }
      const restLeftMs = restMs - (performance.now() - startedAt);
      if (restLeftMs > 0) await rest(restLeftMs);
    }
  });
  return {
    wake: () => void work(),
    async stop() {
      stopping.abort();
      await work();
    },
  };
}

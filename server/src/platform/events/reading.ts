import { setTimeout as pause } from 'node:timers/promises';
import { coalesced } from '../concurrency/coalesced.ts';
import type { Db } from '../db/transaction.ts';
import { inTransaction } from '../db/transaction.ts';
import type { EventReader } from '../feature.ts';
import type { Log } from '../log.ts';
import { claimCursor, cursorAt, moveCursor, moveIfAt, moveWith } from './cursors.store.ts';
import type { RecordedEvent } from './define.ts';
import type { RecentEvents } from './recent.ts';

export const batchMax = 200;
/** Batches of one reader begin at least this far apart: under load a batch carries several events. */
const restMs = 5;
/** While events do not concern the reader, its cursor is stored this often. */
const lazyMoveMs = 1_000;
const retryMsFirst = 100;
const retryMsMax = 5_000;

/** A reader at work: `wake` says that there is something new; `stop` waits for the batch under way. */
export interface Reading {
  wake(): void;
  stop(): Promise<void>;
}

/** Reads in memory from a position on; events whose handler failed do not come again. */
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
  /** The cursor as it was last read; -1 before. It only moves forward, so no event behind it means nothing to do. */
  let lastCursor = -1;
  /** Events behind the cursor and up to here have been looked at: none concerned the reader. */
  let looked = -1;
  let movedAtMs = 0;

  /** Where the cursor is, when it is not where it was read last; undefined when it is, so that another node has it. */
  async function elsewhere(): Promise<number | undefined> {
    const position = await cursorAt(db, reader.name);
    return position === lastCursor ? undefined : position;
  }

  /** Moves the cursor to `to`, with the reader's work; answers where it is then. */
  async function move(to: number, events: RecordedEvent[]): Promise<number | undefined> {
    movedAtMs = performance.now();
    return inTransaction(db, async (tx) => {
      const position = await claimCursor(tx, reader.name);
      if (position !== lastCursor) return position;
      await reader.read?.(events, tx);
      await moveCursor(tx, reader.name, to);
      return to;
    });
  }

  /** The same where there is no work. */
  async function moveOnly(to: number): Promise<number | undefined> {
    movedAtMs = performance.now();
    const moved = await moveIfAt(db, { reader: reader.name, from: lastCursor, to });
    return moved ? to : elsewhere();
  }

  /** The same in one statement, for a reader that can. */
  async function moveAtOnce(to: number, events: RecordedEvent[]): Promise<number | undefined> {
    const work = await reader.readAtOnce?.(events);
    if (!work) return moveOnly(to);
    movedAtMs = performance.now();
    try {
      const made = await moveWith(db, { reader: reader.name, from: lastCursor, to, work });
      if (made) {
        work.done(made);
        return to;
      }
    } catch (error) {
      work.failed();
      throw error;
    }
    return elsewhere();
  }

  const step = async () => {
    if (lastCursor < 0) {
      const cursor = await cursorAt(db, reader.name);
      if (cursor === undefined) return false;
      lastCursor = cursor;
      looked = cursor;
    }
    // Before the transaction: if every reader held a connection and waited for another one, none would get it.
    const events = await recent.after(looked, batchMax);
    const last = events.at(-1);
    if (!last) return false;
    const concerned = !reader.concerns || (await reader.concerns(events));
    if (!concerned) {
      looked = last.position;
      if (performance.now() - movedAtMs < lazyMoveMs) return true;
    }
    const cursor = await (!concerned
      ? moveOnly(last.position)
      : reader.readAtOnce
        ? moveAtOnce(last.position, events)
        : move(last.position, events));
    if (cursor === undefined || cursor === lastCursor) return false;
    // Where another node has moved it, reading goes on from there.
    if (cursor !== last.position) reader.passed?.();
    lastCursor = cursor;
    looked = concerned ? cursor : Math.max(cursor, looked);
    return true;
  };
  return reading(reader.name, log, step, reader.restMs);
}

/** Repeats the step until it finds nothing. A step that fails is repeated with growing pauses, without end. */
function reading(name: string, log: Log, step: () => Promise<boolean>, apartMs: number = restMs): Reading {
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
      const restLeftMs = apartMs - (performance.now() - startedAt);
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

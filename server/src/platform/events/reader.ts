import type { Reach } from '../actor.ts';
import type { Database } from '../db/connect.ts';
import { Failure } from '../failures.ts';
import type { EventReader } from '../feature.ts';
import type { Log } from '../log.ts';
import { addCursor } from './cursors.store.ts';
import type { RecordedEvent } from './define.ts';
import { eventsWanted, keptAfter, lastPosition } from './events.store.ts';
import { headWithAllRecorded } from './head.ts';
import { durable, type Reading, tail } from './reading.ts';
import { createRecentEvents } from './recent.ts';
import { numberedChannel } from './relay.sql.ts';

export interface PageQuery {
  organizationId: string;
  profileId?: string | undefined;
  /** Exact event names; all when absent. */
  names?: readonly string[] | undefined;
  /** Further names that count for profiles within a reach only. */
  narrower?: readonly { names: readonly string[]; reach: Reach }[];
  /** The cursor of the page before; 0 for the oldest event that is kept. */
  after: number;
  limit: number;
}
export interface Page {
  events: RecordedEvent[];
  /** Where the next page begins, also when this one is empty. */
  cursor: number;
  hasMore: boolean;
}

/** The numbered events: followed in this process, read with a durable cursor, or listed in pages. */
export interface EventLog {
  /** Calls the handler with every event numbered from now on, in order, in this process; answers how to stop. */
  tail(name: string, handler: (events: RecordedEvent[]) => Promise<void> | void): () => Promise<void>;
  /**
   * Events of one organisation behind a cursor. Who has seen a change finds its event here: what was recorded before the
   * question is waited for until it has its number.
   * @throws Failure CURSOR_GONE when events behind the cursor were removed for their age. Events that were removed
   *   with a deleted profile or organisation do not count.
   */
  page(query: PageQuery): Promise<Page>;
  /** Events of all organisations behind a position, without a query; undefined when this process has not all of them. */
  inMemory(position: number): { events: RecordedEvent[]; upTo: number } | undefined;
  lastPosition(): Promise<number>;
  /** Where the next page begins, behind everything that was recorded before. */
  head(): Promise<number>;
  /** Events up to here were removed for their age. */
  keptAfter(): Promise<number>;
  /**
   * Events that this process numbers at this moment, one batch after the other; wakes the readers without asking the
   * database.
   */
  offer(batch: Promise<RecordedEvent[]>): void;
  /** Begins the readers, each behind its own cursor; a new reader begins with the next event. */
  start(readers: readonly EventReader[]): Promise<void>;
  stop(): Promise<void>;
}

/** A notification may get lost, so the newest position is also asked for; a lost connection says so by itself. */
const safetyPollMs = 10_000;

export async function createEventLog({ database, log }: { database: Database; log: Log }): Promise<EventLog> {
  const { db } = database;
  let newest = await lastPosition(db);
  const recent = createRecentEvents(db, newest, () => newest);
  const readings = new Set<Reading>();
  let poll: NodeJS.Timeout | undefined;
  let unlisten: (() => Promise<void>) | undefined;
  /** Ends, and never fails, with the batch that was offered last. */
  let offered: Promise<void> | undefined;

  function wake(): void {
    for (const reading of readings) reading.wake();
  }

  return {
    inMemory: recent.inMemory,
    lastPosition: () => lastPosition(db),
    head: () => headWithAllRecorded(db),
    keptAfter: () => keptAfter(db),
    tail(name, handler) {
      const reading = tail({ name, from: newest, recent, log, handler });
      readings.add(reading);
      return async () => {
        readings.delete(reading);
        await reading.stop();
      };
    },
    offer(batch) {
      // Where the answer is lost the batch may be numbered all the same; then the notification tells of it.
      offered = batch.then(
        (events) => {
          recent.offer(events);
          newest = Math.max(newest, events.at(-1)?.position ?? 0);
          if (events.length > 0) wake();
        },
        () => undefined,
      );
    },
    async page({ organizationId, profileId, names, narrower = [], after, limit }) {
      // The head first: what is numbered meanwhile belongs to the next page.
      const head = await headWithAllRecorded(db);
      if (after > head)
        throw new Failure('CURSOR_GONE', { says: 'This cursor is ahead of the newest event.' });
      const selection = { organizationId, profileId, names, narrower, after, upTo: head };
      const rows = await eventsWanted(db, selection, limit + 1);
      // After the page was read: what was purged meanwhile must not be missing from it without an error.
      if (after > 0 && after < (await keptAfter(db))) throw new Failure('CURSOR_GONE');
      const hasMore = rows.length > limit;
      const events = rows.slice(0, limit);
      return { events, cursor: hasMore ? (events.at(-1)?.position ?? head) : head, hasMore };
    },
    async start(readers) {
      assertUnique(readers);
      const head = await lastPosition(db);
      for (const reader of readers) {
        await addCursor(db, reader.name, head);
        readings.add(durable({ reader, db, recent, log }));
      }
      // Mostly it is the batch under way, heard on another connection before its own answer.
      const onNumbered = async (payload: string) => {
        await offered;
        const position = Number(payload);
        if (position <= newest) return;
        newest = position;
        wake();
      };
      const look = () =>
        lastPosition(db).then(
          (position) => {
            newest = Math.max(newest, position);
            wake();
          },
          (error: unknown) => log.debug({ err: error }, 'The newest position could not be read'),
        );
      unlisten = await database.listen(numberedChannel, (payload) => void onNumbered(payload), {
        onReconnect: () => void look(),
      });
      poll = setInterval(() => void look(), safetyPollMs);
      wake();
    },
    async stop() {
      clearInterval(poll);
      await unlisten?.();
      await Promise.all([...readings].map((reading) => reading.stop()));
      readings.clear();
    },
  };
}

function assertUnique(readers: readonly EventReader[]): void {
  const names = readers.map((reader) => reader.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice)
    throw new Error(`Two readers are called '${twice}'; a cursor belongs to one reader. Rename one.`);
}

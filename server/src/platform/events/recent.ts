import type { Db } from '../db/transaction.ts';
import type { RecordedEvent } from './define.ts';
import { eventsBehind } from './events.store.ts';

const keptMax = 1_000;

/** The newest events in memory, once for all readers of this process, so that ten readers cost one query. */
export interface RecentEvents {
  /** Events behind a position in order, at most `limit`; empty when there are none yet. */
  after(position: number, limit: number): Promise<RecordedEvent[]>;
  /** Events behind a position up to the newest in memory; undefined when some of them are not there. */
  inMemory(position: number): { events: RecordedEvent[]; upTo: number } | undefined;
  /** Events just numbered in this process; ignored when they do not continue the stretch in memory. */
  offer(events: RecordedEvent[]): void;
}

/**
 * Keeps one stretch `(from, to]` of the log without gaps. `newest` answers the newest position this process knows of: a
 * reader that has come so far needs no query.
 */
export function createRecentEvents(db: Db, from: number, newest: () => number): RecentEvents {
  let stretch: RecordedEvent[] = [];
  let to = from;
  let fetching: Promise<void> | undefined;

  function append(events: RecordedEvent[]): void {
    const first = events.findIndex((event) => event.position > to);
    if (first < 0) return;
    stretch.push(...events.slice(first));
    if (stretch.length > keptMax) stretch = stretch.slice(-keptMax);
    from = (stretch[0]?.position ?? 1) - 1;
    to = stretch.at(-1)?.position ?? to;
  }

  function slice(position: number, limit: number): RecordedEvent[] {
    let [low, high] = [0, stretch.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((stretch[middle]?.position ?? 0) > position) high = middle;
      else low = middle + 1;
    }
    return stretch.slice(low, low + limit);
  }

  return {
    async after(position, limit) {
      if (position < from || position > to) return eventsBehind(db, position, limit);
      if (position === to && newest() <= to) return [];
      if (position === to) {
        fetching ??= eventsBehind(db, to, keptMax / 2)
          .then(append)
          .finally(() => {
            fetching = undefined;
          });
        await fetching;
        // The shared fetch may have moved the stretch on, past this reader.
        if (position < from) return eventsBehind(db, position, limit);
      }
      return slice(position, limit);
    },
    inMemory(position) {
      if (position < from || position > to) return undefined;
      return { events: slice(position, stretch.length), upTo: to };
    },
    offer(events) {
      if (events[0]?.position === to + 1) append(events);
    },
  };
}

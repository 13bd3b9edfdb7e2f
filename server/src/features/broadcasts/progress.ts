import type { Db } from '../../platform/db/transaction.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Log } from '../../platform/log.ts';
import { broadcastEvents, eventOf } from './broadcasts.events.ts';
import type { BroadcastStore } from './broadcasts.store.ts';
import { countsOf } from './count/counters.store.ts';

const tellMs = 1_000;

/** Tells how far campaigns have come: at once, then once a second as long as something changes. */
export function createProgress(deps: { db: Db; log: Log; store: BroadcastStore; events: EventRecorder }) {
  const { db, log, store, events } = deps;
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let lastMs = Number.NEGATIVE_INFINITY;
  let isStopped = false;

  async function tell(): Promise<void> {
    const ids = [...changed];
    changed.clear();
    timer = undefined;
    lastMs = performance.now();
    await inTransaction(db, async (tx) => {
      const rows = await store.byIds(tx, ids);
      const counts = await countsOf(tx, ids);
      // What has ended says so itself, with its numbers.
      const running = rows.filter(
        ({ status, completed_at }) => status === 'running' || completed_at === null,
      );
      await events.recordAll(
        tx,
        running.map((row) => ({ ...eventOf(row, counts.get(row.id)), definition: broadcastEvents.progress })),
      );
    }).catch((error: unknown) => log.debug({ err: error }, 'progress could not be told; the next will be'));
  }

  return {
    /** Something was counted. */
    changed(ids: readonly string[]): void {
      for (const id of ids) changed.add(id);
      if (isStopped || timer || changed.size === 0) return;
      timer = setTimeout(() => void tell(), Math.max(0, lastMs + tellMs - performance.now()));
    },

    stop(): void {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

import { type Clock, hourMs, later } from '../../platform/clock.ts';
import { nameOf, type Storage } from '../../platform/storage/storage.ts';
import type { MediaRow, MediaStore } from './media.store.ts';

const batch = 100;

/** How files go. Each step may be interrupted and repeated: a file that is marked is found again. */
export function createCleanUp({
  storage,
  store,
  clock,
}: {
  storage: Storage;
  store: MediaStore;
  clock: Clock;
}) {
  const remove = (row: MediaRow) =>
    store.remove(row, async () => {
      await storage.remove(nameOf(row.organization_id, row.sha256));
      await storage.remove(nameOf(row.organization_id, row.sha256, 'thumbnail'));
    });

  return {
    /** Those that nobody has and whose time is over, in small batches. */
    async run(_: object, signal: AbortSignal): Promise<void> {
      await storage.sweep(later(clock.now(), -hourMs));
      while (!signal.aborted) {
        const rows = await store.mark(clock.now(), batch);
        for (const row of rows) await remove(row);
        if (rows.length < batch) return;
      }
    },
    /** Some of an organisation that is being erased; answers how many, none when all are gone. */
    async erase(organizationId: string): Promise<number> {
      const rows = await store.some(organizationId, batch);
      for (const row of rows) await remove(row);
      return rows.length;
    },
  };
}

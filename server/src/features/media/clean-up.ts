import { type Clock, hourMs, later } from '../../platform/clock.ts';
import type { Storage } from '../../platform/storage/storage.ts';
import type { MediaStore } from './media.store.ts';
import type { Moves } from './places/moves.ts';
import type { Places } from './places/places.ts';
import type { Removals } from './places/removals.ts';

const batch = 100;

/** How files go. Each step may be interrupted and repeated: a file that is marked is found again. */
export function createCleanUp({
  storage,
  store,
  places,
  removals,
  moves,
  clock,
}: {
  storage: Storage;
  store: MediaStore;
  places: Places;
  removals: Removals;
  moves: Pick<Moves, 'revive'>;
  clock: Clock;
}) {
  return {
    /** Those that nobody has and whose time is over, in small batches; then the bytes that nobody has. */
    async run(_: object, signal: AbortSignal): Promise<void> {
      const anHourAgo = later(clock.now(), -hourMs);
      await storage.sweep(anHourAgo);
      while (!signal.aborted) {
        const rows = await store.mark(clock.now(), batch);
        for (const row of rows) await store.remove(row);
        if (rows.length < batch) break;
      }
      await removals.run(signal);
      await places.forgetEmpty(anHourAgo);
      await moves.revive();
    },
    /** Some of an organisation that is being erased; answers how many, none when all are gone. */
    async erase(organizationId: string): Promise<number> {
      const rows = await store.some(organizationId, batch);
      for (const row of rows) await store.remove(row);
      return rows.length;
    },
  };
}

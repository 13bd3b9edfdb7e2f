import { type Clock, dayMs, later } from '../../../platform/clock.ts';
import type { Db } from '../../../platform/db/transaction.ts';
import type { Log } from '../../../platform/log.ts';
import { nameOf } from '../../../platform/storage/storage.ts';
import type { PlaceId, Places } from './places.ts';
import { createRemovalsStore, type Removal } from './removals.store.ts';

interface Turn {
  place: PlaceId;
  after?: string | undefined;
}

const batch = 100;
/** Places that are worked at together: one that is dead holds up one of these for a while, and then rests. */
const placesAtOnce = 4;
const placesMax = 200;
/** Then it is the place that does not answer, and no single file. */
const failuresMax = 3;
const restMsFirst = 10 * 60_000;

/** Removes bytes that nobody has, each place for itself: one that does not answer keeps the others from nothing. */
export function createRemovals(deps: { db: Db; clock: Clock; log: Log; places: Places }) {
  const { clock, log, places } = deps;
  const store = createRemovalsStore(deps.db);
  const restUntil = (failures: number) =>
    later(clock.now(), Math.min(restMsFirst * 2 ** (failures - 1), dayMs));

  async function settle(removal: Removal): Promise<void> {
    const storage = await places.at(removal.place_id);
    const { organization_id: organizationId, sha256 } = removal;
    await store.settle(removal, async () => {
      await storage.remove(nameOf(organizationId, sha256));
      await storage.remove(nameOf(organizationId, sha256, 'thumbnail'));
    });
  }

  /** A turn at one place; where the next one goes on, if there may be more to do. */
  async function turn({ place, after }: Turn, signal: AbortSignal): Promise<Turn | undefined> {
    const waiting = await store.of(place, after, batch);
    let failures = 0;
    for (const removal of waiting) {
      if (signal.aborted || failures === failuresMax) break;
      await settle(removal).catch((error: unknown) => {
        failures += 1;
        log.warn({ err: error, place }, 'A file could not be removed; it is tried again later');
      });
    }
    if (place !== null) await (failures > 0 ? store.rest(place, restUntil) : store.answered(place));
    return failures === 0 && waiting.length === batch ? { place, after: waiting.at(-1)?.id } : undefined;
  }

  async function work(turns: Turn[], signal: AbortSignal): Promise<void> {
    for (let next = turns.shift(); next; next = turns.shift()) {
      const more = signal.aborted ? undefined : await turn(next, signal);
      // Behind the others: one with very much to remove takes turns with them.
      if (more) turns.push(more);
    }
  }

  return {
    async run(signal: AbortSignal): Promise<void> {
      const own = await store.places(clock.now(), placesMax);
      const turns: Turn[] = [null, ...own].map((place) => ({ place }));
      await Promise.all(Array.from({ length: placesAtOnce }, () => work(turns, signal)));
    },

    /**
     * Some of an organisation that is being erased; answers how many, none when all are gone. A bucket of its own that
     * does not answer is left to it.
     */
    async erase(organizationId: string): Promise<number> {
      const removals = await store.some(organizationId, batch);
      const given = new Set<string>();
      for (const removal of removals) {
        const { place_id: place } = removal;
        if (place !== null && given.has(place)) continue;
        try {
          await settle(removal);
        } catch (error) {
          if (place === null) throw error;
          log.warn({ err: error, place }, 'A bucket of an organization keeps its files: it does not answer');
          await store.forget(organizationId, place);
          given.add(place);
        }
      }
      return removals.length;
    },
  };
}

export type Removals = ReturnType<typeof createRemovals>;

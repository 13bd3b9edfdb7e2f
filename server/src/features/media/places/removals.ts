import { setTimeout as pause } from 'node:timers/promises';
import { type Clock, dayMs, later } from '../../../platform/clock.ts';
import type { Db } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import type { Log } from '../../../platform/log.ts';
import { nameOf } from '../../../platform/storage/storage.ts';
import type { PlaceId, Places } from './places.ts';
import { BeingRemoved, createRemovalsStore, type Removal } from './removals.store.ts';

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
/** Who wants bytes that are just being removed looks so often, and waits so long. */
const [lookMs, waitMsMax] = [100, 10_000];

/** Removes bytes that nobody has, each place for itself: one that does not answer keeps the others from nothing. */
export function createRemovals(deps: { db: Db; clock: Clock; log: Log; places: Places }) {
  const { clock, log, places } = deps;
  const store = createRemovalsStore(deps.db);
  const restUntil = (failures: number) =>
    later(clock.now(), Math.min(restMsFirst * 2 ** (failures - 1), dayMs));

  /** Outside a transaction, for a place may keep one waiting; false when there was nothing to do for us. */
  async function settle(removal: Removal): Promise<boolean> {
    const storage = await places.at(removal.place_id);
    if (!(await store.begin(removal, clock.now()))) return false;
    const { organization_id: organizationId, sha256 } = removal;
    try {
      await storage.remove(nameOf(organizationId, sha256));
      await storage.remove(nameOf(organizationId, sha256, 'thumbnail'));
    } catch (error) {
      await store.gaveUp(removal);
      throw error;
    }
    await store.done(removal);
    return true;
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
      let isIdle = removals.length > 0;
      for (const removal of removals) {
        const { place_id: place } = removal;
        if (place !== null && given.has(place)) continue;
        try {
          if (await settle(removal)) isIdle = false;
        } catch (error) {
          if (place === null) throw error;
          isIdle = false;
          log.warn({ err: error, place }, 'A bucket of an organization keeps its files: it does not answer');
          await store.forget(organizationId, place);
          given.add(place);
        }
      }
      // Another is about what is left.
      if (isIdle) await pause(lookMs);
      return removals.length;
    },
  };
}

/**
 * Does what wants bytes at a place, when these are not being removed from there any more.
 * @throws Failure UNAVAILABLE when that lasts
 */
export async function whenNotRemoved<T>(work: () => Promise<T>, msMax = waitMsMax): Promise<T> {
  const endsAtMs = performance.now() + msMax;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof BeingRemoved)) throw error;
      if (performance.now() > endsAtMs) throw new Failure('UNAVAILABLE', { cause: error });
      await pause(lookMs);
    }
  }
}

export type Removals = ReturnType<typeof createRemovals>;

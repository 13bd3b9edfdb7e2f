import { every } from '../../../platform/concurrency/every.ts';
import { createTurns } from '../../../platform/concurrency/in-turn.ts';
import type { Live } from '../../profiles/index.ts';
import type { ReadyMessage } from '../keep.sql.ts';
import { createDrain, type Drain, type DrainDeps } from './drain.ts';
import type { Place } from './places.ts';

/**
 * How often queues are looked at without having been asked to: word from another node may have got lost, or the answer to
 * a statement that kept a message as being sent.
 */
const lookMs = 30_000;

/** The queues that this node empties: one drain for each profile that is connected here. */
export function createOutbox(deps: DrainDeps) {
  const drains = new Map<string, Drain>();
  const turns = createTurns();
  let stopLooking: (() => void) | undefined;

  /** At all of them in one statement. */
  async function look(): Promise<void> {
    if (drains.size === 0) return;
    try {
      for (const id of await deps.store.withSomething([...drains.keys()])) drains.get(id)?.look();
    } catch (error) {
      deps.log.debug({ err: error }, 'the outboxes could not be looked at; trying again');
    }
  }

  return {
    /** Begins to send through a new connection, once the drain of the last one has let go of its messages. */
    connected(live: Live): void {
      const { profileId } = live;
      const drain = createDrain(deps, live);
      stopLooking ??= every(lookMs, () => void look());
      drains.set(profileId, drain);
      void turns
        .inTurn(profileId, drain.run)
        .catch((error: unknown) => deps.log.error({ err: error, profileId }, 'an outbox stopped'))
        .finally(() => {
          if (drains.get(profileId) === drain) drains.delete(profileId);
        });
    },

    /** There may be something new to send for this profile. */
    poke(profileId: string): void {
      drains.get(profileId)?.poke();
    },

    /** A place for a message that is about to be kept, when this node can send it at once. */
    reserve(message: ReadyMessage): Place | undefined {
      const { profileId } = message;
      const drain = drains.get(profileId);
      const place = drain?.reserve(message);
      if (!drain || !place) return undefined;
      return {
        ...place,
        take(message) {
          if (drains.get(profileId) === drain) return place.take(message);
          // The connection has ended meanwhile: the next one looks at what the last has left.
          place.release();
          drains.get(profileId)?.leftOver();
        },
      };
    },

    /** Resolves when nothing of this profile is in flight any more; its connection must count as ended. */
    async settled(profileId: string): Promise<void> {
      await turns.inTurn(profileId, () => undefined);
    },

    /** Resolves when nothing is in flight any more; connections must have ended first. */
    async stop(): Promise<void> {
      stopLooking?.();
      await turns.idle();
    },
  };
}

export type Outbox = ReturnType<typeof createOutbox>;

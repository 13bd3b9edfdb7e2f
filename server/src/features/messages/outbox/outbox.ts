import type { Live } from '../../profiles/index.ts';
import { createDrain, type DrainDeps } from './drain.ts';

/** The queues that this node empties: one drain for each profile that is connected here. */
export function createOutbox(deps: DrainDeps) {
  const drains = new Map<string, { poke(): void; finished: Promise<void> }>();

  return {
    /** Begins to send through a new connection, once the drain of the last one has let go of its messages. */
    connected(live: Live): void {
      const before = drains.get(live.profileId)?.finished ?? Promise.resolve();
      const drain = createDrain(deps, live);
      const finished = before
        .then(() => drain.run())
        .catch((error: unknown) =>
          deps.log.error({ err: error, profileId: live.profileId }, 'an outbox stopped'),
        )
        .finally(() => {
          if (drains.get(live.profileId)?.finished === finished) drains.delete(live.profileId);
        });
      drains.set(live.profileId, { poke: drain.poke, finished });
    },

    /** There may be something new to send for this profile. */
    poke(profileId: string): void {
      drains.get(profileId)?.poke();
    },

    /** Resolves when nothing of this profile is in flight any more; its connection must count as ended. */
    async settled(profileId: string): Promise<void> {
      await drains.get(profileId)?.finished;
    },

    /** Resolves when nothing is in flight any more; connections must have ended first. */
    async stop(): Promise<void> {
      await Promise.allSettled([...drains.values()].map((drain) => drain.finished));
    },
  };
}

export type Outbox = ReturnType<typeof createOutbox>;

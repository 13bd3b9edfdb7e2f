import type { EventReader } from '../../../platform/feature.ts';
import type { Responses } from '../responses/responses.ts';
import type { BacklogStore } from './backlog.store.ts';
import { type Counted, countOf, tellsOfMessage } from './count-of.ts';
import { addDays, zonesOf } from './days.store.ts';
import { createTally } from './tally.ts';

/** The cursor of the reader: the migration places it where there were messages before. */
export const readerName = 'statistics';

/** How late counts may be: under load several messages share a statement. */
const restMs = 500;

/**
 * Keeps the counts of messages and the times of answers, by the numbered events. The cursor moves in the same transaction,
 * so each event counts once, whenever a process dies.
 */
export function createFollower(deps: {
  backlog: Pick<BacklogStore, 'hasBacklog' | 'noteChanges'>;
  responses: Responses;
}): EventReader {
  const { backlog, responses } = deps;
  /** Once all older messages are counted there is nothing to be noted, ever again. */
  let isAllCounted = false;
  return {
    name: readerName,
    restMs,
    concerns: async (events) => events.some(tellsOfMessage),
    async read(events, tx) {
      const counted = events.map(countOf).filter((one): one is Counted => one !== undefined);
      const told = responses.stepsOf(events);
      const zones = await zonesOf(
        tx,
        counted.map(({ profileId }) => profileId),
      );
      const tally = createTally((profileId) => zones.get(profileId));
      for (const { change, ...place } of counted) tally.add(place, change);
      await responses.apply(tx, told, zones);
      await addDays(tx, tally.rows());
      if (isAllCounted) return;
      if (await backlog.hasBacklog(tx)) await backlog.noteChanges(tx, counted);
      else isAllCounted = true;
    },
  };
}

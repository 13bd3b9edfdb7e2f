import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import { defaultZone, placeInDay } from '../calendar.ts';
import { zonesOf } from '../counting/days.store.ts';
import { addContacts, changedProfiles, takeChanges } from './changes.store.ts';

const atOnce = 2_000;

/** Adds up by how much contacts have changed, a part at a time; whoever reads the counts adds what is left. */
export function createCountContacts(db: Db) {
  const step = (): Promise<number> =>
    inTransaction(db, async (tx) => {
      const zones = await zonesOf(tx, await changedProfiles(tx, atOnce));
      const changes = await takeChanges(tx, [...zones.keys()], atOnce);
      await addContacts(
        tx,
        changes.map(({ at, ...change }) => ({
          ...change,
          day: placeInDay(at, zones.get(change.profile_id) ?? defaultZone).day,
        })),
      );
      return changes.length;
    });

  return async (_: object, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted && (await step()) === atOnce);
  };
}

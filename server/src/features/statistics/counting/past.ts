import type { Clock } from '../../../platform/clock.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import { countOfRow, type Levels, levels } from './count-of.ts';
import { addDays, zonesOf } from './days.store.ts';
import { pastMessages } from './past.store.ts';
import { createTally } from './tally.ts';

/** Counts messages that were stored without events, the past of phones, in the transaction that stores them. */
export function createCountPast({ clock }: { clock: Clock }) {
  async function add(tx: Tx, organizationId: string, ids: readonly string[], sign: 1 | -1): Promise<void> {
    if (ids.length === 0) return;
    const messages = await pastMessages(tx, { organizationId, ids, now: clock.now() });
    const zones = await zonesOf(
      tx,
      messages.map((message) => message.profile_id),
    );
    const tally = createTally((profileId) => zones.get(profileId));
    for (const message of messages) {
      const { profile_id: profileId, direction, type, timestamp: at } = message;
      tally.add({ profileId, direction, type, at }, times(countOfRow(message), sign));
    }
    await addDays(tx, tally.rows());
  }

  return {
    stored: (tx: Tx, organizationId: string, ids: readonly string[]) => add(tx, organizationId, ids, 1),
    /** An event tells of them after all, and counts them. */
    told: (tx: Tx, organizationId: string, ids: readonly string[]) => add(tx, organizationId, ids, -1),
  };
}

const times = (counts: Levels, sign: 1 | -1): Levels =>
  Object.fromEntries(levels.flatMap((level) => (counts[level] ? [[level, counts[level] * sign]] : [])));

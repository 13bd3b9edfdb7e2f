import { setTimeout as pause } from 'node:timers/promises';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { claimCursor } from '../../../platform/events/cursors.store.ts';
import { lastPosition } from '../../../platform/events/events.store.ts';
import { dayAfter, placeInDay } from '../calendar.ts';
import { hasDaysBefore, noteCountedAnew, zoneChangeOf } from '../zones.store.ts';
import { keptDays, profilesOfOrganization, replaceDays, uncountedEvents } from './anew.store.ts';
import type { BacklogStore } from './backlog.store.ts';
import { countOf, levels } from './count-of.ts';
import { zonesOf } from './days.store.ts';
import { readerName } from './follow.ts';
import { createTally, type DayRow } from './tally.ts';

const restMs = 50;

/**
 * Counts the days of an organisation anew, by the clocks it has now, from the messages that are kept; days before those stay
 * as they were counted. A profile in each transaction, in which the reader of the events stands still: done twice it is the
 * same.
 */
export function createCountAnew(deps: { db: Db; backlog: Pick<BacklogStore, 'hasBacklog'> }) {
  const { db, backlog } = deps;

  /**
   * Undefined when the reader is at work at this moment; else the day before which others stay as they were counted, if
   * there are any.
   */
  async function countProfile(
    tx: Tx,
    profileId: string,
    until: Date,
  ): Promise<{ from?: string } | undefined> {
    const position = await claimCursor(tx, readerName);
    if (position === undefined || (await lastPosition(tx)) < position) return undefined;
    const zone = (await zonesOf(tx, [profileId])).get(profileId);
    if (!zone) return {};
    const kept = await keptDays(tx, profileId, zone);
    const behind = dayAfter(placeInDay(until, zone).day, 1);
    if (kept.from === undefined) return (await hasDaysBefore(tx, profileId, behind)) ? { from: behind } : {};
    const untold = createTally(() => zone);
    for (const event of await uncountedEvents(tx, profileId, position)) {
      const whole = { ...event, id: '', profileId, position: 0, organizationId: '', occurredAt: new Date(0) };
      const found = countOf(whole);
      if (found) untold.add(found, found.change);
    }
    const rows = without(kept.rows, untold.rows());
    await replaceDays(
      tx,
      profileId,
      kept.from,
      rows.filter(({ day }) => day >= String(kept.from)),
    );
    return (await hasDaysBefore(tx, profileId, kept.from)) ? { from: kept.from } : {};
  }

  return {
    async run({ organizationId }: { organizationId: string }, signal: AbortSignal): Promise<void> {
      // What is counted there must not be counted here, too: the job comes again.
      if (await backlog.hasBacklog()) throw new Error('older messages are still being counted');
      const change = await zoneChangeOf(db, organizationId);
      const ids = await inTransaction(db, (tx) => profilesOfOrganization(tx, organizationId));
      let messagesFrom: string | null = null;
      for (const profileId of ids) {
        const count = () =>
          inTransaction(db, (tx) => countProfile(tx, profileId, change?.changedAt ?? new Date(0)));
        let counted = await count();
        while (!counted) {
          await pause(restMs, undefined, { signal });
          counted = await count();
        }
        const { from } = counted;
        if (from && (!messagesFrom || from > messagesFrom)) messagesFrom = from;
        signal.throwIfAborted();
      }
      if (change) await noteCountedAnew(db, organizationId, { ...change, messagesFrom });
    },
  };
}

/** What events that are not read yet will add is taken off; of what is not there any more nothing is. */
function without(rows: readonly DayRow[], untold: readonly DayRow[]): DayRow[] {
  const keyOf = ({ day, direction, type }: DayRow) => `${day} ${direction} ${type}`;
  const left = new Map(rows.map((row) => [keyOf(row), { ...row }]));
  for (const one of untold) {
    const row = left.get(keyOf(one));
    if (!row) continue;
    for (const level of levels) row[level] -= one[level];
    for (let hour = 0; hour < 24; hour++) {
      row[`h${hour}`] = Number(row[`h${hour}`] ?? 0) - Number(one[`h${hour}`] ?? 0);
    }
  }
  return [...left.values()];
}

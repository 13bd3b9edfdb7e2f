import { placeInDay } from '../calendar.ts';
import { type Level, type Levels, levels } from './count-of.ts';

/** Counts to be added to a row of `message_days`. */
export type DayRow = { profile_id: string; day: string; direction: string; type: string } & Record<
  Level,
  number
> &
  Record<string, number | string>;

interface Place {
  profileId: string;
  direction: string;
  type: string;
  at: Date;
}

/** Adds up what is counted, a row for each day, direction and kind. */
export function createTally(zoneOf: (profileId: string) => string | undefined) {
  const rows = new Map<string, DayRow>();
  return {
    /** Of a profile that is gone nothing is counted. */
    add({ profileId, direction, type, at }: Place, change: Levels): void {
      const zone = zoneOf(profileId);
      if (zone === undefined) return;
      const { day, hour } = placeInDay(at, zone);
      const key = `${profileId} ${day} ${direction} ${type}`;
      const row = rows.get(key) ?? emptyRow({ profile_id: profileId, day, direction, type });
      rows.set(key, row);
      for (const level of levels) row[level] += change[level] ?? 0;
      if (change.n) row[`h${hour}`] = Number(row[`h${hour}`] ?? 0) + change.n;
    },
    rows: (): DayRow[] => [...rows.values()],
  };
}

function emptyRow(place: Pick<DayRow, 'profile_id' | 'day' | 'direction' | 'type'>): DayRow {
  return { ...place, n: 0, sent: 0, delivered: 0, read: 0, failed: 0, expired: 0, cancelled: 0 };
}

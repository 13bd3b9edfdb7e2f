import { formatClock, formatDay } from '../../words/index.ts';

const dayMs = 86_400_000;

/** How many days ago a moment's day is; 0: today. */
export function daysAgo(at: string, now = new Date()): number {
  const midnight = (moment: Date) =>
    new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
  return Math.round((midnight(now) - midnight(new Date(at))) / dayMs);
}

/** The clock of today, the day of everything before. */
export const shortWhen = (at: string): string => (daysAgo(at) === 0 ? formatClock(at) : formatDay(at));

import { Failure } from '../../platform/failures.ts';
import { momentIn } from '../../platform/time-zone.ts';
import { dayAfter, daysBetween, isDay, placeInDay } from './calendar.ts';

export const rangeDaysMax = 400;

/** Days of an organisation, both included. */
export interface Range {
  from: string;
  to: string;
  zone: string;
}

/**
 * The days that a query asks for, else the last `usual` ones. Moments stand for the day that clocks of the organisation show.
 * @throws Failure VALIDATION_ERROR
 */
export function rangeOf(
  query: { startDate?: string; endDate?: string },
  { zone, now, usual }: { zone: string; now: Date; usual: number },
): Range {
  const problems: { path: string; problem: string }[] = [];
  const read = (field: 'startDate' | 'endDate'): string | undefined => {
    const text = query[field]?.trim();
    if (!text) return undefined;
    const day = dayOf(text, zone);
    if (!day) {
      const problem = 'must be a day, as 2026-02-05, or a moment in ISO 8601, of the years 1970 to 2199';
      problems.push({ path: `/${field}`, problem });
    }
    return day;
  };
  const [start, end] = [read('startDate'), read('endDate')];
  if (problems.length > 0) throw new Failure('VALIDATION_ERROR', { details: problems });
  const today = placeInDay(now, zone).day;
  const to = end ?? (start && start > today ? start : today);
  const from = start ?? dayAfter(to, 1 - usual);
  const days = daysBetween(from, to);
  if (days < 1) throw refused('/endDate', 'must not be before startDate');
  if (days > rangeDaysMax) throw refused('/startDate', `must be at most ${rangeDaysMax} days before endDate`);
  return { from, to, zone };
}

function dayOf(text: string, zone: string): string | undefined {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return isDay(text) ? text : undefined;
  const at = momentIn(text, zone);
  const day = at && isDay(at.toISOString().slice(0, 10)) ? placeInDay(at, zone).day : undefined;
  return day && isDay(day) ? day : undefined;
}

const refused = (path: string, problem: string) =>
  new Failure('VALIDATION_ERROR', { details: [{ path, problem }] });

import { dayMs, later } from '../../platform/clock.ts';
import { momentIn, shownIn } from '../../platform/time-zone.ts';
import type { Choices, Pace } from './preferences.ts';

type Clocks = Pick<Choices, 'timeZone' | 'quietHours' | 'digestHour'>;

/** What is for a letter waits so long for more of it. */
const gatherMs = 60_000;

/** When something that happens now goes by letter; null: never. */
export const letterDueAt = (pace: Pace, clocks: Clocks, now: Date) =>
  dueAt(pace, clocks, pace === 'instant' ? later(now, gatherMs) : now);

/** When something that happens now goes by push; null: never. */
export const pushDueAt = (pace: Pace, clocks: Clocks, now: Date) => dueAt(pace, clocks, now);

/** By the person's clocks: at once, at the next full hour or once a day, and never in their quiet hours. */
function dueAt(pace: Pace, clocks: Clocks, from: Date): Date | null {
  if (pace === 'off') return null;
  const { timeZone, digestHour } = clocks;
  const planned =
    pace === 'instant'
      ? from
      : pace === 'hourly'
        ? nextFullHour(from, timeZone)
        : nextTime(`${String(digestHour).padStart(2, '0')}:00`, from, timeZone);
  return afterQuiet(planned, clocks);
}

function nextFullHour(from: Date, timeZone: string): Date {
  const [, minutes = '0', seconds = '0'] = shownIn(from, timeZone).slice(11).split(':');
  const passedMs = (Number(minutes) * 60 + Number(seconds)) * 1_000 + from.getMilliseconds();
  return later(from, 3_600_000 - passedMs);
}

/** The next moment at which the clocks show this time of day. */
function nextTime(time: string, from: Date, timeZone: string): Date {
  for (const days of [0, 1, 2]) {
    const day = shownIn(later(from, days * dayMs), timeZone).slice(0, 10);
    const at = momentIn(`${day}T${time}`, timeZone);
    if (at && at > from) return at;
  }
  return later(from, dayMs);
}

function afterQuiet(at: Date, { timeZone, quietHours }: Clocks): Date {
  if (!quietHours) return at;
  const { from, to } = quietHours;
  const shown = shownIn(at, timeZone).slice(11, 16);
  const isQuiet = from < to ? shown >= from && shown < to : shown >= from || shown < to;
  return isQuiet ? nextTime(to, at, timeZone) : at;
}

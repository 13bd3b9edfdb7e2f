import { later } from '../../platform/clock.ts';
import { momentIn, shownIn } from '../../platform/time-zone.ts';

/** When messages may go out, by the clocks of who receives them: from `from` until before `to`, also over midnight. */
export interface Hours {
  /** `08:00`. */
  from: string;
  to: string;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Zones that have no common hour within this time have none. */
const searchMs = 2 * dayMs;
const stepsMax = 40;
const answersMax = 5_000;

/** Openings that were found, by minute: a page of recipients asks for the same few again and again. */
const answers = new Map<string, number | undefined>();

/**
 * When all of these zones are within the hours, at `from` or next after it. Zones that have no common hour, or none at all,
 * leave it to the `otherwise` zone.
 */
export function openingIn(zones: readonly string[], hours: Hours, from: Date, otherwise: string): Date {
  const own = zones.length > 0 ? remembered(zones, hours, from) : undefined;
  return own ?? remembered([otherwise], hours, from) ?? from;
}

function remembered(zones: readonly string[], hours: Hours, from: Date): Date | undefined {
  const minute = Math.floor(from.getTime() / minuteMs) * minuteMs;
  const key = `${minute} ${hours.from} ${hours.to} ${zones.join()}`;
  if (!answers.has(key)) {
    if (answers.size >= answersMax) answers.clear();
    answers.set(key, search(zones, hours, new Date(minute))?.getTime());
  }
  const at = answers.get(key);
  if (at === undefined) return undefined;
  return at === minute ? from : new Date(at);
}

function search(zones: readonly string[], hours: Hours, from: Date): Date | undefined {
  let at = from;
  for (let step = 0; step < stepsMax && at.getTime() - from.getTime() <= searchMs; step++) {
    const closed = zones.filter((zone) => !isOpen(zone, hours, at));
    if (closed.length === 0) return at;
    const openings = closed.map((zone) => nextOpening(zone, hours, at).getTime());
    at = new Date(Math.max(...openings));
  }
  return undefined;
}

/** Whether the clocks of a zone show a time within the hours. */
export function isOpen(zone: string, { from, to }: Hours, at: Date): boolean {
  const time = shownIn(at, zone).slice(11, 16);
  if (from === to) return true;
  return from < to ? time >= from && time < to : time >= from || time < to;
}

/** Of a zone that is closed. Always later than `at`, also where clocks are put forward or back. */
function nextOpening(zone: string, hours: Hours, at: Date): Date {
  for (const days of [0, 1, 2]) {
    const day = shownIn(later(at, days * dayMs), zone).slice(0, 10);
    const opens = momentIn(`${day}T${hours.from}`, zone);
    if (opens && opens > at && isOpen(zone, hours, opens)) return opens;
  }
  // The hours fall into what the clocks skip.
  return later(at, 15 * minuteMs);
}

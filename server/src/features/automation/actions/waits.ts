import { dayMs, later } from '../../../platform/clock.ts';
import type { Json } from '../../../platform/db/json-column.ts';
import { isTimeZone, momentIn, shownIn } from '../../../platform/time-zone.ts';
import { problemsOfHappening } from '../match/happening.ts';
import { problemsOfNumber } from '../match/read.ts';
import type { ActionKind } from './action.ts';
import { variableName } from './variables.ts';

const secondsMax = 365 * 86_400;
const secondsOf: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 };

/** As actions say it (`seconds`), or as the canvas does (`duration` and `unit`); undefined when neither is a time. */
function delaySeconds({ seconds, delaySeconds: old, duration, unit = 'seconds' }: Json): number | undefined {
  const plain = seconds ?? old;
  if (typeof plain === 'number') return plain;
  const scale = Object.hasOwn(secondsOf, String(unit)) ? secondsOf[String(unit)] : undefined;
  return typeof duration === 'number' && scale !== undefined ? Math.round(duration * scale) : undefined;
}

/** Goes on later. */
export const delay: ActionKind = {
  types: ['delay'],
  waitsSeconds: (config) => delaySeconds(config) ?? 0,
  problems: (config, path) => problemsOfNumber(delaySeconds(config), `${path}/seconds`, 0, secondsMax),
  act: (config) => ({ is: 'wait', for: 'time', ms: (delaySeconds(config) ?? 0) * 1_000 }),
};

const timeoutDefault = 86_400;
const timeoutOf = ({ timeoutSeconds = timeoutDefault }: Json): number => Number(timeoutSeconds) || 0;

/** Waits for what the person says next; it starts nothing else. Exits are `reply` and `timeout`. */
export const waitReply: ActionKind = {
  types: ['wait_reply'],
  waitsSeconds: timeoutOf,
  exits: () => ['reply', 'timeout'],
  problems: ({ timeoutSeconds, variable }, path) => [
    ...(timeoutSeconds === undefined
      ? []
      : problemsOfNumber(timeoutSeconds, `${path}/timeoutSeconds`, 1, secondsMax)),
    ...(variable === undefined || variableName(variable)
      ? []
      : [{ path: `${path}/variable`, problem: 'must be a name of letters, digits and _' }]),
  ],
  act: ({ timeoutSeconds = timeoutDefault, variable }) => ({
    ...{ is: 'wait', for: 'reply', ms: Number(timeoutSeconds) * 1_000 },
    ...(variableName(variable) && { variable: String(variable) }),
  }),
};

/**
 * Waits for something that happens in the chat or to its person, as the trigger `event` names it. Exits are `event` and
 * `timeout`.
 */
export const waitEvent: ActionKind = {
  types: ['wait_event'],
  waitsSeconds: timeoutOf,
  exits: () => ['event', 'timeout'],
  problems: ({ timeoutSeconds, ...config }, path) => [
    ...(timeoutSeconds === undefined
      ? []
      : problemsOfNumber(timeoutSeconds, `${path}/timeoutSeconds`, 1, secondsMax)),
    ...problemsOfHappening(config, path),
  ],
  act: ({ timeoutSeconds = timeoutDefault }) => ({
    ...{ is: 'wait', for: 'event', ms: Number(timeoutSeconds) * 1_000 },
  }),
};

/** A day of the week comes again within a week; with changes of the clock a day more. */
const daysAheadMax = 8;
const timePattern = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** Goes on at the next such time of day, on one of `days` (0 is Sunday) if any are named, by the clocks of a zone. */
export const waitUntil: ActionKind = {
  types: ['wait_until'],
  waitsSeconds: () => daysAheadMax * 86_400,
  problems: ({ time, days, timeZone }, path) => [
    ...(typeof time === 'string' && timePattern.test(time)
      ? []
      : [{ path: `${path}/time`, problem: 'must be a time of day such as 08:30' }]),
    ...(days === undefined || (Array.isArray(days) && days.length > 0 && days.every(isDay))
      ? []
      : [{ path: `${path}/days`, problem: 'must be a list of days, 0 being Sunday' }]),
    ...(timeZone === undefined || (typeof timeZone === 'string' && isTimeZone(timeZone))
      ? []
      : [{ path: `${path}/timeZone`, problem: 'must be a time zone such as Asia/Jakarta' }]),
  ],
  act({ time, days, timeZone }, { facts }) {
    const zone = typeof timeZone === 'string' && isTimeZone(timeZone) ? timeZone : facts.timeZone;
    const at = nextTime(facts.now, String(time), Array.isArray(days) ? days : undefined, zone);
    if (!at) return { is: 'failed', error: 'There is no such time.' };
    return { is: 'wait', for: 'time', ms: at.getTime() - facts.now.getTime() };
  },
};

const isDay = (day: unknown) => typeof day === 'number' && Number.isInteger(day) && day >= 0 && day <= 6;

function nextTime(
  now: Date,
  time: string,
  days: readonly unknown[] | undefined,
  zone: string,
): Date | undefined {
  for (let ahead = 0; ahead <= daysAheadMax; ahead++) {
    const date = shownIn(later(now, ahead * dayMs), zone).slice(0, 10);
    const at = momentIn(`${date}T${time}`, zone);
    const fits = !days || days.includes(new Date(`${date}T00:00:00Z`).getUTCDay());
    if (at && at > now && fits) return at;
  }
  return undefined;
}

import { isTimeZone, shownIn } from '../../../platform/time-zone.ts';
import type { Facts } from '../match/facts.ts';
import { problemsOfNumber } from '../match/read.ts';
import type { Condition } from '../program/program.ts';
import type { ConditionKind } from './condition.ts';

function problemsOfZone({ timeZone }: Condition, path: string) {
  const fits = timeZone === undefined || (typeof timeZone === 'string' && isTimeZone(timeZone));
  return fits ? [] : [{ path: `${path}/timeZone`, problem: 'must be a time zone such as Asia/Jakarta' }];
}

/** What the clocks show there: those of the condition's zone, or else of the organisation's. */
function shown({ timeZone }: Condition, facts: Facts) {
  const zone = typeof timeZone === 'string' && isTimeZone(timeZone) ? timeZone : facts.timeZone;
  const text = shownIn(facts.now, zone);
  return { hour: Number(text.slice(11, 13)), day: new Date(`${text}Z`).getUTCDay(), zone, text };
}

/** From the start of an hour up to the start of another, over midnight where that comes first. */
export const timeRange: ConditionKind = {
  types: ['time_range'],
  problems: (condition, path) => [
    ...problemsOfNumber(condition.startHour, `${path}/startHour`, 0, 23),
    ...problemsOfNumber(condition.endHour, `${path}/endHour`, 0, 24),
    ...problemsOfZone(condition, path),
  ],
  decide(condition, facts) {
    const { hour, zone, text } = shown(condition, facts);
    const why = `It is ${text.slice(11, 16)} in ${zone}.`;
    const { startHour: start, endHour: end } = condition;
    if (typeof start !== 'number' || typeof end !== 'number') return { held: false, why };
    const held = start <= end ? hour >= start && hour < end : hour >= start || hour < end;
    return { held, why };
  },
};

const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** The day of the week is one of these; 0 is Sunday. */
export const dayOfWeek: ConditionKind = {
  types: ['day_of_week'],
  problems(condition, path) {
    const { days } = condition;
    const isList = Array.isArray(days) && days.length > 0;
    return [
      ...(isList
        ? days.flatMap((day, index) => problemsOfNumber(day, `${path}/days/${index}`, 0, 6))
        : [{ path: `${path}/days`, problem: 'must be a list of days, 0 being Sunday' }]),
      ...problemsOfZone(condition, path),
    ];
  },
  decide(condition, facts) {
    const { day, zone } = shown(condition, facts);
    const { days } = condition;
    return { held: Array.isArray(days) && days.includes(day), why: `It is ${dayNames[day]} in ${zone}.` };
  },
};

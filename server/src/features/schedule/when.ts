import { dayMs, later } from '../../platform/clock.ts';
import type { Problem } from '../../platform/failures.ts';
import { isTimeZone, momentIn } from '../../platform/time-zone.ts';

/** Further ahead is a slip of the pen. */
const daysMax = 3_653;

/** Reads a moment that must still come; answers it, or what is wrong with it. */
export function readWhen(
  text: string,
  timeZone: string | undefined,
  now: Date,
): { at: Date } | { problems: Problem[] } {
  const wrong = (problem: string, path = '/scheduledAt') => ({ problems: [{ path, problem }] });
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    return wrong('is no time zone of the IANA, such as Asia/Jakarta', '/timeZone');
  }
  const at = momentIn(text, timeZone);
  if (!at) {
    return wrong(
      momentIn(text, 'UTC')
        ? 'has no offset: end it with Z or one such as +07:00, or name a timeZone'
        : 'is no date and time of ISO 8601, such as 2027-03-01T09:00:00+07:00',
    );
  }
  if (at <= now) return wrong('must be in the future');
  if (at > later(now, daysMax * dayMs)) return wrong('must be within ten years');
  return { at };
}

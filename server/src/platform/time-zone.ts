const localMoment = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3})\d*)?)?$/;
const moment = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/i;
const formats = new Map<string, Intl.DateTimeFormat>();
const formatsMax = 1_000;

/** Whether a name is one of the IANA time zones, as `Asia/Jakarta`, or another name for one. */
export function isTimeZone(name: string): boolean {
  // Offsets such as +07:00 are understood too, but know no summer time.
  return /^[A-Za-z][\w+\-/]{0,63}$/.test(name) && formatOf(name) !== undefined;
}

/**
 * The moment that a text in ISO 8601 names: by its own offset, or else as the clocks of `timeZone` show it. What they show
 * twice is taken the first time; what they skip counts from before the skip, as calendars do. Undefined for anything else.
 */
export function momentIn(text: string, timeZone: string | undefined): Date | undefined {
  if (moment.test(text)) return isDay(text) ? valid(new Date(text.replace(' ', 'T'))) : undefined;
  const parts = localMoment.exec(text);
  if (!parts || timeZone === undefined) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part = '0') => Number(part));
  const ms = Number((parts[7] ?? '').padEnd(3, '0'));
  const shown = Date.UTC(year, month - 1, day, hour, minute, second, ms || 0);
  if (!isDay(text) || hour >= 24 || minute >= 60 || second >= 60) return undefined;
  const offsets = [-1, 1].map((days) => offsetAt(shown + days * 86_400_000, timeZone));
  const [before, after] = offsets;
  if (before === undefined || after === undefined) return undefined;
  const fits = [before, after]
    .map((offset) => shown - offset)
    .filter((at) => at + (offsetAt(at, timeZone) ?? 0) === shown);
  return new Date(fits.length > 0 ? Math.min(...fits) : shown - before);
}

/** What the clocks of a zone show at a moment, as `2026-02-05T10:00:00`; those of UTC when there is no such zone. */
export function shownIn(at: Date, timeZone: string): string {
  return new Date(at.getTime() + (offsetAt(at.getTime(), timeZone) ?? 0)).toISOString().slice(0, 19);
}

/** Whether the calendar has the day that a text begins with: of 30 February `Date` makes one in March. */
function isDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCDate() === day && date.getUTCMonth() === month - 1;
}

/** How far the clocks of a zone are ahead of UTC at a moment, in milliseconds. */
function offsetAt(atMs: number, timeZone: string): number | undefined {
  const text = formatOf(timeZone)
    ?.formatToParts(atMs)
    .find(({ type }) => type === 'timeZoneName')?.value;
  const [, sign, hours = '0', minutes = '0', seconds = '0'] =
    /^GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text ?? '') ?? [];
  if (text === undefined) return undefined;
  const ahead = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return (sign === '-' ? -ahead : ahead) * 1_000;
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(timeZone);
  if (known) return known;
  try {
    const made = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
    if (formats.size >= formatsMax) formats.clear();
    formats.set(timeZone, made);
    return made;
  } catch {
    return undefined;
  }
}

const valid = (date: Date) => (Number.isNaN(date.getTime()) ? undefined : date);

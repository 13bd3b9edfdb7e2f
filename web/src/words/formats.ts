import { locale } from './setup.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Makes each `Intl` once a locale: making one costs more than using it a hundred times. */
function once<Formatter>(make: (locale: string) => Formatter): () => Formatter {
  const made = new Map<string, Formatter>();
  return () => {
    const name = locale();
    let known = made.get(name);
    if (known === undefined) {
      known = make(name);
      made.set(name, known);
    }
    return known;
  };
}

const numbers = once((name) => new Intl.NumberFormat(name));
const percents = once((name) => new Intl.NumberFormat(name, { style: 'percent', maximumFractionDigits: 1 }));
const days = once((name) => new Intl.DateTimeFormat(name, { dateStyle: 'medium' }));
const clocks = once((name) => new Intl.DateTimeFormat(name, { timeStyle: 'short' }));
const moments = once((name) => new Intl.DateTimeFormat(name, { dateStyle: 'medium', timeStyle: 'short' }));
const exact = once((name) => new Intl.DateTimeFormat(name, { dateStyle: 'full', timeStyle: 'long' }));
const ago = once((name) => new Intl.RelativeTimeFormat(name, { numeric: 'auto', style: 'short' }));
const lists = once((name) => new Intl.ListFormat(name, { style: 'short', type: 'conjunction' }));
const order = once((name) => new Intl.Collator(name, { numeric: true, sensitivity: 'base' }));

type Moment = string | number | Date;

export const formatNumber = (value: number): string => numbers().format(value);
/** Of a share between 0 and 1. */
export const formatPercent = (share: number): string => percents().format(share);
export const formatDay = (moment: Moment): string => days().format(new Date(moment));
export const formatClock = (moment: Moment): string => clocks().format(new Date(moment));
export const formatMoment = (moment: Moment): string => moments().format(new Date(moment));
/** With weekday, seconds and zone: what is shown on hover and focus. */
export const formatExact = (moment: Moment): string => exact().format(new Date(moment));
export const formatList = (words: Iterable<string>): string => lists().format(words);
/** For `sort`: as the language of now orders words, numbers in them by value. */
export const compareWords = (one: string, other: string): number => order().compare(one, other);

/** "3 min ago" within an hour of now; the moment itself otherwise. */
export function formatWhen(moment: Moment, now = Date.now()): string {
  const aheadMs = new Date(moment).getTime() - now;
  if (Math.abs(aheadMs) >= hourMs) return formatMoment(moment);
  if (Math.abs(aheadMs) < minuteMs) return ago().format(Math.trunc(aheadMs / 1000), 'second');
  return ago().format(Math.trunc(aheadMs / minuteMs), 'minute');
}

/** How long something took: `840 ms`, `1.4 s`. */
export function formatDuration(ms: number): string {
  const [value, unit] = ms < 1000 ? [Math.round(ms), 'millisecond'] : [Math.round(ms / 100) / 10, 'second'];
  return new Intl.NumberFormat(locale(), { style: 'unit', unit: String(unit) }).format(Number(value));
}

/** `12.4 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const unit = units[step] ?? 'byte';
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, maximumFractionDigits: 1 }).format(
    bytes / 1000 ** step,
  );
}

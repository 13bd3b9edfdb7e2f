import { shownIn } from '../../platform/time-zone.ts';

export const defaultZone = 'UTC';
/** No clock has ever been ahead of another by a part of this, since there are computers. */
const slotMs = 900_000;
const slotsMax = 20_000;
/** A phone may tell of any year; the database and people know these. */
const yearFirst = 1970;
const yearLast = 2199;
const earliestMs = Date.UTC(yearFirst, 0, 2);
const latestMs = Date.UTC(yearLast, 11, 30);

const slots = new Map<string, { day: string; hour: number }>();

/** The day, as `2026-02-05`, and the hour that the clocks of a zone show at a moment. */
export function placeInDay(at: Date, zone: string): { day: string; hour: number } {
  const slot = Math.floor(Math.min(Math.max(at.getTime(), earliestMs), latestMs) / slotMs);
  const key = `${slot} ${zone}`;
  const known = slots.get(key);
  if (known) return known;
  const shown = shownIn(new Date(slot * slotMs), zone);
  const place = { day: shown.slice(0, 10), hour: Number(shown.slice(11, 13)) };
  if (slots.size >= slotsMax) slots.clear();
  slots.set(key, place);
  return place;
}

/** Whether a text is a day of the calendar, of years that are counted. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const year = Number(text.slice(0, 4));
  const date = new Date(`${text}T00:00:00Z`);
  const isReal = !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text;
  return isReal && year >= yearFirst && year <= yearLast;
}

export function dayAfter(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** How many days there are from one to another, both included; 0 or less where the second comes first. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000 + 1;
}

export function daysFrom(from: string, to: string): string[] {
  return Array.from({ length: Math.max(0, daysBetween(from, to)) }, (_, n) => dayAfter(from, n));
}

/** The week of a day by ISO 8601, as `2026-W06`: it belongs to the year of its Thursday. */
export function weekOf(day: string): string {
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  const thursday = dayAfter(day, 3 - weekday);
  const year = thursday.slice(0, 4);
  const week = Math.ceil(daysBetween(`${year}-01-01`, thursday) / 7);
  return `${year}-W${String(week).padStart(2, '0')}`;
}

const hourMs = 3_600_000;
const allHours = Array.from({ length: 24 }, (_, hour) => hour);
/** By how much the clocks of a zone are ahead. */
const aheadMs = (atMs: number, zone: string) => Date.parse(`${shownIn(new Date(atMs), zone)}Z`) - atMs;

/** The hours that clocks show on a day: mostly 24; none that the begin of summer time skips. */
export function hoursOf(day: string, zone: string): readonly number[] {
  const noonMs = Date.parse(`${day}T12:00:00Z`);
  if (aheadMs(noonMs - 36 * hourMs, zone) === aheadMs(noonMs + 36 * hourMs, zone)) return allHours;
  const shown = new Set<number>();
  // A day begins up to 14 hours before that of UTC, and ends up to 12 hours after it.
  for (let atMs = noonMs - 27 * hourMs; atMs <= noonMs + 27 * hourMs; atMs += slotMs) {
    const place = placeInDay(new Date(atMs), zone);
    if (place.day === day) shown.add(place.hour);
  }
  return [...shown].sort((a, b) => a - b);
}

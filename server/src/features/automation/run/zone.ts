import { shownIn } from '../../../platform/time-zone.ts';

/** Of an organisation that has set no zone. */
export const zoneDefault = 'UTC';

/** The day that the clocks of a zone show, as `2026-02-05`. */
export function dayIn(at: Date, zone: string | undefined): string {
  return shownIn(at, zone ?? zoneDefault).slice(0, 10);
}

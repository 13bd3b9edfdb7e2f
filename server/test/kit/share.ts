/**
 * A part of many cases in `npm test`, all of them in `npm run test:long`: one in `every`, begun at `place`, so that
 * neighbouring places take those the last one left out and every case is tried somewhere.
 */
export function shareOf<T>(cases: readonly T[], every: number, place: number): T[] {
  return process.env.TEST_LONG ? [...cases] : cases.filter((_, nth) => (nth + place) % every === 0);
}

import { useQuery } from '@tanstack/react-query';
import { serverQuery, useMay } from '../session/index.ts';
import { accountPlaces, groups, overview, type Place } from './places.ts';

/** The groups of the side bar with what the person may open here; groups with nothing in them are left out. */
export function useGroups(): typeof groups {
  const may = useMay();
  const { data: server } = useQuery(serverQuery);
  const isShown = ({ permission, isThere }: Place) =>
    (permission === undefined || may(permission)) && (isThere === undefined || (server && isThere(server)));
  return groups
    .map(({ name, places }) => ({ name, places: places.filter(isShown) }))
    .filter(({ places }) => places.length > 0);
}

export const usePlaces = (): Place[] => [
  overview,
  ...useGroups().flatMap(({ places }) => places),
  ...accountPlaces,
];

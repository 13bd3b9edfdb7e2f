import { getProfiles } from '@multiwa/sdk';
import { queryOptions } from '@tanstack/react-query';
import { client } from './session.ts';

/** The first 200: what they are called, and whether they are connected. More are found on the page of profiles. */
export const profilesQuery = queryOptions({
  queryKey: ['profiles', 'names'],
  queryFn: () => getProfiles({ client, query: { limit: 200 } }),
});

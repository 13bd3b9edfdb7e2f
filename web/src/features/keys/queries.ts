import { getApiKeys, getOrganizationsMembers } from '@multiwa/sdk';
import { queryOptions } from '@tanstack/react-query';
import { client } from '../../session/index.ts';

/** Nothing tells when a key is used, so its last use is asked for. */
const lookAgainMs = 30_000;

/** Keys of a person, newest first; one's own without `userId`. */
export const keysQuery = (userId?: string) =>
  queryOptions({
    queryKey: ['api-keys', userId ?? 'mine'],
    queryFn: () => getApiKeys({ client, query: { limit: 200, ...(userId && { userId }) } }),
    refetchInterval: lookAgainMs,
  });

/** Whose keys one may look at. */
export const membersQuery = queryOptions({
  queryKey: ['organizations', 'members', 'names'],
  queryFn: () => getOrganizationsMembers({ client, query: { limit: 200 } }),
});

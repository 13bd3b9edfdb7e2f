import {
  getMessagesProfileByIdQueue,
  getProfileById,
  getProfileQr,
  getProfileSendingPolicy,
  getProfileStates,
  getProfiles,
  getProfilesCounts,
  getWebhooks,
  getWorkspaces,
  type Profile,
} from '@multiwa/sdk';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { client } from '../../session/index.ts';
import type { ProfileFilter } from './filter.ts';

/** Most of what one call answers. */
const pageSize = 200;

/** Where the next page of a list begins stands in the headers of its answer, for the list itself is bare. */
async function readPage(query: NonNullable<Parameters<typeof getProfiles>[0]>['query']) {
  const { data, response } = (await (getProfiles({
    client,
    query,
    responseStyle: 'fields' as 'data',
  }) as unknown)) as { data: Profile[]; response: Response };
  return { profiles: data, next: response.headers.get('x-next-cursor') ?? undefined };
}

/** Profiles that fit, a page after the other. */
export const listQuery = (filter: ProfileFilter) =>
  infiniteQueryOptions({
    queryKey: ['profiles', 'list', filter],
    queryFn: ({ pageParam }) => {
      const { q: search, node: nodeId, ...rest } = filter;
      return readPage({ ...rest, search, nodeId, limit: pageSize, cursor: pageParam });
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    // What was sent today is counted by the server and told by no event.
    refetchInterval: 60_000,
  });

/** How many are in which state, of those that fit but for their state. */
export const countsQuery = ({ q: search, node: nodeId, label, engine }: ProfileFilter) =>
  queryOptions({
    queryKey: ['profiles', 'counts', { search, nodeId, label, engine }],
    queryFn: () => getProfilesCounts({ client, query: { search, nodeId, label, engine } }),
  });

export const profileQuery = (id: string) =>
  queryOptions({
    queryKey: ['profiles', 'one', id],
    queryFn: () => getProfileById({ client, path: { id } }),
  });

/** Those that show a code now, in the order in which somebody walks through them. */
export const waitingForScanQuery = queryOptions({
  queryKey: ['profiles', 'waiting-for-scan'],
  queryFn: () => getProfiles({ client, query: { status: 'qr', sort: 'name', limit: pageSize } }),
  staleTime: 0,
});

/** The code to scan; `connection.qr` puts each new one here. */
export const qrQuery = (id: string) =>
  queryOptions({
    queryKey: ['profiles', 'qr', id],
    queryFn: () => getProfileQr({ client, path: { id } }),
    staleTime: 0,
    retry: false,
  });

export const statesQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['profiles', 'states', id],
    queryFn: ({ pageParam }) =>
      getProfileStates({ client, path: { id }, query: { limit: 50, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });

export const queueQuery = (profileId: string) =>
  infiniteQueryOptions({
    queryKey: ['profiles', 'queue', profileId],
    queryFn: ({ pageParam }) =>
      getMessagesProfileByIdQueue({ client, path: { profileId }, query: { limit: 50, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ cursor }) => cursor ?? undefined,
  });

export const policyQuery = (id: string) =>
  queryOptions({
    queryKey: ['profiles', 'policy', id],
    queryFn: () => getProfileSendingPolicy({ client, path: { id } }),
  });

export const webhooksQuery = queryOptions({
  queryKey: ['webhooks', 'list'],
  queryFn: () => getWebhooks({ client }),
});

export const workspacesQuery = queryOptions({
  queryKey: ['workspaces'],
  queryFn: () => getWorkspaces({ client }),
});

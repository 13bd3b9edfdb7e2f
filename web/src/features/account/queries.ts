import { getAuthSessions } from '@multiwa/sdk';
import { queryOptions } from '@tanstack/react-query';
import { client } from '../../session/index.ts';

/** Where the person is signed in; more than two hundred nobody looks through. */
export const sessionsQuery = queryOptions({
  queryKey: ['account', 'sessions'],
  queryFn: () => getAuthSessions({ client, query: { limit: 200 } }),
});

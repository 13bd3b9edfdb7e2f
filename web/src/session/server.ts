import { getServer } from '@multiwa/sdk';
import { queryOptions } from '@tanstack/react-query';
import { client } from './session.ts';

/** What this server is and offers; it is the same for everybody, and changes with its settings only. */
export const serverQuery = queryOptions({
  queryKey: ['server'],
  queryFn: () => getServer({ client }),
  staleTime: 60_000,
});

import { queryOptions } from '@tanstack/react-query';
import { client } from '../../session/index.ts';
import { type ApiDocument, operationsOf } from './operations.ts';

/** Every operation of this server. The document is large, so only what is shown of it is kept. */
export const operationsQuery = queryOptions({
  queryKey: ['operations'],
  queryFn: async () => {
    const { data } = await client.get<ApiDocument, unknown, true>({ url: '/api/docs-json' });
    return operationsOf(data);
  },
  staleTime: Number.POSITIVE_INFINITY,
});

import {
  getWebhookById,
  getWebhookDeliveries,
  getWebhookDeliveryById,
  getWebhookReplays,
  getWebhookStats,
  getWebhooks,
  getWebhooksDeliveries,
} from '@multiwa/sdk';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { client } from '../../session/index.ts';
import type { DeliveryFilters } from './search.ts';

/** While a job of sending again runs it is asked how far it is. */
const watchMs = 1_000;

export const webhooksQuery = queryOptions({
  queryKey: ['webhooks', 'list'],
  queryFn: () => getWebhooks({ client, query: { limit: 200 } }),
});

export const webhookQuery = (id: string) =>
  queryOptions({
    queryKey: ['webhooks', id, 'one'],
    queryFn: () => getWebhookById({ client, path: { id } }),
  });

/** How it did in the last 24 hours. */
export const statsQuery = (id: string) =>
  queryOptions({
    queryKey: ['webhooks', id, 'stats'],
    queryFn: () => getWebhookStats({ client, path: { id } }),
  });

/** Deliveries of one webhook, or of all of them, newest first. */
export const deliveriesQuery = (id: string | undefined, filters: DeliveryFilters) =>
  infiniteQueryOptions({
    queryKey: ['webhooks', id ?? 'all', 'deliveries', filters],
    queryFn: ({ pageParam }) => {
      const { code, message, ...others } = filters;
      const query = {
        ...others,
        ...(code !== undefined && { statusCode: Number(code) }),
        ...(message !== undefined && { messageId: message }),
        ...(pageParam !== '' && { cursor: pageParam }),
        limit: 50,
      };
      return id === undefined
        ? getWebhooksDeliveries({ client, query })
        : getWebhookDeliveries({ client, path: { id }, query });
    },
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });

export const deliveryQuery = (id: string, deliveryId: string) =>
  queryOptions({
    queryKey: ['webhooks', id, 'delivery', deliveryId],
    queryFn: () => getWebhookDeliveryById({ client, path: { id, deliveryId } }),
  });

export const replaysQuery = (id: string) =>
  queryOptions({
    queryKey: ['webhooks', id, 'replays'],
    queryFn: async () => (await getWebhookReplays({ client, path: { id }, query: { limit: 20 } })).replays,
    refetchInterval: ({ state }) =>
      state.data?.some(({ status }) => status === 'running') ? watchMs : false,
  });

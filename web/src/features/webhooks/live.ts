import type { WebhookActivityData, WebhookStats } from '@multiwa/sdk';
import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import { defineLive } from '../../live/index.ts';
import { statsQuery, webhookQuery, webhooksQuery } from './queries.ts';

/** Of a log that somebody has paged through no more is read anew than this; it offers the newer ones instead. */
export const freshPagesMax = 3;

/** When a webhook was last heard of. */
export const activityKey = (id: string) => ['webhooks', id, 'activity'] as const;

/** The figures with what was delivered in the last second. */
export function withActivity(
  stats: WebhookStats,
  { delivered, failed }: Pick<WebhookActivityData, 'delivered' | 'failed'>,
): WebhookStats {
  const attempts = stats.attempts + delivered + failed;
  const succeeded = stats.succeeded + delivered;
  return {
    ...stats,
    attempts,
    succeeded,
    failed: stats.failed + failed,
    successRate: attempts === 0 ? null : succeeded / attempts,
  };
}

/** A webhook that was switched off. */
export const switchedOff = <One extends { id: string }>(webhook: One, id: string, reason: string): One =>
  webhook.id === id ? { ...webhook, enabled: false, isActive: false, disabledReason: reason } : webhook;

function readDeliveriesAnew(cache: QueryClient, id: string): void {
  void cache.invalidateQueries({
    predicate: ({ queryKey: [, whose, what], state }) =>
      what === 'deliveries' &&
      (whose === id || whose === 'all') &&
      ((state.data as InfiniteData<unknown> | undefined)?.pages.length ?? 0) <= freshPagesMax,
  });
}

export const live = defineLive({
  'webhook.activity': ({ data }, cache) => {
    const { webhookId: id } = data;
    cache.setQueryData(activityKey(id), Date.now());
    cache.setQueryData(statsQuery(id).queryKey, (stats) => stats && withActivity(stats, data));
    readDeliveriesAnew(cache, id);
    void cache.invalidateQueries({ queryKey: ['webhooks', id, 'stats'] });
    void cache.invalidateQueries({ queryKey: ['webhooks', id, 'delivery'] });
    void cache.invalidateQueries({ queryKey: ['webhooks', 'receivers'] });
    // What fails for a while says so, and what has recovered does not any more.
    void cache.invalidateQueries({ queryKey: webhookQuery(id).queryKey });
  },
  'webhook.disabled': ({ data: { webhookId: id, reason } }, cache) => {
    cache.setQueryData(webhookQuery(id).queryKey, (one) => one && switchedOff(one, id, reason));
    cache.setQueryData(webhooksQuery.queryKey, (list) => list?.map((one) => switchedOff(one, id, reason)));
  },
});

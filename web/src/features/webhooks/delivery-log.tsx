import type { WebhookDelivery } from '@multiwa/sdk';
import { skipToken, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { RotateCw, Send } from 'lucide-react';
import type { ReactNode } from 'react';
import {
  Button,
  type Column,
  Empty,
  Panel,
  Problem,
  Skeleton,
  Table,
  Time,
  useCommands,
  useSelection,
} from '../../ui/index.ts';
import { formatNumber, useWords } from '../../words/index.ts';
import { useSendAgain } from './commands.ts';
import { DeliveryFilterBar } from './delivery-filters.tsx';
import { activityKey, freshPagesMax } from './live.ts';
import { deliveriesQuery, webhooksQuery } from './queries.ts';
import type { DeliveryFilters } from './search.ts';
import { DeliveryState } from './state.tsx';
import styles from './webhooks.module.css';
import { webhooksWords } from './words/index.ts';

/** What was posted and what came of it, newest first and live; of one webhook or of all. */
export function DeliveryLog({
  id,
  filters: given,
  onFilter,
  onTest,
}: {
  id?: string;
  filters: DeliveryFilters;
  onFilter: (filters: DeliveryFilters) => void;
  onTest?: (() => unknown) | undefined;
}): ReactNode {
  const t = useWords(webhooksWords);
  const navigate = useNavigate();
  const selection = useSelection();
  const again = useSendAgain();
  const { status, event, code, message, from, until } = given;
  const filters = { status, event, code, message, from, until };
  const columns = useColumns(id === undefined);
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  const log = useInfiniteQuery(deliveriesQuery(id, filters));
  const rows = log.data?.pages.flatMap(({ deliveries }) => deliveries) ?? [];
  const chosen = rows.filter((row) => selection.chosen.has(row.id));
  const sendChosen = async () => {
    await again.mutateAsync(chosen);
    selection.set(new Set());
  };
  useCommands([
    {
      id: 'deliveries.again',
      label: t('sendChosen'),
      also: 'replay',
      keys: 'Shift+R',
      isAllowed: chosen.length > 0,
      run: sendChosen,
    },
  ]);
  return (
    <Panel
      isFlush
      title={t('tabs.deliveries')}
      actions={
        chosen.length > 0 && (
          <Button size="small" icon={RotateCw} isBusy={again.isPending} onClick={sendChosen}>
            {t('sendChosenCount', { count: chosen.length })}
          </Button>
        )
      }
    >
      <DeliveryFilterBar filters={filters} onFilter={onFilter} />
      {id !== undefined && <Newer id={id} filters={filters} />}
      {log.data === undefined ? (
        log.isError ? (
          <Problem error={log.error} again={() => log.refetch()} />
        ) : (
          <Skeleton rows={6} />
        )
      ) : rows.length === 0 ? (
        <Empty
          icon={Send}
          title={t(isFiltered ? 'noneFit' : 'nothingSent')}
          actions={
            isFiltered ? (
              <Button onClick={() => onFilter({})}>{t('filter.clear')}</Button>
            ) : (
              onTest && <Button onClick={onTest}>{t('test')}</Button>
            )
          }
        />
      ) : (
        <Table
          label={t('tabs.deliveries')}
          columns={columns}
          rows={rows}
          keyOf={({ id: key }) => key}
          selection={selection}
          onOpen={(row) =>
            void navigate({
              to: '/developers/webhooks/$id/deliveries/$deliveryId',
              params: { id: row.webhookId, deliveryId: row.id },
            })
          }
        />
      )}
      {log.hasNextPage && (
        <div className={styles.foot}>
          <Button isBusy={log.isFetchingNextPage} onClick={() => log.fetchNextPage()}>
            {t('older')}
          </Button>
        </div>
      )}
    </Panel>
  );
}

/** A long log is not read anew while somebody reads it; it says that there is more. */
function Newer({ id, filters }: { id: string; filters: DeliveryFilters }): ReactNode {
  const t = useWords(webhooksWords);
  const cache = useQueryClient();
  const query = deliveriesQuery(id, filters);
  const { data: heardAt = 0 } = useQuery<number>({ queryKey: activityKey(id), queryFn: skipToken });
  const state = cache.getQueryState(query.queryKey);
  const pages = state?.data?.pages.length ?? 0;
  if (pages <= freshPagesMax || heardAt <= (state?.dataUpdatedAt ?? 0)) return null;
  return (
    <div className={styles.foot}>
      <Button size="small" onClick={() => cache.resetQueries({ queryKey: query.queryKey })}>
        {t('newer')}
      </Button>
    </div>
  );
}

function useColumns(isOfAll: boolean): Column<WebhookDelivery>[] {
  const t = useWords(webhooksWords);
  const { data: webhooks = [] } = useQuery({ ...webhooksQuery, enabled: isOfAll });
  const whose: Column<WebhookDelivery> = {
    key: 'webhook',
    title: t('one'),
    isExtra: true,
    cell: ({ webhookId }) => (
      <bdi dir="ltr" className={styles.cut}>
        {webhooks.find(({ id }) => id === webhookId)?.url ?? webhookId}
      </bdi>
    ),
  };
  return [
    {
      key: 'event',
      title: t('columns.event'),
      cell: ({ event }) => (
        <code dir="ltr" className={styles.event}>
          {event}
        </code>
      ),
    },
    ...(isOfAll ? [whose] : []),
    { key: 'state', title: t('columns.state'), cell: (row) => <DeliveryState of={row} /> },
    {
      key: 'code',
      title: t('columns.code'),
      isExtra: true,
      cell: ({ statusCode, error }) =>
        statusCode === null ? (
          <span className={styles.cut} title={error ?? ''}>
            {error ?? '–'}
          </span>
        ) : (
          <code>{statusCode}</code>
        ),
    },
    {
      key: 'attempts',
      title: t('columns.attempts'),
      align: 'end',
      isExtra: true,
      cell: ({ attempts }) => formatNumber(attempts),
    },
    {
      key: 'next',
      title: t('columns.next'),
      isExtra: true,
      cell: ({ status, dueAt }) => (status === 'pending' && dueAt ? <Time at={dueAt} /> : '–'),
    },
    { key: 'at', title: t('columns.at'), cell: ({ createdAt }) => <Time at={createdAt} /> },
  ];
}

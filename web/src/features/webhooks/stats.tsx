import type { WebhookStats } from '@multiwa/sdk';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Figures, Loaded, Panel, Skeleton, Time } from '../../ui/index.ts';
import { formatDuration, formatNumber, formatPercent, useWords } from '../../words/index.ts';
import { statsQuery } from './queries.ts';
import styles from './webhooks.module.css';
import { webhooksWords } from './words/index.ts';

/** How a webhook did in the last day. */
export function Stats({ id }: { id: string }): ReactNode {
  const t = useWords(webhooksWords);
  const stats = useQuery(statsQuery(id));
  return (
    <Panel title={t('stats.title')}>
      <Loaded query={stats} place={<Skeleton rows={2} height="line" />}>
        {(of) => (
          <>
            <Figures
              of={{
                [t('stats.rate')]: of.successRate === null ? '–' : formatPercent(of.successRate),
                [t('stats.attempts')]: formatNumber(of.attempts),
                [t('stats.failed')]: formatNumber(of.failed),
                [t('stats.pending')]: formatNumber(of.pending),
                [t('stats.p50')]: of.p50Ms === null ? '–' : formatDuration(of.p50Ms),
                [t('stats.p95')]: of.p95Ms === null ? '–' : formatDuration(of.p95Ms),
              }}
            />
            <SuccessBar of={of} />
            {of.answers.length > 0 && (
              <p className={styles.soft}>
                {t('stats.answers')}{' '}
                {of.answers.map(({ statusCode, count }) => (
                  <span key={String(statusCode)} className={styles.answer}>
                    <code>{statusCode ?? t('noAnswer')}</code> × {formatNumber(count)}
                  </span>
                ))}
              </p>
            )}
            {of.oldestPendingAt && (
              <p className={styles.soft}>
                {t('stats.oldest')} <Time at={of.oldestPendingAt} />
              </p>
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

/** What arrived of all attempts, as a bar; its numbers stand beside it. */
export function SuccessBar({
  of,
}: {
  of: Pick<WebhookStats, 'attempts' | 'succeeded' | 'failed'>;
}): ReactNode {
  const t = useWords(webhooksWords);
  if (of.attempts === 0) return null;
  return (
    <meter
      className={styles.meter}
      min={0}
      max={of.attempts}
      low={of.attempts * 0.9}
      high={of.attempts * 0.99}
      optimum={of.attempts}
      value={of.succeeded}
      aria-label={t('stats.rate')}
    />
  );
}

import type { WebhookItem } from '@multiwa/sdk';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Tag, Time } from '../../ui/index.ts';
import { formatDuration, formatNumber, formatPercent, useWords } from '../../words/index.ts';
import { statsQuery } from './queries.ts';
import { WebhookState } from './state.tsx';
import { SuccessBar } from './stats.tsx';
import styles from './webhooks.module.css';
import { webhooksWords } from './words/index.ts';

const patternsMax = 4;

/** A webhook at a glance: where it leads, what it hears, and how it does. */
export function WebhookCard({ of }: { of: WebhookItem }): ReactNode {
  const t = useWords(webhooksWords);
  const { data: stats } = useQuery(statsQuery(of.id));
  const hidden = of.events.length - patternsMax;
  return (
    <article className={styles.card}>
      <div className={styles.head}>
        <Link to="/developers/webhooks/$id" params={{ id: of.id }} className={styles.url} preload="intent">
          <bdi dir="ltr">{of.url}</bdi>
        </Link>
        <WebhookState of={of} />
      </div>
      <p className={styles.tags}>
        <Tag>{of.profile ? <bdi>{of.profile.displayName}</bdi> : t('wholeOrganization')}</Tag>
        {of.events.slice(0, patternsMax).map((pattern) => (
          <Tag key={pattern}>
            <code dir="ltr">{pattern}</code>
          </Tag>
        ))}
        {hidden > 0 && <Tag>+{formatNumber(hidden)}</Tag>}
      </p>
      {of.disabledReason && <p className={styles.why}>{of.disabledReason}</p>}
      {of.enabled && of.failingSince && (
        <p className={styles.why}>
          {t('failingSince')} <Time at={of.failingSince} />
        </p>
      )}
      {stats && stats.attempts > 0 ? (
        <>
          <SuccessBar of={stats} />
          <p className={styles.soft}>
            {t('stats.line', {
              rate: formatPercent(stats.successRate ?? 0),
              attempts: formatNumber(stats.attempts),
              p95: formatDuration(stats.p95Ms ?? 0),
            })}
          </p>
        </>
      ) : (
        <p className={styles.soft}>{t('stats.nothing')}</p>
      )}
    </article>
  );
}

import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Loaded, Panel, Skeleton } from '../../ui/index.ts';
import { formatNumber, useWords } from '../../words/index.ts';
import styles from './overview.module.css';
import { figuresQuery, waitingQuery } from './queries.ts';
import { overviewWords } from './words/index.ts';

/** What waits in the inbox. */
export function Waiting(): ReactNode {
  const t = useWords(overviewWords);
  const waiting = useQuery(waitingQuery);
  return (
    <Panel title={t('conversations')}>
      <Loaded query={waiting} place={<Skeleton rows={1} height="card" />}>
        {({ unread, mine, unassigned }) => (
          <dl className={styles.figures}>
            <Figure name={t('unread')} value={unread} />
            <Figure name={t('mine')} value={mine} />
            <Figure name={t('unassigned')} value={unassigned} />
          </dl>
        )}
      </Loaded>
    </Panel>
  );
}

/** How much was written. */
export function Written(): ReactNode {
  const t = useWords(overviewWords);
  const figures = useQuery(figuresQuery);
  return (
    <Panel title={t('figures')}>
      <Loaded query={figures} place={<Skeleton rows={1} height="card" />}>
        {({ messages, contacts }) => (
          <dl className={styles.figures}>
            <Figure name={t('today')} value={messages.today} />
            <Figure name={t('total')} value={messages.total} />
            <Figure name={t('contacts')} value={contacts.total} />
          </dl>
        )}
      </Loaded>
    </Panel>
  );
}

function Figure({ name, value }: { name: string; value: number }): ReactNode {
  return (
    <div className={styles.figure}>
      <dt>{name}</dt>
      <dd>{formatNumber(value)}</dd>
    </div>
  );
}

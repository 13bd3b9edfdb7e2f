import type { Profile } from '@multiwa/sdk';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Button, Empty, Loaded, Panel, Time } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import styles from './profile.module.css';
import { statesQuery } from './queries.ts';
import { StatusBadge, useReason } from './status.tsx';
import { profilesWords } from './words/index.ts';

/** Every change of state, the newest first. */
export function HistoryTab({ profile }: { profile: Profile }): ReactNode {
  const t = useWords(profilesWords);
  const reasonOf = useReason();
  const query = useInfiniteQuery(statesQuery(profile.id));
  return (
    <Panel title={t('history.title')}>
      <Loaded query={query}>
        {({ pages }) => {
          const states = pages.flatMap((page) => page.states);
          if (states.length === 0) return <Empty title={t('history.none')}>{t('history.noneHint')}</Empty>;
          return (
            <>
              <ol className={styles.timeline}>
                {states.map((state, index) => {
                  const reason = reasonOf(state);
                  return (
                    // biome-ignore lint/suspicious/noArrayIndexKey: two may be of the same moment
                    <li key={`${state.at} ${index}`}>
                      <span className={styles.moment}>
                        <StatusBadge status={state.status} />
                        <span className={styles.soft}>
                          <Time at={state.at} /> {state.nodeId && t('history.by', { node: state.nodeId })}
                        </span>
                      </span>
                      {reason && <span>{reason}</span>}
                    </li>
                  );
                })}
              </ol>
              {query.hasNextPage && (
                <div>
                  <Button isBusy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
                    {t('history.more')}
                  </Button>
                </div>
              )}
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}

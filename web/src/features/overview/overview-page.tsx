import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useMay } from '../../session/index.ts';
import { Badge, definePage, Empty, Loaded, Page, Panel } from '../../ui/index.ts';
import { formatNumber, useWords } from '../../words/index.ts';
import { hues, profilesWords, statuses } from '../profiles/index.ts';
import { Attention } from './attention.tsx';
import { Waiting, Written } from './figures.tsx';
import styles from './overview.module.css';
import { countsQuery } from './queries.ts';
import { overviewWords } from './words/index.ts';

/** How things stand, of what the person may see: first what needs somebody. */
function OverviewPage(): ReactNode {
  const t = useWords(overviewWords);
  const may = useMay();
  return (
    <Page title={t('title')}>
      <Attention />
      {may('profile:read') && <Profiles />}
      {may('message:read') && (
        <div className={styles.pair}>
          <Waiting />
          <Written />
        </div>
      )}
    </Page>
  );
}

function Profiles(): ReactNode {
  const t = useWords(overviewWords);
  const named = useWords(profilesWords);
  const counts = useQuery(countsQuery);
  return (
    <Panel title={t('profiles')}>
      <Loaded query={counts}>
        {({ total, byStatus }) =>
          total === 0 ? (
            <Empty title={t('none')}>{t('noneHint')}</Empty>
          ) : (
            <ul className={styles.states}>
              {statuses
                .filter((status) => byStatus[status])
                .map((status) => (
                  <li key={status}>
                    <Badge hue={hues[status]}>
                      {named(`statuses.${status}`)} {formatNumber(byStatus[status] ?? 0)}
                    </Badge>
                  </li>
                ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

export const page = definePage({
  component: OverviewPage,
  words: [overviewWords, profilesWords],
  load: ({ cache }) => void cache.prefetchQuery(countsQuery),
});

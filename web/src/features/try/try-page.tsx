import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { FlaskConical } from 'lucide-react';
import type { ReactNode } from 'react';
import { useMay, useScope } from '../../session/index.ts';
import { definePage, Empty, Loaded, Page, Panel, Skeleton } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { profileNamesQuery } from '../developers/index.ts';
import { OperationForm } from './operation-form.tsx';
import { OperationPicker } from './operation-picker.tsx';
import { operationsQuery } from './queries.ts';
import styles from './try.module.css';
import { tryWords } from './words/index.ts';

function TryPage(): ReactNode {
  const t = useWords(tryWords);
  const may = useMay();
  const { op } = useSearch({ from: '/shell/developers/try' });
  const navigate = useNavigate({ from: '/developers/try' });
  const operations = useQuery(operationsQuery);
  const profiles = useQuery({ ...profileNamesQuery, enabled: may('profile:read') });
  const { profile: scope } = useScope();
  const best =
    profiles.data?.find(({ id }) => id === scope) ??
    profiles.data?.find(({ status }) => status === 'connected') ??
    profiles.data?.[0];
  const isReady = profiles.data !== undefined || profiles.isError || !may('profile:read');
  return (
    <Page
      title={t('title')}
      hint={t('hint')}
      actions={
        <a href="/api/docs" target="_blank" rel="noopener noreferrer">
          {t('reference')}
        </a>
      }
    >
      <Loaded query={operations} place={<Skeleton rows={4} height="card" />}>
        {(list) => {
          const chosen = list.find(({ id }) => id === op);
          return (
            <div className={styles.split}>
              <OperationPicker
                operations={list}
                chosen={chosen}
                onChoose={(id) => void navigate({ search: { op: id } })}
              />
              {chosen && isReady ? (
                <OperationForm key={chosen.id} operation={chosen} profileId={best?.id} />
              ) : (
                <Panel>
                  <Empty icon={FlaskConical} title={t('none')}>
                    {t('noneHint')}
                  </Empty>
                </Panel>
              )}
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}

export const page = definePage({
  component: TryPage,
  words: [tryWords],
  load: ({ cache }) => void cache.prefetchQuery(operationsQuery),
});

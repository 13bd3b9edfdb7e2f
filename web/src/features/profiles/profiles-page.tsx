import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Plus, ScanLine, Smartphone } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useMemo, useState } from 'react';
import { useMay } from '../../session/index.ts';
import {
  Button,
  ButtonLink,
  definePage,
  Empty,
  Page,
  Problem,
  Skeleton,
  useCommands,
} from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { filterIn, isNarrow, type ProfileFilter } from './filter.ts';
import { Filters, Needs, StateLinks } from './list-filters.tsx';
import { ProfileRows } from './profile-rows.tsx';
import styles from './profiles.module.css';
import { countsQuery, listQuery } from './queries.ts';
import { profilesWords } from './words/index.ts';

const ScanMany = lazy(() => import('./scan-many.tsx').then((file) => ({ default: file.ScanMany })));

function ProfilesPage(): ReactNode {
  const t = useWords(profilesWords);
  const filter = useSearch({ from: '/shell/profiles' });
  const navigate = useNavigate();
  const may = useMay();
  const list = useInfiniteQuery(listQuery(filter));
  const { data: counts } = useQuery(countsQuery(filter));
  const profiles = useMemo(() => list.data?.pages.flatMap((page) => page.profiles), [list.data]);
  const change = (next: Partial<ProfileFilter>) =>
    void navigate({ to: '/profiles', search: { ...filter, ...next }, replace: true });
  useCommands([
    {
      id: 'profiles.new',
      label: t('add'),
      also: 'new profile add account connect',
      keys: 'n',
      isAllowed: may('profile:create'),
      run: () => navigate({ to: '/profiles/new' }),
    },
  ]);
  const add = may('profile:create') && (
    <ButtonLink to="/profiles/new" kind="main" icon={Plus}>
      {t('add')}
    </ButtonLink>
  );
  const [isScanning, setScanning] = useState(false);
  const waiting = (counts?.byStatus as Partial<Record<string, number>> | undefined)?.qr ?? 0;
  const scan = waiting > 1 && may('profile:connect') && (
    <Button icon={ScanLine} onClick={() => setScanning(true)}>
      {t('scanMany.open')}
    </Button>
  );
  const isNothing = profiles?.length === 0;
  return (
    <Page
      title={t('title')}
      hint={t('hint')}
      width="full"
      actions={
        !(isNothing && !isNarrow(filter)) && (
          <>
            {add}
            {scan}
          </>
        )
      }
    >
      <div className={styles.list}>
        {counts && (counts.total > 0 || isNarrow(filter)) && (
          <>
            <StateLinks counts={counts} filter={filter} />
            <Needs counts={counts} filter={filter} />
            <Filters counts={counts} filter={filter} change={change} />
          </>
        )}
        <div>
          {profiles === undefined ? (
            list.isError ? (
              <Problem error={list.error} again={() => list.refetch()} />
            ) : (
              <Skeleton rows={8} />
            )
          ) : isNothing ? (
            <Nothing isNarrow={isNarrow(filter)} add={add} />
          ) : (
            <ProfileRows
              profiles={profiles}
              total={filter.status ? undefined : counts?.total}
              more={list.hasNextPage && !list.isFetchingNextPage ? list.fetchNextPage : undefined}
            />
          )}
        </div>
      </div>
      {isScanning && (
        <Suspense>
          <ScanMany onClose={() => setScanning(false)} />
        </Suspense>
      )}
    </Page>
  );
}

function Nothing({ isNarrow, add }: { isNarrow: boolean; add: ReactNode }): ReactNode {
  const t = useWords(profilesWords);
  const may = useMay();
  if (isNarrow) {
    const clear = (
      <ButtonLink to="/profiles" search={{}}>
        {t('clear')}
      </ButtonLink>
    );
    return (
      <Empty title={t('noMatch')} actions={clear}>
        {t('noMatchHint')}
      </Empty>
    );
  }
  const actions = may('profile:create') && (
    <>
      <ButtonLink to="/start" kind="main">
        {t('begin')}
      </ButtonLink>
      {add}
    </>
  );
  return (
    <Empty icon={Smartphone} title={t('none')} actions={actions}>
      {t('noneHint')}
    </Empty>
  );
}

export const page = definePage({
  component: ProfilesPage,
  words: [profilesWords],
  load: ({ cache, search }) => {
    const filter = filterIn(search);
    void cache.prefetchInfiniteQuery(listQuery(filter));
    void cache.prefetchQuery(countsQuery(filter));
  },
});

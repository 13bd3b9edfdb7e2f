import type { Profile } from '@multiwa/sdk';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import { useMay } from '../../session/index.ts';
import { definePage, Id, Loaded, Page, Skeleton, Tabs } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { ConnectionTab } from './connection-tab.tsx';
import { type ProfileTab, profileTabs } from './filter.ts';
import styles from './profile.module.css';
import { profileQuery } from './queries.ts';
import { StatusBadge } from './status.tsx';
import { profilesWords } from './words/index.ts';

// Each tab comes when it is opened.
const LimitsTab = lazy(() => import('./limits-tab.tsx').then((file) => ({ default: file.LimitsTab })));
const HistoryTab = lazy(() => import('./history-tab.tsx').then((file) => ({ default: file.HistoryTab })));
const QueueTab = lazy(() => import('./queue-tab.tsx').then((file) => ({ default: file.QueueTab })));
const WebhooksTab = lazy(() => import('./webhooks-tab.tsx').then((file) => ({ default: file.WebhooksTab })));

function ProfilePage(): ReactNode {
  const t = useWords(profilesWords);
  const { id } = useParams({ from: '/shell/profiles/$id' });
  const profile = useQuery(profileQuery(id));
  return (
    <Page
      title={profile.data?.name ?? t('title')}
      hint={<Id value={id} />}
      actions={profile.data && <StatusBadge status={profile.data.status} />}
    >
      <Loaded query={profile} place={<Skeleton height="card" rows={2} />}>
        {(shown) => <ProfileTabs profile={shown} />}
      </Loaded>
    </Page>
  );
}

function ProfileTabs({ profile }: { profile: Profile }): ReactNode {
  const t = useWords(profilesWords);
  const { tab = 'connection' } = useSearch({ from: '/shell/profiles/$id' });
  const navigate = useNavigate();
  const may = useMay();
  const contents: Record<ProfileTab, () => ReactNode> = {
    connection: () => <ConnectionTab profile={profile} />,
    limits: () => <LimitsTab profile={profile} />,
    history: () => <HistoryTab profile={profile} />,
    queue: () => <QueueTab profile={profile} />,
    webhooks: () => <WebhooksTab profile={profile} />,
  };
  const isShown = (name: ProfileTab) =>
    (name !== 'queue' || may('message:read')) && (name !== 'webhooks' || may('webhook:manage'));
  const tabs = profileTabs.filter(isShown);
  const open = tabs.includes(tab) ? tab : 'connection';
  return (
    <Tabs
      label={t('tabs.label')}
      value={open}
      onChange={(next) =>
        void navigate({
          to: '/profiles/$id',
          params: { id: profile.id },
          search: next === 'connection' ? {} : { tab: next },
        })
      }
      tabs={tabs.map((name) => ({
        value: name,
        label: t(`tabs.${name}`),
        content: name === open && (
          <div className={styles.column}>
            <Suspense fallback={<Skeleton height="card" rows={2} />}>{contents[name]()}</Suspense>
          </div>
        ),
      }))}
    />
  );
}

export const page = definePage({
  component: ProfilePage,
  words: [profilesWords],
  load: ({ cache, params }) => {
    if (params.id) void cache.prefetchQuery(profileQuery(params.id));
  },
});

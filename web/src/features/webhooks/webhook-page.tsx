import type { WebhookItem } from '@multiwa/sdk';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import { serverQuery, useMay } from '../../session/index.ts';
import { definePage, Facts, Loaded, Page, Panel, Skeleton, say, Tabs, Tag, Time } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { catalogueQuery, useProfileName } from '../developers/index.ts';
import { useChangeWebhook } from './commands.ts';
import { FormLater } from './form-later.tsx';
import { deliveriesQuery, statsQuery, webhookQuery } from './queries.ts';
import { ReceiverPanel } from './receiver.tsx';
import { receiverOf } from './receivers.ts';
import { type WebhookSearch, webhookSearch } from './search.ts';
import { Verifying } from './secret-shown.tsx';
import { WebhookState } from './state.tsx';
import { Stats } from './stats.tsx';
import { Trouble } from './trouble.tsx';
import { useWebhookActs } from './webhook-acts.tsx';
import styles from './webhooks.module.css';
import { webhooksWords } from './words/index.ts';

const Replays = lazy(() => import('./replays.tsx').then((file) => ({ default: file.Replays })));
const DeliveryLog = lazy(() => import('./delivery-log.tsx').then((file) => ({ default: file.DeliveryLog })));

function WebhookPage(): ReactNode {
  const t = useWords(webhooksWords);
  const { id } = useParams({ from: '/shell/developers/webhooks/$id' });
  const webhook = useQuery(webhookQuery(id));
  return webhook.data ? (
    <Shown of={webhook.data} />
  ) : (
    <Page title={t('one')}>
      <Loaded query={webhook} place={<Skeleton rows={3} height="card" />}>
        {() => null}
      </Loaded>
    </Page>
  );
}

type One = Omit<WebhookItem, 'profile'>;

function Shown({ of }: { of: One }): ReactNode {
  const t = useWords(webhooksWords);
  const may = useMay();
  const navigate = useNavigate({ from: '/developers/webhooks/$id' });
  const search = useSearch({ from: '/shell/developers/webhooks/$id' });
  const change = useChangeWebhook(of.id);
  const acts = useWebhookActs(of);
  const { data: server } = useQuery(serverQuery);
  const receiver = receiverOf(of.url);
  const show = (next: WebhookSearch) => void navigate({ search: next, replace: true });
  return (
    <Page
      title={t('one')}
      hint={
        <bdi dir="ltr" className={styles.url}>
          {of.url}
        </bdi>
      }
      actions={acts.buttons}
    >
      <Trouble of={of} />
      <div className={styles.columns}>
        <Panel title={t('what')}>
          <About of={of} />
        </Panel>
        <Stats id={of.id} />
      </div>
      {receiver !== undefined && server?.sandbox && may('profile:connect') && (
        <ReceiverPanel name={receiver} />
      )}
      <Tabs
        label={t('one')}
        value={search.tab ?? 'deliveries'}
        onChange={(tab) => show(tab === 'deliveries' ? {} : { tab })}
        tabs={[
          {
            value: 'deliveries',
            label: t('tabs.deliveries'),
            content: (
              <Suspense fallback={<Skeleton />}>
                <DeliveryLog id={of.id} filters={search} onFilter={show} onTest={acts.test} />
              </Suspense>
            ),
          },
          {
            value: 'replays',
            label: t('tabs.replays'),
            content: (
              <Suspense fallback={<Skeleton />}>
                <Replays of={of} />
              </Suspense>
            ),
          },
          {
            value: 'settings',
            label: t('tabs.settings'),
            content: (
              <div className={styles.columns}>
                <Panel title={t('tabs.settings')}>
                  <FormLater
                    key={of.updatedAt}
                    known={of}
                    send={async (values) => {
                      await change.mutateAsync(values);
                      say(t('saved'));
                    }}
                  />
                </Panel>
                <Panel title={t('verifying')} hint={t('verifyingHint')}>
                  <Verifying />
                </Panel>
              </div>
            ),
          },
        ]}
      />
      {acts.dialogs}
    </Page>
  );
}

function About({ of }: { of: One }): ReactNode {
  const t = useWords(webhooksWords);
  const nameOf = useProfileName();
  return (
    <Facts
      of={{
        [t('columns.state')]: <WebhookState of={of} />,
        [t('form.profile')]: of.profileId ? <bdi>{nameOf(of.profileId)}</bdi> : t('wholeOrganization'),
        [t('form.events')]: (
          <span className={styles.tags}>
            {of.events.map((pattern) => (
              <Tag key={pattern}>
                <code dir="ltr">{pattern}</code>
              </Tag>
            ))}
          </span>
        ),
        [t('form.filters')]: of.filters && <code dir="ltr">{JSON.stringify(of.filters)}</code>,
        [t('form.ordered')]: of.ordered && t('yes'),
        [t('form.batch')]: of.batch && t('upTo', { count: of.batch.max }),
        [t('secret')]: <code>{of.secret}</code>,
        [t('oldSecretUntil')]: of.previousSecretUntil && <Time at={of.previousSecretUntil} />,
        [t('madeAt')]: <Time at={of.createdAt} />,
      }}
    />
  );
}

export const page = definePage({
  component: WebhookPage,
  words: [webhooksWords],
  load: ({ cache, params: { id = '' }, search }) => {
    void cache.prefetchQuery(webhookQuery(id));
    void cache.prefetchQuery(statsQuery(id));
    void cache.prefetchQuery(catalogueQuery);
    const { status, event, code, message, from, until } = webhookSearch(search);
    void cache.prefetchInfiniteQuery(deliveriesQuery(id, { status, event, code, message, from, until }));
  },
});

import type { WebhookWithSecret } from '@multiwa/sdk';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { FlaskConical, Plus, Webhook as WebhookIcon } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { serverQuery, useMay, useScope } from '../../session/index.ts';
import {
  Button,
  ButtonLink,
  Dialog,
  DialogButtons,
  definePage,
  Empty,
  Loaded,
  Page,
  Skeleton,
  Tabs,
  useCommands,
} from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { catalogueQuery, profileNamesQuery } from '../developers/index.ts';
import { useMakeReceiver, useMakeWebhook } from './commands.ts';
import { FormLater } from './form-later.tsx';
import { webhooksQuery } from './queries.ts';
import type { WebhooksSearch } from './search.ts';
import { SecretShown } from './secret-shown.tsx';
import { WebhookCard } from './webhook-card.tsx';
import styles from './webhooks.module.css';
import { webhooksWords } from './words/index.ts';

const DeliveryLog = lazy(() => import('./delivery-log.tsx').then((file) => ({ default: file.DeliveryLog })));

function WebhooksPage(): ReactNode {
  const t = useWords(webhooksWords);
  const search = useSearch({ from: '/shell/developers/webhooks' });
  const navigate = useNavigate({ from: '/developers/webhooks' });
  const make = (isOpen: boolean) => void navigate({ search: isOpen ? { new: true } : {}, replace: true });
  const receiver = useReceiverButton();
  useCommands([
    { id: 'webhooks.new', label: t('make'), also: 'new webhook', keys: 'n', run: () => make(true) },
  ]);
  return (
    <Page
      title={t('title')}
      hint={t('hint')}
      actions={
        <>
          <Button kind="main" icon={Plus} onClick={() => make(true)}>
            {t('make')}
          </Button>
          {receiver}
        </>
      }
    >
      <Tabs
        label={t('title')}
        value={search.tab ?? 'webhooks'}
        onChange={(tab) => void navigate({ search: tab === 'webhooks' ? {} : { tab } })}
        tabs={[
          { value: 'webhooks', label: t('tabs.webhooks'), content: <List onMake={() => make(true)} /> },
          {
            value: 'deliveries',
            label: t('tabs.all'),
            content: (
              <Suspense fallback={<Skeleton />}>
                <DeliveryLog
                  filters={search}
                  onFilter={(filters) =>
                    void navigate({ search: { ...filters, tab: 'deliveries' } satisfies WebhooksSearch })
                  }
                />
              </Suspense>
            ),
          },
        ]}
      />
      <Make isOpen={search.new === true} onClose={() => make(false)} />
    </Page>
  );
}

/** Makes a webhook to the built-in receiver and leads to its page; undefined where there is none. */
function useReceiverButton(): ReactNode {
  const t = useWords(webhooksWords);
  const may = useMay();
  const navigate = useNavigate();
  const { data: server } = useQuery(serverQuery);
  const receiver = useMakeReceiver();
  const isThere = server?.sandbox === true && may('profile:connect');
  const run = async () => {
    const { id } = await receiver.mutateAsync();
    await navigate({ to: '/developers/webhooks/$id', params: { id } });
  };
  useCommands([
    { id: 'webhooks.receiver', label: t('useReceiver'), also: 'built-in receiver', isAllowed: isThere, run },
  ]);
  if (!isThere) return undefined;
  return (
    <Button icon={FlaskConical} isBusy={receiver.isPending} onClick={run}>
      {t('useReceiver')}
    </Button>
  );
}

function List({ onMake }: { onMake: () => void }): ReactNode {
  const t = useWords(webhooksWords);
  const { profile: scope } = useScope();
  const webhooks = useQuery(webhooksQuery);
  return (
    <Loaded query={webhooks} place={<Skeleton rows={3} height="card" />}>
      {(all) => {
        const list = all.filter(({ profileId }) => !scope || !profileId || profileId === scope);
        return list.length === 0 ? (
          <Empty
            icon={WebhookIcon}
            title={t('none')}
            actions={
              <Button icon={Plus} onClick={onMake}>
                {t('make')}
              </Button>
            }
          >
            {t('noneHint')}
          </Empty>
        ) : (
          <ul className={styles.cards}>
            {list.map((webhook) => (
              <li key={webhook.id}>
                <WebhookCard of={webhook} />
              </li>
            ))}
          </ul>
        );
      }}
    </Loaded>
  );
}

function Make({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }): ReactNode {
  const t = useWords(webhooksWords);
  const make = useMakeWebhook();
  const [made, setMade] = useState<WebhookWithSecret>();
  const close = () => {
    setMade(undefined);
    onClose();
  };
  return (
    <Dialog isOpen={isOpen} onClose={close} title={t(made ? 'made' : 'make')} size="wide">
      {made ? (
        <>
          <SecretShown secret={made.secret} signingSecret={made.signingSecret} />
          <DialogButtons>
            <ButtonLink kind="main" to="/developers/webhooks/$id" params={{ id: made.id }}>
              {t('open')}
            </ButtonLink>
            <Button onClick={close}>{t('done')}</Button>
          </DialogButtons>
        </>
      ) : (
        <FormLater send={async (values) => setMade(await make.mutateAsync(values))} />
      )}
    </Dialog>
  );
}

export const page = definePage({
  component: WebhooksPage,
  words: [webhooksWords],
  load: ({ cache }) => {
    void cache.prefetchQuery(webhooksQuery);
    void cache.prefetchQuery(catalogueQuery);
    void cache.prefetchQuery(profileNamesQuery);
  },
});

import type { Webhook, WebhookDeliveryDetail } from '@multiwa/sdk';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import {
  Button,
  ButtonLink,
  CopyButton,
  definePage,
  Facts,
  Id,
  JsonTree,
  Loaded,
  Page,
  Panel,
  Skeleton,
  Time,
  useCommands,
} from '../../ui/index.ts';
import { formatNumber, useWords } from '../../words/index.ts';
import { Attempts } from './attempts.tsx';
import { useSendAgain } from './commands.ts';
import { deliveryQuery, webhookQuery } from './queries.ts';
import { aboutOf, curlOf } from './request.ts';
import { DeliveryState } from './state.tsx';
import styles from './webhooks.module.css';
import { webhooksWords } from './words/index.ts';

function DeliveryPage(): ReactNode {
  const t = useWords(webhooksWords);
  const { id, deliveryId } = useParams({ from: '/shell/developers/webhooks/$id/deliveries/$deliveryId' });
  const delivery = useQuery(deliveryQuery(id, deliveryId));
  const { data: webhook } = useQuery(webhookQuery(id));
  const again = useSendAgain();
  const send = () => again.mutate([{ webhookId: id, id: deliveryId }]);
  const curl = delivery.data && webhook && curlOf(delivery.data, webhook);
  useCommands([
    { id: 'delivery.again', label: t('sendAgain'), also: 'replay', keys: 'Shift+R', run: send },
    {
      id: 'delivery.curl',
      label: t('copyCurl'),
      also: 'copy curl',
      keys: 'c',
      isAllowed: curl !== undefined,
      run: () => navigator.clipboard?.writeText(curl ?? ''),
    },
  ]);
  return (
    <Page
      title={t('deliveryTitle')}
      hint={
        <Link to="/developers/webhooks/$id" params={{ id }} className={styles.url}>
          <bdi dir="ltr">{webhook?.url ?? t('one')}</bdi>
        </Link>
      }
      actions={
        <>
          <Button kind="main" icon={RotateCw} isBusy={again.isPending} onClick={send}>
            {t('sendAgain')}
          </Button>
          {curl !== undefined && <CopyButton text={curl}>{t('copyCurl')}</CopyButton>}
        </>
      }
    >
      <Loaded query={delivery} place={<Skeleton rows={2} height="card" />}>
        {(of) => <Shown of={of} webhook={webhook} />}
      </Loaded>
    </Page>
  );
}

function Shown({ of, webhook }: { of: WebhookDeliveryDetail; webhook: Webhook | undefined }): ReactNode {
  const t = useWords(webhooksWords);
  return (
    <>
      <Panel>
        <Facts
          of={{
            [t('columns.state')]: <DeliveryState of={of} />,
            [t('columns.event')]: <code>{of.event}</code>,
            [t('columns.attempts')]: formatNumber(of.attempts),
            [t('lastError')]: of.status !== 'delivered' && of.error && <bdi>{of.error}</bdi>,
            [t('columns.next')]: of.status === 'pending' && of.dueAt && <Time at={of.dueAt} />,
            [t('about')]: <About of={of} />,
            [t('eventId')]: <Id value={of.eventId} />,
            [t('sequence')]: of.sequence !== null && <Id value={String(of.sequence)} />,
            [t('columns.at')]: <Time at={of.createdAt} />,
          }}
        />
      </Panel>
      <div className={styles.columns}>
        <Panel title={t('payload')}>
          <JsonTree value={of.payload} label={t('payload')} />
        </Panel>
        <Attempts of={of} webhook={webhook} />
      </div>
    </>
  );
}

/** Which message it tells of, and what else told of the same one. */
function About({ of }: { of: WebhookDeliveryDetail }): ReactNode {
  const t = useWords(webhooksWords);
  const { messageId, conversationId } = aboutOf(of.payload);
  if (messageId === undefined) return t('noMessage');
  return (
    <span className={styles.links}>
      {conversationId !== undefined && (
        <ButtonLink size="small" {...inInbox(conversationId, messageId)}>
          {t('openMessage')}
        </ButtonLink>
      )}
      <ButtonLink
        size="small"
        kind="quiet"
        to="/developers/webhooks"
        search={{ tab: 'deliveries', message: messageId }}
      >
        {t('allAboutIt')}
      </ButtonLink>
      <Id value={messageId} />
    </span>
  );
}

/** The inbox belongs to another page; its address is all that is known of it here. */
const inInbox = (conversationId: string, m: string) =>
  ({ to: '/inbox/$conversationId', params: { conversationId }, search: { m } }) as unknown as { to: '/' };

export const page = definePage({
  component: DeliveryPage,
  words: [webhooksWords],
  load: ({ cache, params: { id = '', deliveryId = '' } }) => {
    void cache.prefetchQuery(webhookQuery(id));
    void cache.prefetchQuery(deliveryQuery(id, deliveryId));
  },
});

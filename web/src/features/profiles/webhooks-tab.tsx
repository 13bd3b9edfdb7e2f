import type { Profile, WebhookItem } from '@multiwa/sdk';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Badge, ButtonLink, type Column, Empty, Loaded, Panel, Table } from '../../ui/index.ts';
import { formatList, useWords } from '../../words/index.ts';
import { webhooksQuery } from './queries.ts';
import { profilesWords } from './words/index.ts';

/** A page of another area, which comes and goes without this one. */
const webhooksPage: string = '/developers/webhooks';

/** Webhooks that hear of a profile: its own and those of the whole organization. */
export function WebhooksTab({ profile }: { profile: Profile }): ReactNode {
  const t = useWords(profilesWords);
  const query = useQuery(webhooksQuery);
  const columns: Column<WebhookItem>[] = [
    { key: 'url', title: t('webhooks.url'), cell: ({ url }) => <bdi dir="ltr">{url}</bdi> },
    {
      key: 'state',
      title: t('webhooks.state'),
      cell: ({ enabled, failingSince }) =>
        enabled ? (
          <Badge hue={failingSince ? 'warning' : 'ok'}>
            {failingSince ? t('webhooks.failing') : t('webhooks.on')}
          </Badge>
        ) : (
          <Badge hue="off">{t('webhooks.off')}</Badge>
        ),
    },
    {
      key: 'events',
      title: t('webhooks.events'),
      cell: ({ events }) => <code dir="ltr">{formatList(events)}</code>,
      isExtra: true,
    },
    {
      key: 'scope',
      title: t('webhooks.scope'),
      cell: ({ profileId }) => (profileId === null ? t('webhooks.organization') : t('webhooks.own')),
      isExtra: true,
    },
  ];
  const add = <ButtonLink to={webhooksPage}>{t('webhooks.add')}</ButtonLink>;
  return (
    <Panel title={t('webhooks.title')} hint={t('webhooks.hint')} actions={add} isFlush>
      <Loaded query={query}>
        {(all) => {
          const heard = all.filter(({ profileId }) => profileId === null || profileId === profile.id);
          if (heard.length === 0) return <Empty title={t('webhooks.none')}>{t('webhooks.noneHint')}</Empty>;
          return <Table label={t('webhooks.title')} columns={columns} rows={heard} keyOf={({ id }) => id} />;
        }}
      </Loaded>
    </Panel>
  );
}

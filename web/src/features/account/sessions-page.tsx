import type { Session } from '@multiwa/sdk';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import {
  Badge,
  Button,
  type Column,
  Confirm,
  definePage,
  Loaded,
  Panel,
  Table,
  Time,
} from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { AccountFrame } from './account-frame.tsx';
import { endOtherSessions, useEndSession } from './commands.ts';
import { sessionsQuery } from './queries.ts';
import { accountWords } from './words/index.ts';

function SessionsPage(): ReactNode {
  const t = useWords(accountWords);
  const cache = useQueryClient();
  const sessions = useQuery(sessionsQuery);
  const [isAsking, setAsking] = useState(false);
  const columns = useColumns();
  return (
    <AccountFrame place="sessions">
      <Panel
        title={t('places.sessions')}
        hint={t('sessions.hint')}
        isFlush
        actions={
          (sessions.data?.length ?? 0) > 1 && (
            <Button onClick={() => setAsking(true)}>{t('sessions.endOthers')}</Button>
          )
        }
      >
        <Loaded query={sessions}>
          {(rows) => (
            <Table label={t('places.sessions')} columns={columns} rows={rows} keyOf={({ id }) => id} />
          )}
        </Loaded>
      </Panel>
      <Confirm
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={t('sessions.endOthers')}
        button={t('sessions.endOthers')}
        act={async () => {
          await endOtherSessions();
          await cache.invalidateQueries(sessionsQuery);
        }}
      >
        {t('sessions.endOthersSure')}
      </Confirm>
    </AccountFrame>
  );
}

function useColumns(): Column<Session>[] {
  const t = useWords(accountWords);
  const end = useEndSession();
  return [
    { key: 'device', title: t('sessions.device'), cell: ({ device }) => <bdi>{device}</bdi> },
    { key: 'place', title: t('sessions.place'), cell: ({ place }) => <From place={place} /> },
    {
      key: 'active',
      title: t('sessions.active'),
      isExtra: true,
      cell: ({ lastActiveAt }) => <Time at={lastActiveAt} />,
    },
    {
      key: 'begun',
      title: t('sessions.begun'),
      isExtra: true,
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
    {
      key: 'end',
      title: <span className="unseen">{t('sessions.end')}</span>,
      align: 'end',
      cell: ({ id, current }) =>
        current ? (
          <Badge hue="ok">{t('sessions.this')}</Badge>
        ) : (
          <Button size="small" isBusy={end.isPending && end.variables === id} onClick={() => end.mutate(id)}>
            {t('sessions.end')}
          </Button>
        ),
    },
  ];
}

/** The server names two places in English words; everything else is an address. */
function From({ place }: { place: string | null }): ReactNode {
  const t = useWords(accountWords);
  if (place === 'This machine') return t('known.machine');
  if (place === 'Local network') return t('known.network');
  return <bdi dir="ltr">{place}</bdi>;
}

export const page = definePage({
  component: SessionsPage,
  words: [accountWords],
  load: ({ cache }) => void cache.prefetchQuery(sessionsQuery),
});

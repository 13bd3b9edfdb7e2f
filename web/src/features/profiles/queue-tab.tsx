import type { Message, Profile } from '@multiwa/sdk';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useMay } from '../../session/index.ts';
import { Button, type Column, Empty, Loaded, Panel, Switch, sayProblem, Table } from '../../ui/index.ts';
import { formatMoment, formatNumber, useWords } from '../../words/index.ts';
import { useCancelMessage, useChangeProfile } from './commands.ts';
import styles from './profile.module.css';
import { queueQuery } from './queries.ts';
import { profilesWords } from './words/index.ts';

/** What waits to go out, why each waits, and until when. */
export function QueueTab({ profile }: { profile: Profile }): ReactNode {
  const t = useWords(profilesWords);
  const may = useMay();
  const query = useInfiniteQuery(queueQuery(profile.id));
  const columns = useColumns(profile.id);
  const change = useChangeProfile(profile.id);
  return (
    <>
      {may('profile:update') && (
        <Panel>
          <Switch
            label={profile.sendingPaused ? t('queue.pausedSwitch') : t('queue.pause')}
            hint={t('queue.pauseHint')}
            isOn={!profile.sendingPaused}
            isDisabled={change.isPending}
            onChange={(isOn) => change.mutateAsync({ sendingPaused: !isOn }).catch(sayProblem)}
          />
        </Panel>
      )}
      <Panel title={t('queue.title')} isFlush>
        <Loaded query={query}>
          {({ pages }) => {
            const messages = pages.flatMap((page) => page.messages);
            const total = pages.at(-1)?.total ?? 0;
            if (messages.length === 0) return <Empty title={t('queue.none')}>{t('queue.noneHint')}</Empty>;
            return (
              <>
                <p className={styles.total} role="status">
                  {t('queue.total', { count: total })}
                </p>
                <Table label={t('queue.title')} columns={columns} rows={messages} keyOf={({ id }) => id} />
                {query.hasNextPage && (
                  <div className={styles.total}>
                    <Button isBusy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
                      {t('queue.more')}
                    </Button>
                  </div>
                )}
              </>
            );
          }}
        </Loaded>
      </Panel>
    </>
  );
}

function useColumns(profileId: string): Column<Message>[] {
  const t = useWords(profilesWords);
  const may = useMay();
  const cancel = useCancelMessage(profileId);
  const when = (moment: string | null | undefined) => (moment ? formatMoment(moment) : t('queue.notKnown'));
  return [
    {
      key: 'message',
      title: t('queue.message'),
      cell: (message) => <span className={styles.text}>{textOf(message)}</span>,
    },
    {
      key: 'why',
      title: t('queue.why'),
      cell: ({ waitingFor }) =>
        waitingFor && (
          <span className={styles.why}>
            {t(`queue.reasons.${waitingFor.reason}`, { position: formatNumber(waitingFor.position) })}
            {waitingFor.until && (
              <span className={styles.soft}>
                {t('queue.until')} {formatMoment(waitingFor.until)}
              </span>
            )}
          </span>
        ),
    },
    {
      key: 'valid',
      title: t('queue.validUntil'),
      cell: ({ waitingFor }) => when(waitingFor?.validUntil),
      isExtra: true,
    },
    {
      key: 'act',
      title: <span className="unseen">{t('queue.cancel')}</span>,
      align: 'end',
      cell: ({ id }) =>
        may('message:send') && (
          <Button
            kind="quiet"
            size="small"
            icon={Undo2}
            label={t('queue.cancel')}
            isDisabled={cancel.isPending}
            onClick={() => cancel.mutate(id)}
          />
        ),
    },
  ];
}

/** One line of what a message says; of what has no words its kind. */
function textOf({ type, content }: Message): string {
  const { text, caption, name, question } = content as Record<string, unknown>;
  const words = [text, caption, name, question].find((each) => typeof each === 'string' && each !== '');
  return words === undefined ? type : String(words);
}

import type { WebhookItem } from '@multiwa/sdk';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Banner, Button, say, sayProblem, Time } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { useChangeWebhook, useStartReplay } from './commands.ts';
import { deliveriesQuery } from './queries.ts';
import { webhooksWords } from './words/index.ts';

type One = Pick<
  WebhookItem,
  'id' | 'enabled' | 'failingSince' | 'disabledReason' | 'updatedAt' | 'previousSecretUntil'
>;

/** What is wrong with a webhook, since when, and what can be done: switched on, it is also sent what it missed. */
export function Trouble({ of }: { of: One }): ReactNode {
  const t = useWords(webhooksWords);
  const navigate = useNavigate({ from: '/developers/webhooks/$id' });
  const change = useChangeWebhook(of.id);
  const replay = useStartReplay(of.id);
  const since = of.failingSince ?? of.updatedAt;
  const enable = async (isReplayed: boolean) => {
    try {
      await change.mutateAsync({ enabled: true });
      if (isReplayed) {
        await replay.mutateAsync({ from: since, onlyMissing: true });
        await navigate({ search: { tab: 'replays' }, replace: true });
      }
      say(t('switchedOn'));
    } catch (error) {
      sayProblem(error);
    }
  };
  if (!of.enabled) {
    return (
      <Banner
        kind={of.disabledReason ? 'failed' : 'warning'}
        actions={
          <>
            <Button size="small" isBusy={change.isPending || replay.isPending} onClick={() => enable(true)}>
              {t('enableAndSend')}
            </Button>
            <Button size="small" isBusy={change.isPending} onClick={() => enable(false)}>
              {t('enable')}
            </Button>
          </>
        }
      >
        {of.disabledReason ?? t('offHint')}
      </Banner>
    );
  }
  return (
    <>
      {of.failingSince && (
        <Banner kind="warning">
          {t('failingSince')} <Time at={of.failingSince} /> <LastError id={of.id} />
        </Banner>
      )}
      {of.previousSecretUntil && (
        <Banner>
          {t('rotating')} <Time at={of.previousSecretUntil} />
        </Banner>
      )}
    </>
  );
}

/** The sentence of the newest delivery on screen that did not arrive. */
function LastError({ id }: { id: string }): ReactNode {
  const { data } = useInfiniteQuery(deliveriesQuery(id, {}));
  const failed = data?.pages[0]?.deliveries.find(({ status, error }) => status !== 'delivered' && error);
  return failed?.error && <bdi>{failed.error}</bdi>;
}

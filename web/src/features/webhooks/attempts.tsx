import type { Webhook, WebhookDeliveryDetail } from '@multiwa/sdk';
import { type ReactNode, useState } from 'react';
import { Badge, Code, Empty, Panel, Select, Time } from '../../ui/index.ts';
import { formatDuration, useWords } from '../../words/index.ts';
import { headersOf } from './request.ts';
import styles from './webhooks.module.css';
import { webhooksWords } from './words/index.ts';

type Attempt = WebhookDeliveryDetail['history'][number];

const linesOf = (headers: Record<string, string>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');

/** Every attempt: how it was sent, what came back, and how long it took. */
export function Attempts({
  of,
  webhook,
}: {
  of: WebhookDeliveryDetail;
  webhook: Webhook | undefined;
}): ReactNode {
  const t = useWords(webhooksWords);
  const [chosen, setChosen] = useState<string>();
  const newest = of.history.at(-1);
  const shown = of.history.find(({ attempt }) => String(attempt) === chosen) ?? newest;
  const slowestMs = Math.max(1, ...of.history.map(({ durationMs }) => durationMs));
  return (
    <Panel
      title={t('answer')}
      actions={
        shown &&
        of.history.length > 1 && (
          <Select
            label={t('attempt')}
            value={String(shown.attempt)}
            choices={of.history.map(({ attempt, statusCode }) => ({
              value: String(attempt),
              label: t('attemptNumber', { number: attempt, code: statusCode ?? t('noAnswer') }),
            }))}
            onChange={setChosen}
          />
        )
      }
    >
      {shown ? (
        <Shown of={of} attempt={shown} webhook={webhook} slowestMs={slowestMs} />
      ) : (
        <Empty title={t('notYet')} />
      )}
    </Panel>
  );
}

function Shown({
  of,
  attempt,
  webhook,
  slowestMs,
}: {
  of: WebhookDeliveryDetail;
  attempt: Attempt;
  webhook: Webhook | undefined;
  slowestMs: number;
}): ReactNode {
  const t = useWords(webhooksWords);
  return (
    <>
      <div className={styles.head}>
        <Badge hue={attempt.success ? 'ok' : 'failed'}>{attempt.statusCode ?? t('noAnswer')}</Badge>
        <Time at={attempt.createdAt} />
      </div>
      <div className={styles.timing}>
        <progress
          className={styles.progress}
          max={slowestMs}
          value={attempt.durationMs}
          aria-label={t('duration')}
        />
        <span>{formatDuration(attempt.durationMs)}</span>
      </div>
      {attempt.error && <p className={styles.why}>{attempt.error}</p>}
      <h3>{t('answerBody')}</h3>
      {attempt.response === null ? (
        <p className={styles.soft}>{t('noBody')}</p>
      ) : (
        <Code label={t('answerBody')}>{attempt.response}</Code>
      )}
      {attempt.answerHeaders && (
        <>
          <h3>{t('answerHeaders')}</h3>
          <Code label={t('answerHeaders')}>{linesOf(attempt.answerHeaders)}</Code>
        </>
      )}
      {webhook && (
        <details className={styles.sent}>
          <summary>{t('sentHeaders')}</summary>
          <p className={styles.soft}>{t('sentHeadersHint')}</p>
          <Code label={t('sentHeaders')}>{linesOf(headersOf(of, webhook, attempt))}</Code>
        </details>
      )}
    </>
  );
}

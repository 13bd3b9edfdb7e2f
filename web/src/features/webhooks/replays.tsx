import type { WebhookItem, WebhookReplay } from '@multiwa/sdk';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import {
  Badge,
  Button,
  Empty,
  Field,
  type Hue,
  Input,
  Loaded,
  Panel,
  ProblemLine,
  Select,
  Switch,
  Time,
} from '../../ui/index.ts';
import { formatNumber, useWords } from '../../words/index.ts';
import { useStartReplay, useStopReplay } from './commands.ts';
import { replaysQuery } from './queries.ts';
import styles from './webhooks.module.css';
import { webhooksWords } from './words/index.ts';

const hourMs = 60 * 60 * 1000;
const spans = { hour: hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs } as const;
type Since = keyof typeof spans | 'failing' | 'own' | 'sequence';

type One = Pick<WebhookItem, 'id' | 'failingSince' | 'enabled'>;

/** Sends a range again as a job of the server, and shows how far each is. */
export function Replays({ of }: { of: One }): ReactNode {
  const t = useWords(webhooksWords);
  const replays = useQuery(replaysQuery(of.id));
  return (
    <div className={styles.columns}>
      <Panel title={t('replay.title')} hint={t('replay.hint')}>
        {of.enabled ? <Start of={of} /> : <p className={styles.soft}>{t('replay.off')}</p>}
      </Panel>
      <Panel title={t('replay.jobs')}>
        <Loaded query={replays}>
          {(list) =>
            list.length === 0 ? (
              <Empty title={t('replay.none')} />
            ) : (
              <ul className={styles.jobs}>
                {list.map((job) => (
                  <li key={job.id}>
                    <Job of={job} />
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </Panel>
    </div>
  );
}

function Start({ of }: { of: One }): ReactNode {
  const t = useWords(webhooksWords);
  const start = useStartReplay(of.id);
  const [since, setSince] = useState<Since>(of.failingSince ? 'failing' : 'day');
  const [from, setFrom] = useState('');
  const [until, setUntil] = useState('');
  const [after, setAfter] = useState('');
  const [onlyMissing, setOnlyMissing] = useState(true);
  const choices: Since[] = [
    ...(of.failingSince ? (['failing'] as const) : []),
    'hour',
    'day',
    'week',
    'own',
    'sequence',
  ];
  const range = () => {
    if (since === 'failing') return { from: of.failingSince ?? undefined };
    if (since === 'sequence') return { after: Number(after) || 0 };
    if (since !== 'own') return { from: new Date(Date.now() - spans[since]).toISOString() };
    return {
      ...(from && { from: new Date(from).toISOString() }),
      ...(until && { until: new Date(until).toISOString() }),
    };
  };
  const isReady = since !== 'own' || from !== '' || until !== '';
  return (
    <>
      <Field label={t('replay.since')}>
        {({ id }) => (
          <Select
            id={id}
            value={since}
            choices={choices.map((value) => ({ value, label: t(`replay.spans.${value}`) }))}
            onChange={setSince}
          />
        )}
      </Field>
      {since === 'own' && (
        <div className={styles.pair}>
          <Moment label={t('replay.from')} value={from} onChange={setFrom} />
          <Moment label={t('replay.until')} value={until} onChange={setUntil} />
        </div>
      )}
      {since === 'sequence' && (
        <Field label={t('replay.after')} hint={t('replay.afterHint')}>
          {(ties) => (
            <Input
              {...ties}
              isMono
              inputMode="numeric"
              value={after}
              onChange={(event) => setAfter(event.target.value.replaceAll(/\D/g, ''))}
            />
          )}
        </Field>
      )}
      <Switch
        label={t('replay.onlyMissing')}
        hint={t('replay.onlyMissingHint')}
        isOn={onlyMissing}
        onChange={setOnlyMissing}
      />
      {start.isError && <ProblemLine error={start.error} />}
      <div>
        <Button
          kind="main"
          isBusy={start.isPending}
          isDisabled={!isReady}
          onClick={() => start.mutate({ ...range(), onlyMissing })}
        >
          {t('replay.start')}
        </Button>
      </div>
    </>
  );
}

function Moment({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}): ReactNode {
  return (
    <Field label={label}>
      {(ties) => (
        <Input
          {...ties}
          type="datetime-local"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

const hues: Record<WebhookReplay['status'], Hue> = { running: 'waiting', done: 'ok', stopped: 'warning' };

function Job({ of }: { of: WebhookReplay }): ReactNode {
  const t = useWords(webhooksWords);
  const stop = useStopReplay(of.webhookId);
  return (
    <div className={styles.job}>
      <div className={styles.head}>
        <Badge hue={hues[of.status]}>{t(`replay.states.${of.status}`)}</Badge>
        <Time at={of.createdAt} />
        {of.status === 'running' && (
          <Button size="small" isBusy={stop.isPending} onClick={() => stop.mutate(of.id)}>
            {t('replay.stop')}
          </Button>
        )}
      </div>
      <progress className={styles.progress} max={100} value={of.percent} aria-label={t('replay.progress')} />
      <p className={styles.soft}>
        {t('replay.line', { made: formatNumber(of.made), found: formatNumber(of.found) })}
        {of.onlyMissing && <> · {t('replay.onlyMissing')}</>}
      </p>
      {of.error && <p className={styles.why}>{of.error}</p>}
    </div>
  );
}

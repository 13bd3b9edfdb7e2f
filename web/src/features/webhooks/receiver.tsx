import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Badge, type Hue, JsonTree, Loaded, Panel, Select, Skeleton, Time } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { useChangeReceiver } from './commands.ts';
import { type Receiver, receiverQuery } from './receivers.ts';
import styles from './webhooks.module.css';
import { webhooksWords } from './words/index.ts';

const answers = ['200', '500', '503', '429', '410'] as const;
const shownMax = 5;

type Signature = Receiver['received'][number]['signature'];
const hues: Record<Signature, Hue> = { right: 'ok', wrong: 'failed', absent: 'warning', unknown: 'off' };

/** The receiver in the sandbox that this webhook leads to: what it got, and what it answers. */
export function ReceiverPanel({ name }: { name: string }): ReactNode {
  const t = useWords(webhooksWords);
  const receiver = useQuery(receiverQuery(name));
  const change = useChangeReceiver(name);
  const answer = String(receiver.data?.answer ?? 200);
  return (
    <Panel
      title={t('receiver.title')}
      hint={t('receiver.hint')}
      actions={
        <Select
          label={t('receiver.answer')}
          value={answer}
          isDisabled={change.isPending}
          choices={[...new Set<string>([...answers, answer])].map((value) => ({
            value,
            label: t('receiver.answers', { code: value }),
          }))}
          onChange={(next) => change.mutate(Number(next))}
        />
      }
    >
      <Loaded query={receiver} place={<Skeleton rows={2} height="line" />}>
        {({ count, received }) =>
          count === 0 ? (
            <p className={styles.soft}>{t('receiver.nothing')}</p>
          ) : (
            <>
              <p className={styles.soft}>{t('receiver.count', { count })}</p>
              <ol className={styles.received}>
                {received.slice(0, shownMax).map((one) => (
                  <li key={one.id}>
                    <details>
                      <summary className={styles.got}>
                        <code dir="ltr">{one.headers['x-multiwa-event']}</code>
                        <Badge hue={hues[one.signature]}>{t(`receiver.signatures.${one.signature}`)}</Badge>
                        <code>{one.answered}</code>
                        <Time at={one.at} />
                      </summary>
                      <JsonTree value={parsed(one.body)} label={t('payload')} />
                    </details>
                  </li>
                ))}
              </ol>
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

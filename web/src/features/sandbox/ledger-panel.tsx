import { useQuery } from '@tanstack/react-query';
import { memo, type ReactNode, useState } from 'react';
import { Checkbox, Empty, Input, Loaded, Select } from '../../ui/index.ts';
import { locale, useWords } from '../../words/index.ts';
import type { LedgerLine } from './network.types.ts';
import { type LedgerFilter, ledgerQuery, phonesQuery } from './queries.ts';
import styles from './sandbox.module.css';
import { sandboxWords } from './words/index.ts';

const all = '*';
/** Of what a message says, to know it again. */
const textMax = 80;

/** What passed the network, the newest first: all of it, of a phone, or of one message. */
export function LedgerPanel({
  filter,
  change,
}: {
  filter: LedgerFilter;
  change: (filter: LedgerFilter) => void;
}): ReactNode {
  const t = useWords(sandboxWords);
  const query = useQuery(ledgerQuery(filter));
  const { data: phones = [] } = useQuery(phonesQuery);
  const [isOnlyMessages, setOnlyMessages] = useState(true);
  return (
    <>
      <p className={styles.soft}>{t('ledger.hint')}</p>
      <div className={styles.filters}>
        <Select
          label={t('ledger.of')}
          value={filter.number ?? all}
          choices={[
            { value: all, label: t('ledger.all') },
            ...phones.map(({ number, name }) => ({ value: number, label: `${name} +${number}` })),
          ]}
          onChange={(number) => change({ ...filter, number: number === all ? undefined : number })}
        />
        <Input
          type="search"
          isMono
          aria-label={t('ledger.message')}
          placeholder={t('ledger.message')}
          value={filter.messageId ?? ''}
          onChange={({ target }) => change({ ...filter, messageId: target.value.trim() || undefined })}
        />
        <Checkbox isChecked={isOnlyMessages} onChange={setOnlyMessages}>
          {t('ledger.messages')}
        </Checkbox>
      </div>
      <Loaded query={query}>
        {({ entries }) => {
          const lines = isOnlyMessages ? entries.filter(isAboutMessage) : entries;
          return lines.length === 0 ? (
            <Empty title={t('ledger.none')}>{t('ledger.noneHint')}</Empty>
          ) : (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it by keys
            <section className={styles.scroll} aria-label={t('side.ledger')} tabIndex={0}>
              <ol>
                {lines.toReversed().map((line) => (
                  <Line key={line.seq} line={line} follow={(messageId) => change({ messageId })} />
                ))}
              </ol>
            </section>
          );
        }}
      </Loaded>
    </>
  );
}

const Line = memo(
  function Line({
    line: { time, kind, tag, direction, type, number, device, messageId, flags, enc, text },
    follow,
  }: {
    line: LedgerLine;
    follow: (messageId: string) => void;
  }): ReactNode {
    const t = useWords(sandboxWords);
    return (
      <li className={styles.line}>
        <span className={styles.precise}>{precise(time)}</span>{' '}
        <code dir="ltr">{[kind === 'stanza' ? tag : kind, type].filter(Boolean).join(' ')}</code>{' '}
        {direction && <span className={styles.soft}>{t(`ledger.${direction}`)}</span>}{' '}
        {number && (
          <bdi dir="ltr" className={styles.precise}>
            {`+${number}${device ? `:${device}` : ''}`}
          </bdi>
        )}
        <span className={styles.details}>
          {messageId && (
            <button
              type="button"
              className={styles.follow}
              title={t('ledger.follow')}
              onClick={() => follow(messageId)}
            >
              <code dir="ltr">{messageId}</code>
            </button>
          )}
          <code dir="ltr">{[enc, flags, text.slice(0, textMax)].filter(Boolean).join(' ')}</code>
        </span>
      </li>
    );
  },
  // What was written into the ledger stays as it is.
  (before, after) => before.line.seq === after.line.seq,
);

/** Most of what passes is none: the client asks for this and that, and shows that it is there. */
const isAboutMessage = ({ kind, tag, messageId }: LedgerLine): boolean =>
  kind === 'stanza' ? tag === 'message' || tag === 'receipt' || tag === 'ack' : messageId !== '';

/** Moments of one second differ here. */
function precise(time: number): string {
  const seconds = new Intl.DateTimeFormat(locale(), { timeStyle: 'medium', hourCycle: 'h23' }).format(time);
  return `${seconds}.${String(time % 1000).padStart(3, '0')}`;
}

import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Empty, Loaded, Time } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { findingKindsQuery, findingsQuery } from './queries.ts';
import styles from './sandbox.module.css';
import { sandboxWords } from './words/index.ts';

/** What clients did that the real network would not take. */
export function FindingsPanel(): ReactNode {
  const t = useWords(sandboxWords);
  const query = useQuery(findingsQuery);
  const { data: kinds = [] } = useQuery(findingKindsQuery);
  return (
    <>
      <p className={styles.soft}>{t('findings.hint')}</p>
      <Loaded query={query}>
        {({ entries }) =>
          entries.length === 0 ? (
            <Empty title={t('findings.none')}>{t('findings.noneHint')}</Empty>
          ) : (
            <ul className={styles.faults}>
              {entries.toReversed().map(({ seq, time, type, number, device, text }) => {
                const kind = kinds.find(({ name }) => name === type);
                return (
                  <li key={seq} className={styles.finding}>
                    <span>
                      <code dir="ltr">{type}</code>{' '}
                      <bdi dir="ltr">
                        +{number}:{device}
                      </bdi>{' '}
                      <Time at={time} />
                    </span>
                    {/* Written by the network, which speaks English only. */}
                    {kind && (
                      <p lang="en" dir="ltr">
                        {kind.what}
                      </p>
                    )}
                    {kind && (
                      <p className={styles.soft}>
                        {t('findings.right')}{' '}
                        <span lang="en" dir="ltr">
                          {kind.right}
                        </span>
                      </p>
                    )}
                    {text && <code dir="ltr">{text}</code>}
                  </li>
                );
              })}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}

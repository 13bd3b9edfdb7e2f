import type { ReactNode } from 'react';
import { formatDay, useWords } from '../../words/index.ts';
import styles from './day.module.css';
import { daysAgo } from './when.ts';
import { inboxWords } from './words/index.ts';

/** Where a day begins. */
export function Day({ at }: { at: string }): ReactNode {
  const t = useWords(inboxWords);
  const ago = daysAgo(at);
  const name = ago === 0 ? t('thread.today') : ago === 1 ? t('thread.yesterday') : formatDay(at);
  return (
    <h3 className={styles.day}>
      <time dateTime={at}>{name}</time>
    </h3>
  );
}

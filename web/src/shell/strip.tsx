import type { ReactNode } from 'react';
import { useConnection } from '../live/index.ts';
import { formatClock, useWords } from '../words/index.ts';
import styles from './strip.module.css';

/** Says that what is shown does not follow the server now, and how old it is. */
export function Strip(): ReactNode {
  const t = useWords('shell');
  const { is, lastAt } = useConnection();
  return (
    <div role="status">
      {is === 'lost' && <p className={styles.strip}>{t('reconnecting', { time: formatClock(lastAt) })}</p>}
    </div>
  );
}

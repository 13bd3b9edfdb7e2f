import type { ReactNode } from 'react';
import styles from './skeleton.module.css';

/** The place of rows that are on their way, in their final size; it is seen after 150 ms. */
export function Skeleton({
  rows = 3,
  height = 'row',
}: {
  rows?: number;
  height?: 'row' | 'line' | 'card';
}): ReactNode {
  return (
    <div className={styles.skeleton} data-waits aria-hidden>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike and never move
        <div key={index} className={styles[height]} />
      ))}
    </div>
  );
}
